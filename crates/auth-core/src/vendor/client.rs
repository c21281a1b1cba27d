//! The client of any vendor: one token cache, and authorized requests.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use serde::de::DeserializeOwned;

#[cfg(feature = "blocking")]
use super::BlockingClient;
use super::{ApiClient, Config, Vendor};
use crate::cache::{CacheHealth, CacheHealthWatch, LastUse, TokenCache};
use crate::client::{ApiRequest, ApiResponse, UploadBody};
use crate::error::{Error, Result};
use crate::http::BodyStream;
use crate::source::{TokenSource, Verdict};
use crate::token::AccessToken;

/// A client of one vendor: returns valid tokens and sends authorized requests.
///
/// A vendor crate has an alias for it. Vendor-specific calls are methods as well, through [`Vendor::Calls`].
///
/// Cheap to clone; clones share one token. Create one for each set of credentials and keep it.
///
/// # Examples
/// ```
/// use auth_core::vendor::{Client, Vendor};
/// use auth_core::{ApiRequest, Result};
/// use http::Method;
///
/// async fn status<V: Vendor>() -> Result<serde_json::Value> {
///     let client = Client::<V>::from_env()?;
///     client.warm_up().await?;
///     client.execute_json(&ApiRequest::new(Method::GET, "/v1/status")).await
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Client<V: Vendor> {
    api: ApiClient,
    calls: V::Calls,
}

impl<V: Vendor> Client<V> {
    /// Creates a client; nothing is sent until a token is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the HTTP client cannot be built from the settings.
    pub fn new(config: Config<V>) -> Result<Self> {
        let api = ApiClient::new(&config).map_err(named::<V>)?;
        Ok(Self::of(api, &config))
    }

    /// As [`Client::new`], with a cache from `cache`.
    pub(crate) fn with_cache(
        config: &Config<V>,
        cache: impl FnOnce(Arc<dyn TokenSource>) -> TokenCache<Arc<dyn TokenSource>>,
    ) -> Result<Self> {
        let api = ApiClient::with_cache(config, cache).map_err(named::<V>)?;
        Ok(Self::of(api, config))
    }

    fn of(api: ApiClient, config: &Config<V>) -> Self {
        Self {
            calls: V::calls(api.clone(), config),
            api,
        }
    }

    /// Returns the token cache.
    pub(crate) fn cache(&self) -> &TokenCache<Arc<dyn TokenSource>> {
        self.api.cache()
    }

    /// Returns the number of handles on its shared part, including those in its own calls.
    pub(crate) fn handles(&self) -> usize {
        self.api.clones()
    }

    /// Returns when a map of many clients last returned it.
    pub(crate) fn last_use(&self) -> &LastUse {
        self.api.last_use()
    }

    /// Creates a client from the environment variables that [`Config::from_env`] reads.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable and the fix.
    pub fn from_env() -> Result<Self> {
        Self::new(Config::from_env()?)
    }

    /// Returns a valid token, waiting only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`](crate::TokenCache::token).
    pub async fn token(&self) -> Result<AccessToken> {
        self.api.cache().token().await.map_err(named::<V>)
    }

    /// Returns `Bearer <token>` as a header value, for requests that you send yourself; takes one atomic load.
    ///
    /// # Errors
    /// As [`TokenCache::token`](crate::TokenCache::token).
    pub async fn authorization_header(&self) -> Result<HeaderValue> {
        let header = self.api.cache().authorization_header().await;
        header.map_err(named::<V>)
    }

    /// Returns the token if it is still valid, without waiting or starting a refresh.
    pub fn cached_token(&self) -> Option<AccessToken> {
        self.api.cache().cached_token()
    }

    /// Returns a valid token without waiting, or `None` while there is none and a refresh runs.
    ///
    /// See [`TokenCache::try_token`](crate::TokenCache::try_token).
    ///
    /// # Errors
    /// As [`TokenCache::token`](crate::TokenCache::token).
    pub fn try_token(&self) -> Result<Option<AccessToken>> {
        self.api.cache().try_token().map_err(named::<V>)
    }

    /// Returns a token that is valid for `duration`, for long-running work with one token.
    ///
    /// See [`TokenCache::token_valid_for`](crate::TokenCache::token_valid_for).
    ///
    /// # Errors
    /// As [`TokenCache::token`](crate::TokenCache::token).
    pub async fn token_valid_for(&self, duration: Duration) -> Result<AccessToken> {
        let token = self.api.cache().token_valid_for(duration).await;
        token.map_err(named::<V>)
    }

    /// Refreshes the token whenever it is due, even without calls, until the future is dropped.
    ///
    /// See [`TokenCache::keep_fresh`](crate::TokenCache::keep_fresh).
    pub async fn keep_fresh(&self) {
        self.api.cache().keep_fresh().await;
    }

    /// Reports that the API rejected a token that you sent yourself, so that the next call returns another one.
    pub fn invalidate(&self, rejected: &AccessToken) {
        self.api.cache().invalidate(rejected);
    }

