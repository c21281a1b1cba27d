//! Connectivity to the API without credentials: name lookup, a connection, and the server's clock.

use std::time::{Duration, SystemTime};

use auth_core::{RequestLimits, Result};
use bytes::Bytes;
use http::header::DATE;
use http::{HeaderMap, Request, Uri};

use super::step::Outcome;
use crate::names::SettingNames;
use crate::proxy_variables::{is_proxy_unusable, proxy_for};
use crate::settings::Settings;
use crate::vendor::Vendor;

/// Checks name lookup, connection and clock.
pub(super) async fn check(
    settings: &Settings,
    names: &SettingNames,
    base_url: &str,
) -> [Outcome; 3] {
    let proxy = proxy_for(base_url);
    let name = match &proxy {
        // The proxy may resolve names that this machine does not, and vice versa.
        Some(proxy) => Outcome::skipped(format!("the proxy {proxy} resolves the name")),
        // The connection fails with the reason.
        None if is_proxy_unusable(base_url) => {
            Outcome::skipped("the variable of the proxy is not usable")
        }
        None => look_up(base_url).await,
    };
    let path = match settings.vendor() {
        // Needs no token.
        Vendor::Datasaur => "/api/health",
        Vendor::Maia | Vendor::Runai => "/",
    };
    match connect(settings, base_url, path).await {
        Ok((headers, now)) => [
            name,
            Outcome::ok(responds(base_url, proxy.as_deref())),
            compare(&headers, now),
        ],
        Err(error) => [
            name,
            Outcome::failed_with(&error, names),
            Outcome::skipped("no response with the server's time"),
        ],
    }
}

/// Checks name lookup and connection of a host without an API, in one outcome.
pub(super) async fn check_host(settings: &Settings, names: &SettingNames, url: &str) -> Outcome {
    let proxy = proxy_for(url);
    if proxy.is_none() && !is_proxy_unusable(url) {
        let name = look_up(url).await;
        if !name.is_ok() {
            return name;
        }
    }
    match connect(settings, url, "/").await {
        Ok(_) => Outcome::ok(responds(url, proxy.as_deref())),
        Err(error) => Outcome::failed_with(&error, names),
    }
}

fn responds(url: &str, proxy: Option<&str>) -> String {
    let through = proxy.map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
    let encryption = match url.starts_with("https:") {
        true => "over TLS",
        false => "without TLS",
    };
    format!("{url} responds{through}, {encryption}")
}

async fn look_up(base_url: &str) -> Outcome {
    let advice = "check the spelling of the host and the name server, and whether a VPN is needed";
    let uri: Option<Uri> = base_url.parse().ok();
    let Some(host) = uri.as_ref().and_then(Uri::host) else {
        return Outcome::failed("the base URL names no host", advice);
    };
    // Only URLs put an IPv6 address in brackets.
    let host = host.trim_matches(['[', ']']);
    let found = tokio::time::timeout(LOOK_UP_LIMIT, tokio::net::lookup_host((host, 443))).await;
    match found {
        Ok(Ok(addresses)) => {
            let count = addresses.count();
            Outcome::ok(format!("{host} has {count} address(es)"))
        }
        Ok(Err(error)) => Outcome::failed(format!("{host} does not resolve: {error}"), advice),
        Err(_) => Outcome::failed(format!("the lookup of {host} timed out"), advice),
    }
}

/// Sends a request without a token; any response proves the connection. Returns its headers and arrival time.
async fn connect(
    settings: &Settings,
    base_url: &str,
    path: &str,
) -> Result<(HeaderMap, SystemTime)> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = format!("{base_url}{path}")
        .parse()
        .map_err(|_| auth_core::Error::config("the base URL cannot be requested"))?;
    let http = settings.http_client()?;
    let response = http.send(request, RequestLimits::TOKEN_REQUEST).await?;
    Ok((response.headers().clone(), SystemTime::now()))
}

/// Compares the server's `Date` with the local clock; it has whole seconds, and was written shortly before its arrival.
fn compare(headers: &HeaderMap, now: SystemTime) -> Outcome {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        return Outcome::skipped("the server does not report its time");
    };
    let (skew, direction) = match now.duration_since(theirs) {
        Ok(skew) => (skew, "ahead of"),
        Err(error) => (error.duration(), "behind"),
    };
    let detail = format!(
        "this clock is {} s {direction} the server's",
        skew.as_secs()
    );
    if skew > TOLERATED_SKEW {
        Outcome::warning(
            detail,
            "set this machine's clock: the validity of certificates and tokens depends on it",
        )
    } else {
        Outcome::ok(detail)
    }
}

/// Far more than a working name server needs.
const LOOK_UP_LIMIT: Duration = Duration::from_secs(5);

/// A skew that servers commonly tolerate.
const TOLERATED_SKEW: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;
