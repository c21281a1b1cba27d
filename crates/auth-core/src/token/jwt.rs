//! Reads a JWT's claims for timing and for lookups: nothing is verified and nothing is trusted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zeroize::Zeroizing;

/// The two times of a JWT, in seconds since 1970 (RFC 7519 sections 4.1.4 and 4.1.6).
pub(super) struct Times {
    pub(super) expires_at: Option<f64>,
    pub(super) issued_at: Option<f64>,
}

impl Times {
    /// Returns the token's lifetime from its issue, in seconds.
    pub(super) fn lifetime(&self) -> Option<f64> {
        Some(self.expires_at? - self.issued_at?)
    }
}

/// Returns the times in a JWT's payload, or `None` for anything that is not a JWT.
pub(super) fn times(token: &str) -> Option<Times> {
    let claims = claims(token)?;
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    Some(Times {
        expires_at: seconds("exp"),
        issued_at: seconds("iat"),
    })
}

/// Returns a claim that is a string or an integer, as text.
pub(super) fn claim(token: &str, name: &str) -> Option<String> {
    match claims(token)?.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&Zeroizing::new(payload)).ok()
}
