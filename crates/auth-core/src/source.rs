//! The trait of all token sources: exchanges, caches, fixed tokens, your own.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::{Clock, SystemClock};
use crate::credential::SharedTokenId;
use crate::error::Result;
use crate::oauth::OAuthTokenSource;
use crate::secret::Secret;
use crate::token::{AccessToken, TokenResponse};

/// Returns access tokens.
///
/// A source that sends a token request on every call belongs in a [`TokenCache`](crate::TokenCache), which is a source as well.
/// A source that wraps another one returns it from [`TokenSource::inner`]; methods that it does not define forward to it.
///
/// # Examples
/// ```
/// use auth_core::{AccessToken, Result, TokenSource};
///
/// /// Counts the token requests of another source.
/// #[derive(Debug)]
/// struct Counted<S> {
///     source: S,
///     requests: std::sync::atomic::AtomicU64,
/// }
///
/// #[async_trait::async_trait]
/// impl<S: TokenSource> TokenSource for Counted<S> {
///     async fn token(&self) -> Result<AccessToken> {
///         self.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         self.source.token().await
///     }
///
///     fn inner(&self) -> Option<&dyn TokenSource> {
///         Some(&self.source)
///     }
/// }
/// ```
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// Returns a token that is valid now.
    ///
    /// # Errors
    /// Any [`ErrorKind`](crate::ErrorKind) except `ApiStatus`; see the kinds for advice.
    async fn token(&self) -> Result<AccessToken>;

    /// Returns the source that this one wraps, or `None` if it wraps none.
    ///
    /// This method has no default, so that a wrapper cannot forget it: otherwise rotated credentials and invalid tokens would
    /// not be noticed behind the wrapper.
    fn inner(&self) -> Option<&dyn TokenSource>;

    /// Reports the API's verdict on this token.
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

    /// Returns the current token, if it is still valid, without waiting or starting a refresh.
    fn cached_token(&self) -> Option<AccessToken> {
        self.inner().and_then(TokenSource::cached_token)
    }

    /// Returns the name of this source in logs and metrics, such as `maia`: one of a few fixed names, never an id.
    fn name(&self) -> &'static str {
        self.inner().map_or("token", TokenSource::name)
    }

    /// Returns a number that changes whenever the credentials behind the source do; must be cheap.
    fn credentials_version(&self) -> u64 {
        self.inner().map_or(0, TokenSource::credentials_version)
    }

    /// Returns whose token would be requested now, such as the client id, if it is known without waiting.
    ///
    /// A cache discards its token when this changes.
    fn identity(&self) -> Option<Arc<str>> {
        self.inner().and_then(TokenSource::identity)
    }

    /// Returns what identifies the token that would be requested now, or `None` if it cannot be shared between processes.
    ///
    /// A cache with a token store calls it once per refresh.
    ///
    /// # Errors
    /// What the credentials provider fails with.
    async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        match self.inner() {
            Some(inner) => inner.shared_token_id().await,
            None => Ok(None),
        }
    }
}

/// An API's verdict on an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The API processed a request with the token.
    Accepted,
    /// The API returned 401 without a reason: the token may be invalid, or lack a permission or an audience.
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

    async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        Self::shared_token_id(self).await.map(Some)
    }
}

/// Always returns the same token, for tests and for tokens that come from elsewhere.
///
/// # Examples
/// ```
/// use auth_core::{Result, StaticTokenSource, TokenSource};
///
/// #[tokio::main]
/// async fn main() -> Result<()> {
///     let source = StaticTokenSource::new("not-a-real-token")?;
///     assert_eq!(source.token().await?.expose_secret(), "not-a-real-token");
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct StaticTokenSource(AccessToken);

impl StaticTokenSource {
    /// Creates a source from a token that is valid for as long as the program runs.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) if the token is empty or cannot be sent in a header.
    pub fn new(token: impl Into<Secret>) -> Result<Self> {
        AccessToken::new(token, SystemClock::new().now(), TokenResponse::MAX_LIFETIME).map(Self)
    }

    /// The token as if it had just been issued, since its age is unknown.
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
            // As `async_trait` declares it, without a box around the inner source's, since every request asks for a token.
            fn token<'life0, 'async_trait>(
                &'life0 self,
            ) -> Pin<Box<dyn Future<Output = Result<AccessToken>> + Send + 'async_trait>>
            where
                'life0: 'async_trait,
                Self: 'async_trait,
            {
                (**self).token()
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

            async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
                (**self).shared_token_id().await
            }
        }
    )*};
}

forward!(Arc<T>, Box<T>, &T);
