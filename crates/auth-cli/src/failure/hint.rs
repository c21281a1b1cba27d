//! What happened and what to do, for an error of the crates.

use std::error::Error as StdError;

use auth_core::{Error, ErrorKind, ErrorReason};
use http::StatusCode;

use crate::names::SettingNames;
use crate::proxy_variables::proxy_for;

/// Returns the messages of an error and its causes, joined.
pub(crate) fn chain(error: &Error, names: &SettingNames) -> String {
    let text = chain_of(error, &error.to_string());
    match error.kind() {
        ErrorKind::Config => names.apply(&text),
        // The library's own message about a token that was set in place of credentials.
        ErrorKind::InvalidCredentials if names.token().is_some() => names.apply(&text),
        // The builder's method is not what the user of a command sets.
        ErrorKind::Transport => text.replace(": set client_certificate", ""),
        _ => text,
    }
}

/// Returns the error's own message, without its side effect.
pub(crate) fn cause_alone(error: &Error) -> String {
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
pub(crate) fn hint(error: &Error, names: &SettingNames) -> Option<String> {
    if let Some(token) = names.token()
        && is_token_rejected(error)
    {
        return Some(of_set_token(token));
    }
    let proxy = proxy_of(error);
    match error.reason() {
        Some(ErrorReason::OtherProcess) => {
            let wait = error.retry_after().unwrap_or_default().as_secs_f64();
            let advice = of_kind(error.kind(), names);
            let advice = advice.map_or_else(String::new, |advice| format!("{advice}; "));
            return Some(format!(
                "{advice}try again in {} s, or pass --store none to try now",
                wait.ceil()
            ));
        }
        Some(ErrorReason::UntrustedAuthority) => {
            return Some("pass the bundle with --root-certificates-file".to_owned());
        }
        Some(ErrorReason::ClientCertificate) => {
            return Some(
                "pass one that it accepts with --client-certificate-file and --client-key-file"
                    .to_owned(),
            );
        }
        // Their messages contain advice.
        Some(ErrorReason::InvalidCertificate | ErrorReason::WebPage | ErrorReason::Redirect) => {
            return None;
        }
        Some(ErrorReason::OtherProtocol) if proxy.is_none() => return None,
        _ => {}
    }
    Some(match error.kind() {
        // The message says what to do with the token that was set.
        ErrorKind::InvalidCredentials if names.token().is_some() => return None,
        ErrorKind::Transport => match proxy {
            Some(proxy) => format!(
                "check the host, the proxy {proxy} that the request goes through, and the certificate authorities"
            ),
            None => of_connection(error).to_owned(),
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

/// Returns true if the API rejected the token, whatever else the response said about it.
pub(crate) fn is_token_rejected(error: &Error) -> bool {
    error.reason() == Some(ErrorReason::TokenRejected)
        || error.status() == Some(StatusCode::UNAUTHORIZED)
}

/// Returns the advice on a response of the token endpoint; a message about a setting contains its own.
fn of_kind(kind: ErrorKind, names: &SettingNames) -> Option<&'static str> {
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
fn of_connection(error: &Error) -> &'static str {
    let is_plain = error
        .origin()
        .is_some_and(|origin| origin.starts_with("http://"));
    match error.reason() {
        // Servers close a connection that does not begin with TLS.
        Some(ErrorReason::ConnectionBroken) if is_plain => {
            "check the port, and whether the server expects https there"
        }
        _ if is_plain => "check the host and the port, and that the server is running",
        _ => "check the host and the certificate authorities",
    }
}

/// Returns the proxy through which a connection failed.
fn proxy_of(error: &Error) -> Option<String> {
    let origin = error.origin()?;
    // The client uses none for others.
    origin.starts_with("https://").then(|| proxy_for(origin))?
}

pub(super) fn api_hint(status: StatusCode, names: &SettingNames) -> String {
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
pub(crate) fn of_set_token(name: &str) -> String {
    format!(
        "the token in {name} may have expired, and is not refreshed: set another one, or unset it and set credentials"
    )
}
