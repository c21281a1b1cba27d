//! The client without its vendor's type, for the calls of a vendor crate.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde::de::DeserializeOwned;

use super::{Config, Vendor};
use crate::cache::{CacheParts, LastUse, TokenCache};
use crate::client::{
    ApiErrorBody, ApiRequest, ApiResponse, AuthorizedClient, Page, Pager, UploadBody, resolve,
};
use crate::clock::Clock;
use crate::error::Result;
use crate::http::BodyStream;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// Sends authorized requests to one vendor; the calls that a vendor crate adds to its client use a clone of it.
///
/// Clones share one token. Errors name the vendor.
///
/// # Examples
/// ```
/// use auth_core::vendor::ApiClient;
/// use auth_core::{ApiRequest, Result};
/// use http::Method;
///
/// /// A vendor's calls: methods of its client.
/// #[derive(Debug, Clone)]
/// pub struct Calls {
///     api: ApiClient,
/// }
///
/// impl Calls {
///     pub async fn user(&self, id: &str) -> Result<serde_json::Value> {
///         let request = ApiRequest::new(Method::GET, "/v1/users/{id}").parameter("id", id);
///         self.api.execute_json(&request).await
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct ApiClient(Arc<Shared>);

#[derive(Debug)]
#[repr(C)]
struct Shared {
    /// For a map of many clients; the first field, next to the reference counts, which a lookup changes anyway.
    last_use: LastUse,
    authorized: AuthorizedClient<TokenCache<Arc<dyn TokenSource>>>,
    vendor: &'static str,
}

impl ApiClient {
    pub(super) fn new<V: Vendor>(config: &Config<V>) -> Result<Self> {
        let policy = Arc::new(config.common.refresh_policy.clone());
        let parts = CacheParts::new(policy, config.clock());
        #[cfg(feature = "store")]
        let parts = parts.with_store(config.common.token_store.clone());
        Self::with_cache(config, |source| TokenCache::with_parts(source, parts))
    }

    /// As [`ApiClient::new`], with a cache from `cache`.
    pub(super) fn with_cache<V: Vendor>(
        config: &Config<V>,
        cache: impl FnOnce(Arc<dyn TokenSource>) -> TokenCache<Arc<dyn TokenSource>>,
    ) -> Result<Self> {
        let common = &config.common;
        let http = common.http_client()?;
        let clock = common.clock();
        let source = match common.given_token() {
            Some(source) => source,
            None => V::token_source(config, Arc::clone(&http))?,
        };
        let cache = cache(source);
        let mut authorized =
            AuthorizedClient::new(cache, http, config.endpoints.base_url().clone())
                .with_limits(common.api_limits)
                .with_invalid_token_check(V::is_invalid_token)
                .with_error_reader(|response| {
                    V::read_error(response).or_else(|| ApiErrorBody::read(response))
                })
                .with_retry_policy(common.retry_policy)
                .with_clock(clock)
                .with_vendor(V::INFO.name());
        for origin in config.endpoints.origins() {
            authorized = authorized.with_origin(origin.clone());
        }
        if let Some(shared) = &config.shared {
            authorized = authorized.sharing(&shared.client);
        }
        Ok(Self(Arc::new(Shared {
            last_use: LastUse::default(),
            authorized,
            vendor: V::INFO.name(),
        })))
    }

