//! Converts a token response to an access token with a lifetime.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{AccessToken, jwt, unusable};
use crate::clock::ClockReading;
use crate::error::Result;
use crate::scope::Scope;
use crate::secret::Secret;

/// The fields of a token response, before the lifetime is determined.
///
/// Every exchange, including your own source for another endpoint, converts its response to a token with this type,
/// so that the lifetime is determined by the same rules everywhere:
/// the smallest of `expires_in`, the JWT's `exp - iat` and, with the server's `Date`, `exp - Date`; without any of them `exp` against a clock, then the vendor's documented lifetime, then [`TokenResponse::FALLBACK_LIFETIME`].
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use auth_core::vendor::{ExpiresIn, TokenResponse};
/// use auth_core::{Clock, SystemClock};
///
/// let requested_at = SystemClock::new().now();
/// let token = TokenResponse::new("not-a-real-token", requested_at)
///     .with_expires_in(Some(ExpiresIn::from_seconds(900.0)))
///     .into_access_token()?;
/// assert_eq!(token.lifetime(), Duration::from_secs(900));
/// # Ok::<(), auth_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TokenResponse {
    access_token: Secret,
    requested_at: ClockReading,
    expires_in: Option<ExpiresIn>,
    date: Option<SystemTime>,
    documented_lifetime: Option<Duration>,
    scope: Option<Scope>,
}

impl TokenResponse {
    /// The lifetime if neither the response nor the vendor documents one: short enough to be safe, long enough not to cause load.
    pub const FALLBACK_LIFETIME: Duration = Duration::from_secs(10 * 60);

    /// A token with a shorter lifetime would have to be refreshed before it could be used; accepting it would cause a busy loop.
    pub const MIN_LIFETIME: Duration = Duration::from_secs(2);

    /// No vendor issues longer-lived tokens; a larger number is more likely a wrong unit.
    pub const MAX_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    /// Creates a response from the token and the time just before it was requested.
    pub fn new(access_token: impl Into<Secret>, requested_at: ClockReading) -> Self {
        Self {
            access_token: access_token.into(),
            requested_at,
            expires_in: None,
            date: None,
            documented_lifetime: None,
            scope: None,
        }
    }

    /// Sets `expires_in` from the response (RFC 6749 section 5.1).
    #[must_use]
    pub fn with_expires_in(mut self, expires_in: Option<ExpiresIn>) -> Self {
        self.expires_in = expires_in;
        self
    }

    /// Sets the server's own time, from the response's `Date` header.
    #[must_use]
    pub fn with_date(mut self, date: Option<SystemTime>) -> Self {
        self.date = date;
        self
    }

    /// Sets the vendor's documented lifetime, used if the response has none.
    #[must_use]
    pub fn with_default_lifetime(mut self, lifetime: Option<Duration>) -> Self {
        self.documented_lifetime = lifetime;
        self
    }

    /// Sets the scope that was granted.
    #[must_use]
    pub fn with_scope(mut self, scope: Option<Scope>) -> Self {
        self.scope = scope;
        self
    }

    /// Determines the lifetime and creates the token.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse), retryable, if the token has already expired, has a lifetime shorter than
    /// [`TokenResponse::MIN_LIFETIME`], or cannot be sent in a header.
    pub fn into_access_token(self) -> Result<AccessToken> {
        let lifetime = self.lifetime();
        if lifetime <= 0.0 {
            return Err(unusable("the token was already expired when it arrived"));
        }
        // Cap before converting: the conversion panics on numbers that exceed a duration.
        let lifetime = Duration::from_secs_f64(lifetime.min(Self::MAX_LIFETIME.as_secs_f64()));
        if lifetime < Self::MIN_LIFETIME {
            return Err(unusable("the token's lifetime is too short to use it"));
        }
        Ok(
            AccessToken::new(self.access_token, self.requested_at, lifetime)?
                .with_scope(self.scope),
        )
    }

    /// The lifetime in seconds, which may be zero or negative.
    fn lifetime(&self) -> f64 {
        let times = jwt::times(self.access_token.expose_secret());
        if let Some(ExpiresIn(Some(seconds))) = self.expires_in {
            return times.map_or(seconds, |times| self.smaller(seconds, &times));
        }
        if let Some(seconds) = times.and_then(|times| self.lifetime_of_jwt(&times)) {
            return seconds;
        }
        self.documented_lifetime
            .unwrap_or(Self::FALLBACK_LIFETIME)
            .as_secs_f64()
    }

    /// The smaller of `expires_in` and the JWT's times, since a server that returns a token twice may repeat the original `expires_in`.
    ///
    /// The JWT's expiry is relative to its own `iat` and the server's clock, never to ours, which may be wrong.
    /// If the JWT has already expired according to that while `expires_in` disagrees, one of the server's clocks is wrong, and a good
    /// token must not be rejected for that: if it is invalid, the API returns a 401.
    fn smaller(&self, expires_in: f64, times: &jwt::Times) -> f64 {
        // `Date` has whole seconds and may be written shortly after `iat`.
        let by_date = self
            .by_date(times)
            .filter(|seconds| seconds + DATE_PRECISION < expires_in);
        let is_possible = |seconds: &f64| *seconds >= Self::MIN_LIFETIME.as_secs_f64();
        [times.lifetime(), by_date]
            .into_iter()
            .flatten()
            .filter(is_possible)
            .fold(expires_in, f64::min)
    }

    fn lifetime_of_jwt(&self, times: &jwt::Times) -> Option<f64> {
        Some(match (times.lifetime(), self.by_date(times)) {
            (Some(by_issue), Some(by_date)) => by_issue.min(by_date),
            (Some(seconds), None) | (None, Some(seconds)) => seconds,
            (None, None) => times.expires_at? - self.requested_at.wall().as_secs_f64(),
        })
    }

    fn by_date(&self, times: &jwt::Times) -> Option<f64> {
        let date = self.date?.duration_since(UNIX_EPOCH).ok()?;
        Some(times.expires_at? - date.as_secs_f64())
    }
}

/// `expires_in` in seconds, as a JSON number or a numeric string.
///
/// Anything else deserializes as absent, so that an unexpected value costs precision instead of failing the sign-in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpiresIn(Option<f64>);

impl ExpiresIn {
    /// Creates it from a number of seconds; zero and below make the response unusable.
    pub fn from_seconds(seconds: f64) -> Self {
        Self(Some(seconds).filter(|seconds| seconds.is_finite()))
    }

    /// Returns true for zero, which some servers send for "unknown".
    pub fn is_zero(self) -> bool {
        self.0 == Some(0.0)
    }
}

impl<'de> Deserialize<'de> for ExpiresIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let seconds = match Value::deserialize(deserializer)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        Ok(seconds.map_or(Self(None), Self::from_seconds))
    }
}

/// How much later than the token's issue the `Date` of the same response may be, in seconds.
const DATE_PRECISION: f64 = 2.0;

#[cfg(test)]
mod tests;
