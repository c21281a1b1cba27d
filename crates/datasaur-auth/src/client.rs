//! The client: one cache, and requests that carry its token.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
#[cfg(feature = "blocking")]
use auth_core::BlockingClient;
use auth_core::{
    AccessToken, ApiRequest, ApiResponse, AuthorizedClient, CacheHealth, CacheHealthWatch, Clock,
    Error, Result, RetryPolicy, TokenCache, TokenSource, Verdict,
};
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use serde::de::DeserializeOwned;

use crate::config::{Config, NAMES};
use crate::exchange::Exchange;
use crate::wire;

/// A program's connection to Datasaur: gives valid tokens and sends authorized requests.
///
/// Cheap to clone; clones share one token. Make one per set of credentials and keep it.
#[derive(Debug, Clone)]
pub struct Client {
    authorized: Arc<AuthorizedClient<TokenCache<Box<dyn TokenSource>>>>,
    retry_policy: RetryPolicy,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// Makes a client; nothing is sent until a token is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if the HTTP client cannot be built from the settings.
    pub fn new(config: Config) -> Result<Self> {
        let http = config.http_client().map_err(named)?;
        let exchange = Exchange::new(&config, Arc::clone(&http)).map_err(named)?;
        let source: Box<dyn TokenSource> = Box::new(exchange);
        let cache = TokenCache::builder(source)
            .refresh_policy(config.refresh_policy())
            .clock(config.clock())
            .build();
        let authorized = AuthorizedClient::new(cache, http, config.base_url().clone())
            .with_limits(config.api_limits())
            .with_invalid_token_check(wire::is_invalid_token);
        Ok(Self {
            authorized: Arc::new(authorized),
            retry_policy: config.retry_policy(),
            clock: config.clock(),
        })
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
    pub async fn authorization_header(&self) -> Result<HeaderValue> {
        self.cache().authorization_header().await.map_err(named)
    }

    /// Returns the token if it is still valid, without waiting or starting anything.
    pub fn cached_token(&self) -> Option<AccessToken> {
        self.cache().cached_token()
    }

    /// Returns a valid token without waiting, or `None` if there is none yet and a refresh is running; see [`TokenCache::try_token`].
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub fn try_token(&self) -> Result<Option<AccessToken>> {
        self.cache().try_token().map_err(named)
    }

    /// Returns a token that will be valid for `duration`, for work that takes its token along; see [`TokenCache::token_valid_for`].
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn token_valid_for(&self, duration: Duration) -> Result<AccessToken> {
        self.cache().token_valid_for(duration).await.map_err(named)
    }

    /// Refreshes the token whenever it is due, whether or not anybody calls, until it is dropped; see [`TokenCache::keep_fresh`].
    pub async fn keep_fresh(&self) {
        self.cache().keep_fresh().await;
    }

    /// Reports that the API rejected a token that you sent yourself, so that the next call returns another one.
    pub fn invalidate(&self, rejected: &AccessToken) {
        self.cache().invalidate(rejected);
    }

    /// Reports what the API made of a token that you sent yourself; see [`TokenCache::report`].
    pub fn report(&self, token: &AccessToken, verdict: Verdict) {
        self.cache().report(token, verdict);
    }

    /// Tells that the API refused a token that you sent yourself, and returns another one, or `None` if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn token_after(&self, rejected: &AccessToken) -> Result<Option<AccessToken>> {
        auth_core::token_after(self.cache(), rejected)
            .await
            .map_err(named)
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
        self.authorized.send(request).await.map_err(named)
    }

    /// Sends a call and reads the JSON of a success; the vendor's refusal becomes an error that quotes it.
    ///
    /// A call whose method is idempotent is sent again when the API asks to slow down, as the builder's `retry_policy` says.
    ///
    /// # Errors
    /// As [`ApiResponse::json`], and as [`AuthorizedClient::send`].
    pub async fn call<T: DeserializeOwned>(&self, call: &ApiRequest) -> Result<T> {
        self.answer(call).await?.json(wire::explain).map_err(named)
    }

    /// Sends a call and returns its answer, whatever its status.
    ///
    /// # Errors
    /// As [`AuthorizedClient::call`].
    pub async fn answer(&self, call: &ApiRequest) -> Result<ApiResponse> {
        self.authorized
            .call(call, &self.retry_policy, &self.clock)
            .await
            .map_err(named)
    }

    /// Starts a thread that lets code which does not await use this client's token.
    ///
    /// # Errors
    /// As [`BlockingClient::new`].
    #[cfg(feature = "blocking")]
    pub fn blocking(&self) -> Result<BlockingClient> {
        BlockingClient::new(Arc::clone(&self.authorized))
    }

    /// Returns the API's base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.authorized.base_url().as_str()
    }

    /// Returns the condition of the token cache.
    pub fn health(&self) -> CacheHealth {
        self.cache().health()
    }

    /// Returns a watch on the condition of the token cache.
    pub fn subscribe(&self) -> CacheHealthWatch {
        self.cache().subscribe()
    }

    /// Stops handing out tokens and lets a running refresh end.
    pub async fn shutdown(&self) {
        self.cache().shutdown().await;
    }

    fn cache(&self) -> &TokenCache<Box<dyn TokenSource>> {
        self.authorized.source()
    }
}

#[async_trait]
impl TokenSource for Client {
    async fn token(&self) -> Result<AccessToken> {
        Self::token(self).await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(self.cache())
    }
}

/// Errors of the cache and of the HTTP client do not know whom they were for.
fn named(error: Error) -> Error {
    error.with_vendor(NAMES.vendor)
}
