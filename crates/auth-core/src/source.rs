//! The trait that everything which gives tokens implements: exchanges, caches, fixed tokens, your own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::exchange::OAuthExchange;
use crate::secret::Secret;
use crate::token::{AccessToken, TokenAnswer};

/// Gives access tokens.
///
/// An exchange asks the token endpoint on every call; wrap it in a [`TokenCache`](crate::TokenCache), which is a source as well.
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// Returns a token that is valid now.
    ///
    /// # Errors
    /// Any [`ErrorKind`](crate::ErrorKind) but `Api`; see the kinds for what to do.
    async fn token(&self) -> Result<AccessToken>;

    /// Tells the source that the API refused this token, so that the next call gives another; does nothing where nothing is kept.
    fn invalidate(&self, rejected: &AccessToken) {
        let _ = rejected;
    }

    /// Returns the token at hand, if it is still valid, without waiting or starting anything.
    fn peek(&self) -> Option<AccessToken> {
        None
    }

    /// Returns what logs and metrics call this source, such as `maia`: a fixed name of few values, never an id.
    fn name(&self) -> &'static str {
        "token"
    }

    /// Returns a number that changes whenever the credentials behind the source do; must be cheap.
    fn credential_revision(&self) -> u64 {
        0
    }

    /// Returns who a token would be asked for now, such as the client id, where that is known without waiting.
    ///
    /// A cache discards the token it holds when it sees that this has changed.
    fn identity(&self) -> Option<Arc<str>> {
        None
    }
}

#[async_trait]
impl TokenSource for OAuthExchange {
    async fn token(&self) -> Result<AccessToken> {
        self.exchange().await
    }

    fn name(&self) -> &'static str {
        self.vendor()
    }

    fn credential_revision(&self) -> u64 {
        Self::credential_revision(self)
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
    /// [`ErrorKind::Response`](crate::ErrorKind::Response) if the token is empty or cannot be sent in a header.
    pub fn new(token: impl Into<Secret>) -> Result<Self> {
        AccessToken::new(token, SystemClock::new().now(), TokenAnswer::MAX_LIFETIME).map(Self)
    }

    /// The token as if it had just been issued: nothing is known of its age.
    fn current(&self) -> AccessToken {
        self.0.clone().with_anchor(SystemClock::new().now())
    }
}

#[async_trait]
impl TokenSource for StaticTokenSource {
    async fn token(&self) -> Result<AccessToken> {
        Ok(self.current())
    }

    fn peek(&self) -> Option<AccessToken> {
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

            fn invalidate(&self, rejected: &AccessToken) {
                (**self).invalidate(rejected);
            }

            fn peek(&self) -> Option<AccessToken> {
                (**self).peek()
            }

            fn name(&self) -> &'static str {
                (**self).name()
            }

            fn credential_revision(&self) -> u64 {
                (**self).credential_revision()
            }

            fn identity(&self) -> Option<Arc<str>> {
                (**self).identity()
            }
        }
    )*};
}

forward!(Arc<T>, Box<T>, &T);
