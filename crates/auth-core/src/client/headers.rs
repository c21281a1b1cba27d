//! Checks the headers that a caller sets on a request.

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue};

use super::forward::is_local;
use super::options::IDEMPOTENCY_KEY;
use crate::error::{Error, Result};

/// Checks a header that a caller sets.
///
/// # Errors
/// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the header, if it is invalid or reserved for the client.
pub(super) fn checked(name: &str, value: &[u8]) -> Result<(HeaderName, HeaderValue)> {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        // The text after the first invalid character may be a value, and a secret.
        let is_token = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
        let start: String = name.chars().take_while(is_token).take(MAX_SHOWN).collect();
        return Err(Error::config(format!(
            "the header name that starts with \"{start}\" is empty or contains an invalid character"
        )));
    };
    if name == AUTHORIZATION {
        return Err(owned(&name, "it contains the token"));
    }
    if name == IDEMPOTENCY_KEY {
        return Err(owned(&name, "set it with idempotency_key"));
    }
    // The caller sets a cookie for this API deliberately.
    if is_local(&name) && name != COOKIE {
        return Err(owned(&name, "it describes the connection or the body"));
    }
    match HeaderValue::from_bytes(value) {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(Error::config(format!(
            "the value of the header {name} contains a control character"
        ))),
    }
}

fn owned(name: &HeaderName, why: &str) -> Error {
    Error::config(format!(
        "the header {name} is set by the client and cannot be set on a request: {why}"
    ))
}

/// Longer than the names of common headers.
const MAX_SHOWN: usize = 40;

#[cfg(test)]
mod tests;
