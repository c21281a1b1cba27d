//! The client: one cache, and requests that carry its token.

use std::sync::Arc;

use async_trait::async_trait;
use auth_core::{
    AccessToken, AuthorizedClient, Error, Health, HealthChanges, Result, TokenCache, TokenSource,
};
use bytes::Bytes;
use http::{HeaderValue, Request, Response};

use crate::config::{Config, NAMES};
use crate::exchange::Exchange;
use crate::wire;

/// A program's connection to Run:ai: gives valid tokens and sends authorized requests.
///
/// Cheap to clone; clones share one token. Make one per set of credentials and keep it.
#[derive(Debug, Clone)]
pub struct Client(Arc<AuthorizedClient<TokenCache<Exchange>>>);

impl Client {
    /// Makes a client; nothing is sent until a token is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if the HTTP client cannot be built from the settings.
    pub fn new(config: Config) -> Result<Self> {
        let http = config.http_client().map_err(named)?;
        let exchange = Exchange::new(&config, Arc::clone(&http)).map_err(named)?;
        let cache = TokenCache::with_policy(exchange, config.refresh_policy(), config.clock());
        let authorized = AuthorizedClient::new(cache, http, config.base_url().clone())
            .with_limits(config.api_limits())
            .with_refusal_check(wire::refuses_token);
        Ok(Self(Arc::new(authorized)))
    }

    /// Makes a client from the environment variables that [`Config::from_env`] reads.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config), naming the variable and what to do.
    pub fn from_env() -> Result<Self> {
        Self::new(Config::from_env()?)
    }

    /// Returns a valid token, waiting only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn token(&self) -> Result<AccessToken> {
        self.cache().token().await.map_err(named)
    }

    /// Returns `Bearer <token>` as a header value, for requests that you send yourself; costs one atomic load.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn authorization(&self) -> Result<HeaderValue> {
        self.cache().authorization().await.map_err(named)
    }

    /// Returns the token if it is still valid, without waiting or starting anything.
    pub fn peek(&self) -> Option<AccessToken> {
        self.cache().peek()
    }

    /// Tells that the API refused a token that you sent yourself, so that the next call gives another.
    pub fn invalidate(&self, rejected: &AccessToken) {
        self.cache().invalidate(rejected);
    }

    /// Makes sure that a token is at hand, so that the first request does not wait and bad settings show at start.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn warm_up(&self) -> Result<()> {
        self.cache().warm_up().await.map_err(named)
    }

    /// Sends a request with the token and returns the answer, whatever its status.
    ///
    /// The URI is a path below the base URL, or a whole URL of the same origin. If the API refuses the token, another one is got
    /// and the request is sent once more. See [`AuthorizedClient::send`].
    ///
    /// # Errors
    /// As [`AuthorizedClient::send`].
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        self.0.send(request).await.map_err(named)
    }

    /// Returns the API's base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.0.base_url().as_str()
    }

    /// Returns the condition of the token cache.
    pub fn health(&self) -> Health {
        self.cache().health()
    }

    /// Returns a watch on the condition of the token cache.
    pub fn subscribe(&self) -> HealthChanges {
        self.cache().subscribe()
    }

    /// Stops handing out tokens and lets a running refresh end.
    pub async fn shutdown(&self) {
        self.cache().shutdown().await;
    }

    fn cache(&self) -> &TokenCache<Exchange> {
        self.0.source()
    }
}

#[async_trait]
impl TokenSource for Client {
    async fn token(&self) -> Result<AccessToken> {
        Self::token(self).await
    }

    fn invalidate(&self, rejected: &AccessToken) {
        Self::invalidate(self, rejected);
    }

    fn peek(&self) -> Option<AccessToken> {
        Self::peek(self)
    }

    fn name(&self) -> &'static str {
        NAMES.vendor
    }

    fn credential_revision(&self) -> u64 {
        self.cache().credential_revision()
    }

    fn identity(&self) -> Option<Arc<str>> {
        self.cache().identity()
    }
}

/// Errors of the cache and of the HTTP client do not know whom they were for.
fn named(error: Error) -> Error {
    error.with_vendor(NAMES.vendor)
}