    /// Reports that the API accepted a token that you sent yourself, so that rejections before it count no longer.
    pub fn accept(&self, token: &AccessToken) {
        self.api.cache().accept(token);
    }

    /// Reports the API's verdict on a token that you sent yourself; see [`TokenCache::report`](crate::TokenCache::report).
    pub fn report(&self, token: &AccessToken, verdict: Verdict) {
        self.api.cache().report(token, verdict);
    }

    /// Reports that the API rejected a token that you sent yourself, and returns another one, or `None` if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`](crate::TokenCache::token).
    pub async fn token_after(&self, rejected: &AccessToken) -> Result<Option<AccessToken>> {
        let next = crate::client::token_after(self.api.cache(), rejected).await;
        next.map_err(named::<V>)
    }

    /// Ensures that there is a token, so that the first request does not wait and wrong settings are detected at program start.
    ///
    /// # Errors
    /// As [`TokenCache::token`](crate::TokenCache::token).
    pub async fn warm_up(&self) -> Result<()> {
        self.api.cache().warm_up().await.map_err(named::<V>)
    }

    /// Sends a plain HTTP request with the token and returns the response, whatever its status.
    ///
    /// The URI is a path below the base URL, or a whole URL of an allowed origin. If the API rejects the token, another one is requested
    /// and the request is resent once. See [`AuthorizedClient::send`](crate::AuthorizedClient::send).
    ///
    /// # Errors
    /// As [`AuthorizedClient::send`](crate::AuthorizedClient::send).
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        self.api.send(request).await
    }

    /// Sends a request and parses the JSON of a success; the vendor's error object becomes an error that quotes it.
    ///
    /// The request is retried according to the builder's `retry_policy`.
    ///
    /// # Errors
    /// As [`Client::execute`] and [`ApiResponse::json`].
    pub async fn execute_json<T: DeserializeOwned>(&self, request: &ApiRequest) -> Result<T> {
        self.api.execute_json(request).await
    }

    /// Sends a request and returns the response, whatever its status; it is retried according to its own policy or the builder's `retry_policy`.
    ///
    /// # Errors
    /// As [`AuthorizedClient::execute`](crate::AuthorizedClient::execute).
    pub async fn execute(&self, request: &ApiRequest) -> Result<ApiResponse> {
        self.api.execute(request).await
    }

    /// As [`Client::send`], with bodies that are never completely in memory; see [`AuthorizedClient::send_stream`](crate::AuthorizedClient::send_stream).
    ///
    /// # Errors
    /// As [`AuthorizedClient::send_stream`](crate::AuthorizedClient::send_stream).
    pub async fn send_stream(&self, request: Request<UploadBody>) -> Result<Response<BodyStream>> {
        self.api.authorized().send_stream(request).await
    }

    /// Sends a request and returns the successful response as a stream, such as an export; see [`AuthorizedClient::download`](crate::AuthorizedClient::download).
    ///
    /// # Errors
    /// As [`AuthorizedClient::download`](crate::AuthorizedClient::download).
    pub async fn download(&self, request: &ApiRequest) -> Result<Response<BodyStream>> {
        self.api.download(request).await
    }

    /// Sends a request with a stream as its body, and returns the response, whatever its status; see [`AuthorizedClient::upload`](crate::AuthorizedClient::upload).
    ///
    /// # Errors
    /// As [`AuthorizedClient::upload`](crate::AuthorizedClient::upload).
    pub async fn upload(
        &self,
        request: &ApiRequest,
        body: impl Into<UploadBody>,
    ) -> Result<ApiResponse> {
        self.api.upload(request, body).await
    }

    /// Returns a client for synchronous code, which starts a thread; it supports the vendor's own calls as well.
    ///
    /// # Errors
    /// As [`BlockingClient::new`].
    #[cfg(feature = "blocking")]
    pub fn blocking(&self) -> Result<BlockingClient<V>> {
        BlockingClient::new(self.clone())
    }

    /// Returns the API's base URL, without a trailing slash.
    pub fn base_url(&self) -> &str {
        self.api.authorized().base_url().as_str()
    }

    /// Returns a snapshot of the token cache's health.
    pub fn health(&self) -> CacheHealth {
        self.api.cache().health()
    }

    /// Returns a watch on the token cache's health.
    pub fn subscribe(&self) -> CacheHealthWatch {
        self.api.cache().subscribe()
    }

    /// Stops returning tokens and waits for a running refresh to end.
    pub async fn shutdown(&self) {
        self.api.cache().shutdown().await;
    }
}

/// The vendor-specific calls.
impl<V: Vendor> Deref for Client<V> {
    type Target = V::Calls;

    fn deref(&self) -> &V::Calls {
        &self.calls
    }
}

#[async_trait]
impl<V: Vendor> TokenSource for Client<V> {
    async fn token(&self) -> Result<AccessToken> {
        Self::token(self).await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(self.api.cache())
    }
}

/// Errors of the cache and of the HTTP client do not contain the vendor.
pub(crate) fn named<V: Vendor>(error: Error) -> Error {
    error.with_vendor(V::INFO.name())
}
