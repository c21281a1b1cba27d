//! What happened and what to do, for an error of the crates.

use std::error::Error as StdError;

use auth_core::{Error, ErrorKind};
use http::StatusCode;

use crate::names::Names;
use crate::proxy_variables::proxy_for;

/// Returns the messages of an error and its causes, joined.
pub(crate) fn chain(error: &Error, names: &Names) -> String {
    let text = chain_of(error, &error.to_string());
    match error.kind() {
        ErrorKind::Config => names.apply(&text),
        // The builder's method is not what the user of a command sets.
        ErrorKind::Transport => text.replace(": set client_certificate", ""),
        _ => text,
    }
}

/// Returns the error's own message, without its side effect.
pub(super) fn cause_alone(error: &Error) -> String {
    let text = error.to_string();
    let Some(side_effect) = error.side_effect() else {
        return text;
    };
    let suffix = format!("; {side_effect}");
    text.strip_suffix(&suffix).unwrap_or(&text).to_owned()
}

pub(super) fn chain_of(error: &Error, message: &str) -> String {
    let mut text = message.to_owned();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Returns advice, unless the message itself contains it.
pub(crate) fn hint(error: &Error, names: &Names) -> Option<String> {
    let text = chain(error, names);
    if text.contains(OF_ANOTHER_RUN) {
        let wait = error.retry_after().unwrap_or_default().as_secs_f64();
        let advice = of_kind(error.kind(), names);
        let advice = advice.map_or_else(String::new, |advice| format!("{advice}; "));
        return Some(format!(
            "{advice}try again in {} s, or pass --store none to try now",
            wait.ceil()
        ));
    }
    if let Some(token) = names.token()
        && error.status() == Some(StatusCode::UNAUTHORIZED)
    {
        return Some(of_set_token(token));
    }
    let proxy = proxy_in(&text);
    if proxy.is_none() && text.contains(": check ") {
        // The message itself contains advice.
        return None;
    }
    if text.contains(UNTRUSTED) {
        return Some("pass the bundle with --root-certificates-file".to_owned());
    }
    if text.contains(WITHOUT_CERTIFICATE) {
        return Some(
            "pass one that it accepts with --client-certificate-file and --client-key-file"
                .to_owned(),
        );
    }
    if error.kind() == ErrorKind::Transport && text.contains(": its certificate ") {
        return None;
    }
    Some(match error.kind() {
        ErrorKind::Transport => match proxy {
            Some(proxy) => format!(
                "check the host, the proxy {proxy} that the request goes through, and the certificate authorities"
            ),
            None => of_connection(&text).to_owned(),
        },
        ErrorKind::Throttled | ErrorKind::Timeout | ErrorKind::Unavailable => {
            match error.retry_after() {
                // Rounded up: a second too early would be rejected again.
                Some(wait) => format!("try again in {} s", wait.as_secs_f64().ceil()),
                None => match proxy {
                    Some(proxy) if error.kind() == ErrorKind::Timeout => {
                        format!(
                            "try again later, and check the proxy {proxy} that the request goes through"
                        )
                    }
                    _ => "try again later".to_owned(),
                },
            }
        }
        ErrorKind::ApiStatus => {
            let wait = error.retry_after()?;
            format!("try again in {} s", wait.as_secs_f64().ceil())
        }
        kind => of_kind(kind, names)?.to_owned(),
    })
}

/// Returns the advice on a response of the token endpoint; a message about a setting contains its own.
fn of_kind(kind: ErrorKind, names: &Names) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::InvalidCredentials if names.is_user() => {
            "check the user name and the password, and whether the user is local and enabled"
        }
        ErrorKind::InvalidCredentials => {
            "check the client id and the client secret: they may have been regenerated, disabled or confused"
        }
        ErrorKind::TokenRequestRefused => {
            "check the token URL, the base URL and the other settings"
        }
        ErrorKind::InvalidResponse => {
            "check that the URLs are the API's and not the web interface's"
        }
        _ => return None,
    })
}

/// Returns the advice on a failed connection: without TLS, no certificate can be the cause.
fn of_connection(text: &str) -> &'static str {
    match origin_in(text, "http://") {
        // Servers close a connection that does not begin with TLS.
        Some(_) if text.contains(BROKEN) => {
            "check the port, and whether the server expects https there"
        }
        Some(_) => "check the host and the port, and that the server is running",
        None => "check the host and the certificate authorities",
    }
}

/// Returns the proxy for the origin in a message about the connection.
fn proxy_in(text: &str) -> Option<String> {
    proxy_for(origin_in(text, "https://")?)
}

fn origin_in<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let mut words = text.split_whitespace();
    let origin = words.find(|word| word.starts_with(scheme))?;
    Some(origin.trim_end_matches([':', ',', ';']))
}

/// The library's message for a failure that the token store keeps for some seconds.
const OF_ANOTHER_RUN: &str = "the token request of another process failed";

/// The library's message about a connection that was there.
const BROKEN: &str = " broke before the response was complete";

/// The library's advice, which names no setting.
const UNTRUSTED: &str = "PEM bundle to the root certificates";

/// The library's message about a server that demands a client certificate.
const WITHOUT_CERTIFICATE: &str = "it rejects this client's certificate or requires one";

pub(super) fn api_hint(status: StatusCode, names: &Names) -> String {
    if let (StatusCode::UNAUTHORIZED, Some(token)) = (status, names.token()) {
        return of_set_token(token);
    }
    let hint = match status.as_u16() {
        300..=399 => "redirects are not followed: check the path and the base URL",
        401 => "the token is fresh, so check that the API accepts tokens of this client",
        403 => "the client lacks the permission for this call, or this IP address is not allowed",
        404 => "check the path and the base URL",
        429 => "wait before trying again",
        500.. => "try again later",
        _ => "read its body for the reason",
    };
    hint.to_owned()
}

/// Returns the advice for a token that was set in place of credentials, and was rejected.
fn of_set_token(name: &str) -> String {
    format!(
        "the token in {name} may have expired, and is not refreshed: set another one, or unset it and set credentials"
    )
}
