//! The access token: its bytes, its prebuilt header, and its lifetime.

mod response;
mod jwt;

pub use response::{ExpiresIn, TokenResponse};

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::clock::ClockReading;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::secret::Secret;

/// A bearer token (RFC 6750) with the time from which its lifetime counts.
///
/// Clones share the bytes; they are wiped when the last clone and the last header created from it are dropped.
/// `Debug` shows the times and never the token.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use auth_core::{AccessToken, Clock, SystemClock};
///
/// let requested_at = SystemClock::new().now();
/// let token = AccessToken::new("not-a-real-token", requested_at, Duration::from_secs(3600))?;
/// assert!(token.authorization_header().is_sensitive());
/// assert!(!format!("{token:?}").contains("not-a-real-token"));
/// # Ok::<(), auth_core::Error>(())
/// ```
#[derive(Clone)]
pub struct AccessToken(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    /// `Bearer <token>`: one buffer for the token and for its header.
    bearer: Bytes,
    header: HeaderValue,
    anchor: ClockReading,
    lifetime: Duration,
    scope: Option<Scope>,
}

/// Returns when a JWT expires, since 1970; `None` for another token, and for one that does not say.
pub(crate) fn expiry_of_jwt(token: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(jwt::times(token)?.expires_at?).ok()
}

impl AccessToken {
    /// Creates a token with a lifetime that starts at `anchor`, the time just before it was requested.
    ///
    /// A lifetime is capped at [`TokenResponse::MAX_LIFETIME`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) if the token is empty or contains anything but visible ASCII: it could not be sent in a header.
    pub fn new(token: impl Into<Secret>, anchor: ClockReading, lifetime: Duration) -> Result<Self> {
        let token = token.into();
        let text = token.expose_secret();
        if text.is_empty() {
            return Err(unusable("the response contains an empty token"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(unusable(
                "the token contains characters that are not allowed in a header",
            ));
        }
        let mut bearer = Zeroizing::new(Vec::with_capacity(SCHEME.len() + text.len()));
        bearer.extend_from_slice(SCHEME.as_bytes());
        bearer.extend_from_slice(text.as_bytes());
        let bearer = Bytes::from_owner(bearer);
        let mut header = HeaderValue::from_maybe_shared(bearer.clone())
            .map_err(|_| unusable("the token cannot be sent in a header"))?;
        header.set_sensitive(true);
        Ok(Self(Arc::new(Inner {
            bearer,
            header,
            anchor,
            lifetime: lifetime.min(TokenResponse::MAX_LIFETIME),
            scope: None,
        })))
    }

    /// Sets the scope that was granted.
    #[must_use]
    pub fn with_scope(mut self, scope: Option<Scope>) -> Self {
        Arc::make_mut(&mut self.0).scope = scope;
        self
    }

    /// Sets the time from which the token's lifetime counts.
    #[must_use]
    pub fn with_requested_at(mut self, anchor: ClockReading) -> Self {
        Arc::make_mut(&mut self.0).anchor = anchor;
        self
    }

    /// Returns the token itself.
    pub fn expose_secret(&self) -> &str {
        // Checked to be visible ASCII when it was created.
        std::str::from_utf8(&self.0.bearer[SCHEME.len()..]).unwrap_or_default()
    }

    /// Returns `Bearer <token>` as a header value that is marked sensitive.
    #[inline]
    pub fn authorization_header(&self) -> HeaderValue {
        self.0.header.clone()
    }

    /// Returns the time from which the token's lifetime counts: just before it was requested.
    pub fn requested_at(&self) -> ClockReading {
        self.0.anchor
    }

    /// Returns the token's lifetime, counted from [`AccessToken::requested_at`].
    pub fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    /// Returns when the token expires, by the wall clock as it was when the token was requested.
    pub fn expires_at(&self) -> SystemTime {
        let anchor = self.0.anchor.to_system_time();
        anchor.checked_add(self.0.lifetime).unwrap_or(anchor)
    }

    /// Returns the granted scope, if the server returned one.
    pub fn scope(&self) -> Option<&Scope> {
        self.0.scope.as_ref()
    }

    /// Returns a claim of a JWT (RFC 7519 section 4) that is a string or an integer; `None` for any other token.
    ///
    /// Nothing is verified: use it for lookups, such as of an id, and never for authentication or authorization.
    pub fn unverified_claim(&self, name: &str) -> Option<String> {
        jwt::claim(self.expose_secret(), name)
    }

    /// Returns true if both have the same bytes, whatever their times.
    pub fn is_same_token(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.bearer == other.0.bearer
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("token", &"[redacted]")
            .field("anchor", &self.0.anchor)
            .field("lifetime", &self.0.lifetime)
            .field("scope", &self.0.scope)
            .finish()
    }
}

fn unusable(message: &'static str) -> Error {
    Error::invalid_response(message)
}

/// The scheme's capital B is required: one vendor's server family rejects `bearer`.
const SCHEME: &str = "Bearer ";

#[cfg(test)]
mod tests;
