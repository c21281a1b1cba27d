//! The client without its vendor's type, for the calls of a vendor crate.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde::de::DeserializeOwned;

use super::{Config, Vendor};
use crate::cache::TokenCache;
use crate::client::{ApiRequest, ApiResponse, AuthorizedClient, RetryPolicy};
use crate::clock::Clock;
use crate::error::Result;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// Sends authorized requests to one vendor; the calls that a vendor crate adds to its client use a clone of it.
///
/// Clones share one token. Errors name the vendor.
#[derive(Debug, Clone)]
pub struct ApiClient(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    authorized: AuthorizedClient<TokenCache<Arc<dyn TokenSource>>>,
    retry_policy: RetryPolicy,
    clock: Arc<dyn Clock>,
    vendor: &'static str,
}

impl ApiClient {
    pub(super) fn new<V: Vendor>(config: &Config<V>) -> Result<Self> {
        let common = &config.common;
        let http = common.http_client()?;
        let clock = common.clock();
        let source = V::token_source(config, Arc::clone(&http))?;
        let cache = TokenCache::builder(source)
            .refresh_policy(common.refresh_policy.clone())
            .clock(Arc::clone(&clock))
            .build();
        let mut authorized =
            AuthorizedClient::new(cache, http, config.endpoints.base_url().clone())
                .with_limits(common.api_limits)
                .with_invalid_token_check(V::is_invalid_token)
                .with_error_reader(V::read_error)
                .with_vendor(V::INFO.name());
        for origin in config.endpoints.origins() {
            authorized = authorized.with_origin(origin.clone());
        }
        Ok(Self(Arc::new(Shared {
            authorized,
            retry_policy: common.retry_policy,
            clock,
            vendor: V::INFO.name(),
        })))
    }

    /// Returns the vendor's name, for errors that a vendor crate creates itself.
    pub fn vendor(&self) -> &'static str {
        self.0.vendor
    }

    /// Returns a valid token, waiting only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn token(&self) -> Result<AccessToken> {
        let token = self.cache().token().await;
        token.map_err(|error| error.with_vendor(self.vendor()))
    }

    /// Sends a plain HTTP request with the token and returns the response, whatever its status; see [`AuthorizedClient::send`].
    ///
    /// # Errors
    /// As [`AuthorizedClient::send`].
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        self.0.authorized.send(request).await
    }

    /// Sends a request and returns the response, whatever its status; it is retried according to the client's [`RetryPolicy`].
    ///
    /// # Errors
    /// As [`AuthorizedClient::execute`].
    pub async fn execute(&self, request: &ApiRequest) -> Result<ApiResponse> {
        let Shared {
            authorized,
            retry_policy,
            clock,
            ..
        } = &*self.0;
        authorized.execute(request, retry_policy, clock).await
    }

    /// Sends a request and parses the JSON of a success; the vendor's error object becomes an error that quotes it.
    ///
    /// # Errors
    /// As [`ApiClient::execute`] and [`ApiResponse::json`].
    pub async fn execute_json<T: DeserializeOwned>(&self, request: &ApiRequest) -> Result<T> {
        self.execute(request).await?.json()
    }

    /// Returns the client without its retries, with only the 401 rules.
    pub(super) fn authorized(&self) -> &AuthorizedClient<TokenCache<Arc<dyn TokenSource>>> {
        &self.0.authorized
    }

    /// Returns the token cache.
    pub(super) fn cache(&self) -> &TokenCache<Arc<dyn TokenSource>> {
        self.0.authorized.source()
    }
}
