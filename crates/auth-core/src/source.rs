//! The trait that everything which gives tokens implements: exchanges, caches, fixed tokens, your own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::oauth::OAuthTokenSource;
use crate::secret::Secret;
use crate::token::{AccessToken, TokenResponse};

/// Returns access tokens.
///
/// A source that sends a token request on every call belongs in a [`TokenCache`](crate::TokenCache), which is a source as well.
/// A source that wraps another one names it in [`TokenSource::inner`], and every method that it does not define forwards to it.
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// Returns a token that is valid now.
    ///
    /// # Errors
    /// Any [`ErrorKind`](crate::ErrorKind) but `Api`; see the kinds for what to do.
    async fn token(&self) -> Result<AccessToken>;

    /// Returns the source that this one wraps, or `None` if it wraps none.
    ///
    /// This method has no default so that a wrapper cannot forget it: without it, rotated credentials and invalid tokens would
    /// not be noticed behind the wrapper.
    fn inner(&self) -> Option<&dyn TokenSource>;

    /// Tells the source what the API made of this token.
    ///
    /// A cache discards an invalid token, so that the next call returns another one.
    fn report(&self, token: &AccessToken, verdict: Verdict) {
        if let Some(inner) = self.inner() {
            inner.report(token, verdict);
        }
    }

    /// Reports that the API rejected this token with a bare 401: [`Verdict::Unauthorized`].
    fn invalidate(&self, rejected: &AccessToken) {
        self.report(rejected, Verdict::Unauthorized);
    }

    /// Reports that the API accepted this token: [`Verdict::Accepted`].
    fn accept(&self, accepted: &AccessToken) {
        self.report(accepted, Verdict::Accepted);
    }

    /// Returns the token at hand, if it is still valid, without waiting or starting anything.
    fn cached_token(&self) -> Option<AccessToken> {
        self.inner().and_then(TokenSource::cached_token)
    }

    /// Returns what logs and metrics call this source, such as `maia`: a fixed name of few values, never an id.
    fn name(&self) -> &'static str {
        self.inner().map_or("token", TokenSource::name)
    }

    /// Returns a number that changes whenever the credentials behind the source do; must be cheap.
    fn credentials_version(&self) -> u64 {
        self.inner().map_or(0, TokenSource::credentials_version)
    }

    /// Returns who a token would be requested for now, such as the client id, where that is known without waiting.
    ///
    /// A cache discards the token it holds when it sees that this has changed.
    fn identity(&self) -> Option<Arc<str>> {
        self.inner().and_then(TokenSource::identity)
    }
}

/// What an API made of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The API processed a request with the token.
    Accepted,
    /// The API returned 401 and did not say why: the token may be invalid, or lack a right or an audience.
    Unauthorized,
    /// The API said that the token is invalid: `error="invalid_token"` (RFC 6750 section 3.1).
    InvalidToken,
}

#[async_trait]
impl TokenSource for OAuthTokenSource {
    async fn token(&self) -> Result<AccessToken> {
        let granted = self.request_tokens().await?;
        Ok(granted.access_token)
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn name(&self) -> &'static str {
        self.vendor()
    }

    fn credentials_version(&self) -> u64 {
        Self::credentials_version(self)
    }

    fn identity(&self) -> Option<Arc<str>> {
        Self::identity(self)
    }
}

/// Always gives the same token, for tests and for tokens that come from elsewhere.
#[derive(Debug, Clone)]
pub struct StaticTokenSource(AccessToken);

impl StaticTokenSource {
    /// Takes a token that is good for as long as the program runs.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) if the token is empty or cannot be sent in a header.
    pub fn new(token: impl Into<Secret>) -> Result<Self> {
        AccessToken::new(token, SystemClock::new().now(), TokenResponse::MAX_LIFETIME).map(Self)
    }

    /// The token as if it had just been issued: nothing is known of its age.
    fn current(&self) -> AccessToken {
        self.0.clone().with_requested_at(SystemClock::new().now())
    }
}

#[async_trait]
impl TokenSource for StaticTokenSource {
    async fn token(&self) -> Result<AccessToken> {
        Ok(self.current())
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn cached_token(&self) -> Option<AccessToken> {
        Some(self.current())
    }
}

/// Pointers to a source are sources that forward every call.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        impl<T: TokenSource + ?Sized> TokenSource for $pointer {
            async fn token(&self) -> Result<AccessToken> {
                (**self).token().await
            }

            fn inner(&self) -> Option<&dyn TokenSource> {
                (**self).inner()
            }

            fn report(&self, token: &AccessToken, verdict: Verdict) {
                (**self).report(token, verdict);
            }

            fn cached_token(&self) -> Option<AccessToken> {
                (**self).cached_token()
            }

            fn name(&self) -> &'static str {
                (**self).name()
            }

            fn credentials_version(&self) -> u64 {
                (**self).credentials_version()
            }

            fn identity(&self) -> Option<Arc<str>> {
                (**self).identity()
            }
        }
    )*};
}

forward!(Arc<T>, Box<T>, &T);