    /// Returns the vendor's name, for errors that a vendor crate creates itself.
    pub fn vendor(&self) -> &'static str {
        self.0.vendor
    }

    /// Returns the clock, which waits in tests as the test wants.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.0.authorized.clock()
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

    /// Sends a request and returns the response, whatever its status; it is retried according to its own policy or the builder's `retry_policy`.
    ///
    /// # Errors
    /// As [`AuthorizedClient::execute`].
    pub async fn execute(&self, request: &ApiRequest) -> Result<ApiResponse> {
        self.0.authorized.execute(request).await
    }

    /// Sends a request and parses the JSON of a success; the vendor's error object becomes an error that quotes it.
    ///
    /// # Errors
    /// As [`ApiClient::execute`] and [`ApiResponse::json`].
    pub async fn execute_json<T: DeserializeOwned>(&self, request: &ApiRequest) -> Result<T> {
        self.execute(request).await?.json()
    }

    /// Sends a request and returns the successful response as a stream; see [`AuthorizedClient::download`].
    ///
    /// # Errors
    /// As [`AuthorizedClient::download`].
    pub async fn download(&self, request: &ApiRequest) -> Result<Response<BodyStream>> {
        self.0.authorized.download(request).await
    }

    /// Sends a request with a stream as its body, and returns the response, whatever its status; see [`AuthorizedClient::upload`].
    ///
    /// # Errors
    /// As [`AuthorizedClient::upload`].
    pub async fn upload(
        &self,
        request: &ApiRequest,
        body: impl Into<UploadBody>,
    ) -> Result<ApiResponse> {
        self.0.authorized.upload(request, body).await
    }

    /// Reads a list whose pages link to the next one, in `Link` headers with `rel="next"` (RFC 8288) or in their bodies.
    ///
    /// `read` parses a page; if it sets [`Page::with_next`], that link is followed, otherwise the header's. Relative links are resolved.
    /// `key` returns what identifies an item. The list is complete or an error: see [`Pager`].
    ///
    /// # Examples
    /// ```
    /// use auth_core::ApiRequest;
    /// use auth_core::vendor::{ApiClient, Page, Pager};
    /// use http::Method;
    ///
    /// #[derive(Debug, serde::Deserialize)]
    /// struct User {
    ///     id: String,
    /// }
    ///
    /// fn users(api: &ApiClient) -> Pager<User> {
    ///     let first = ApiRequest::new(Method::GET, "/api/v1/users").query("limit", 200);
    ///     api.linked_pages(first, |user: &User| Some(user.id.clone()), |response| Ok(Page::new(response.list_json()?)))
    /// }
    /// ```
    pub fn linked_pages<T: fmt::Debug + Send + 'static>(
        &self,
        first: ApiRequest,
        key: impl Fn(&T) -> Option<String> + Send + 'static,
        read: impl Fn(ApiResponse) -> Result<Page<T>> + Send + Sync + 'static,
    ) -> Pager<T> {
        let (api, read) = (self.clone(), Arc::new(read));
        let pager = Pager::by_link(key, move |link| {
            let (api, read) = (api.clone(), Arc::clone(&read));
            let request = match link {
                Some(link) => first.clone().with_url(link),
                None => first.clone(),
            };
            async move {
                let response = api.execute(&request).await?.error_for_status()?;
                let linked = response.next_link()?;
                let (url, bytes) = (response.url().clone(), response.body().len());
                let unreadable = response.invalid("a malformed link to the next page");
                let page = read(response)?;
                let next = match page.next() {
                    Some(link) => Some(resolve(&url, link).ok_or(unreadable)?),
                    None => linked,
                };
                Ok(page.with_next(next).with_bytes(bytes))
            }
        });
        pager.vendor(self.vendor())
    }

    /// Reads a list whose pages contain a cursor (a page token, a continuation token) for the next one, which is sent in the query.
    ///
    /// `read` parses a page and passes its cursor to [`Page::with_next`]. The next request is `first` with the cursor, percent-encoded, as `parameter`;
    /// its other parameters stay, and a cursor that `first` starts from is replaced.
    /// The list ends at a page without a cursor, with an empty one, or with [`Page::with_more`] set to `false`.
    /// `key` returns what identifies an item. The list is complete or an error, and a cursor that was read before is an error: see [`Pager`].
    ///
    /// # Examples
    /// ```
    /// use auth_core::ApiRequest;
    /// use auth_core::vendor::{ApiClient, Page, Pager};
    /// use http::Method;
    ///
    /// #[derive(Debug, serde::Deserialize)]
    /// struct User {
    ///     id: String,
    /// }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Users {
    ///     users: Vec<User>,
    ///     next_page_token: Option<String>,
    /// }
    ///
    /// fn users(api: &ApiClient) -> Pager<User> {
    ///     let first = ApiRequest::new(Method::GET, "/api/v1/users").query("page_size", 200);
    ///     let id = |user: &User| Some(user.id.clone());
    ///     api.cursor_pages(first, "page_token", id, |response| {
    ///         let page: Users = response.json()?;
    ///         Ok(Page::new(page.users).with_next(page.next_page_token))
    ///     })
    /// }
    /// ```
    pub fn cursor_pages<T: fmt::Debug + Send + 'static>(
        &self,
        first: ApiRequest,
        parameter: impl Into<Cow<'static, str>>,
        key: impl Fn(&T) -> Option<String> + Send + 'static,
        read: impl Fn(ApiResponse) -> Result<Page<T>> + Send + Sync + 'static,
    ) -> Pager<T> {
        let (api, read, parameter) = (self.clone(), Arc::new(read), parameter.into());
        let pager = Pager::by_link(key, move |cursor| {
            let (api, read) = (api.clone(), Arc::clone(&read));
            let request = match cursor {
                Some(cursor) => first.clone().replace_query(&parameter, &cursor),
                None => first.clone(),
            };
            async move {
                let response = api.execute(&request).await?.error_for_status()?;
                let bytes = response.body().len();
                let page = read(response)?;
                let is_last = page.has_more() == Some(false);
                let next = page.next().filter(|next| !is_last && !next.is_empty());
                let next = next.map(str::to_owned);
                Ok(page.with_next(next).with_bytes(bytes))
            }
        });
        pager.vendor(self.vendor())
    }

    /// Returns the client of the requests.
    pub(super) fn authorized(&self) -> &AuthorizedClient<TokenCache<Arc<dyn TokenSource>>> {
        &self.0.authorized
    }

    /// Returns the number of its clones.
    pub(super) fn clones(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// Returns when a map of many clients last returned it.
    pub(super) fn last_use(&self) -> &LastUse {
        &self.0.last_use
    }

    /// Returns the token cache.
    pub(super) fn cache(&self) -> &TokenCache<Arc<dyn TokenSource>> {
        self.0.authorized.source()
    }
}
