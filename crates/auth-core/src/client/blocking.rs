//! Authorized requests for synchronous code, sent on the thread that refreshes tokens.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};

use super::AuthorizedClient;
use crate::cache::{BlockingTokenCache, TokenCache};
use crate::error::{Error, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;

/// A client for synchronous code; see [`BlockingTokenCache`] for where blocking is safe.
///
/// It shares its token with the async client that it was created from. Clones share the thread, which ends with the last one.
#[derive(Debug, Clone)]
pub struct BlockingClient {
    client: AuthorizedClient<TokenCache<Arc<dyn TokenSource>>>,
    cache: BlockingTokenCache<Arc<dyn TokenSource>>,
    vendor: &'static str,
}

impl BlockingClient {
    /// Starts the thread; nothing is requested until a token is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the thread cannot be started.
    pub fn new(client: AuthorizedClient<TokenCache<Arc<dyn TokenSource>>>) -> Result<Self> {
        let vendor = client.source().name();
        let cache = BlockingTokenCache::new(client.source().clone())
            .map_err(|error| error.with_vendor(vendor))?;
        Ok(Self {
            client,
            cache,
            vendor,
        })
    }

    /// Returns a valid token, blocking only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub fn token(&self) -> Result<AccessToken> {
        self.cache.token().map_err(|error| self.named(error))
    }

    /// Returns the header of a valid token, ready to send; as [`BlockingClient::token`], and cheaper.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub fn authorization_header(&self) -> Result<HeaderValue> {
        self.cache
            .authorization_header()
            .map_err(|error| self.named(error))
    }

    /// Reports that the API rejected a token that you sent yourself, and returns another one, or `None` if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub fn token_after(&self, rejected: &AccessToken) -> Result<Option<AccessToken>> {
        self.cache.cache().invalidate(rejected);
        let next = self.token()?;
        Ok((!next.is_same_token(rejected)).then_some(next))
    }

    /// Sends a request with the token and returns the response, whatever its status.
    ///
    /// # Errors
    /// As [`AuthorizedClient::send`].
    pub fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let client = self.client.clone();
        // A call, its resend, and the sign-ins before each of them.
        let limit = client.limits().timeout().saturating_mul(2);
        self.cache
            .run(limit, async move { client.send(request).await })
            .map_err(|error| self.named(error))
    }

    fn named(&self, error: Error) -> Error {
        error.with_vendor(self.vendor)
    }
}
