//! Names the proxy that requests to a URL go through, without its credentials.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

/// Returns the proxy that the environment names for a URL; loopback and plain http are always reached directly.
pub(crate) fn proxy_for(url: &str) -> Option<String> {
    named(&Matcher::from_env(), url)
}

fn named(matcher: &Matcher, url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    if uri.scheme_str() != Some("https") || is_loopback(uri.host()?) {
        return None;
    }
    let intercepted = matcher.intercept(&uri)?;
    let proxy = intercepted.uri();
    let (scheme, host) = (proxy.scheme_str()?, proxy.host()?);
    Some(match proxy.port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    address.map_or_else(
        |_| host.eq_ignore_ascii_case("localhost"),
        |address| address.is_loopback(),
    )
}

#[cfg(test)]
mod tests;
