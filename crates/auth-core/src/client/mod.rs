//! Authorized requests: tokens are sent only to allowed origins, and requests are resent only if that is safe.

mod challenge;
mod forward;
mod attempt;
mod failure;
mod retry_policy;
mod retries;
mod options;
mod settings;
mod headers;
mod request;
mod error_body;
mod link;
mod response;
mod execute;
mod upload;
mod multipart;
mod stream;
mod pager;
#[cfg(feature = "tower")]
mod tower;

pub use attempt::{Attempt, call_with_token, token_after};
pub use error_body::ApiErrorBody;
pub use forward::ForwardHeaders;
pub(crate) use link::resolve;
pub use multipart::MultipartForm;
pub use options::RequestOptions;
pub use pager::{MAX_LIST_BYTES, MAX_LIST_ITEMS, MAX_LIST_PAGES, Page, PageStart, Pager};
pub use request::ApiRequest;
pub use response::ApiResponse;
pub use retry_policy::RetryPolicy;
pub(crate) use settings::ClientSettings;
#[cfg(feature = "tower")]
pub use tower::{BearerTokenBody, BearerTokenLayer, BearerTokenService};
pub use upload::UploadBody;

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};

use self::attempt::{another, fetch, report};
use self::execute::Plan;
use self::failure::Failure;
use self::forward::remove_local;
use self::response::ErrorReader;
use self::retries::RetryBudget;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::http::{BaseUrl, HttpClient, RequestLimits};
use crate::source::{TokenSource, Verdict};
use crate::token::AccessToken;

/// Sends requests to one API with a token from one source.
///
/// The token is sent only to the base URL's origin and to origins you add: a request for another origin is an error
/// before anything is sent. When the API rejects the token, this is reported to the source, and the request is resent once if the source
/// then returns another one. Creates are resent too, since a rejected request had no effect.
/// A success reports to the source that its token was accepted; other responses say nothing about it, see [`Attempt::from_response`].
///
/// A request can be one that the program received itself: its HTTP version does not matter, its `Authorization` is replaced, and the headers
/// that [`ForwardHeaders`] lists are removed. Headers for every server, such as `forwarded` and `x-request-id`, are sent.
/// A request received over HTTP/2 has the program's own host in its URI: send only its path and query.
///
/// # Examples
/// ```
/// use auth_core::{AuthorizedClient, Result, TokenSource};
/// use http::Request;
///
/// async fn status(client: &AuthorizedClient<impl TokenSource>) -> Result<http::StatusCode> {
///     let request = Request::get("/v1/status").body(Default::default()).unwrap_or_default();
///     Ok(client.send(request).await?.status())
/// }
/// ```
#[derive(Clone)]
pub struct AuthorizedClient<S> {
    source: S,
    settings: Arc<ClientSettings>,
    budget: Arc<RetryBudget>,
}

impl<S: TokenSource> AuthorizedClient<S> {
    /// Creates a client for the API at `base_url`.
    pub fn new(source: S, http: Arc<dyn HttpClient>, base_url: BaseUrl) -> Self {
        Self {
            source,
            settings: Arc::new(ClientSettings {
                http,
                base_url,
                origins: Vec::new(),
                limits: RequestLimits::API_REQUEST,
                forward: ForwardHeaders::default(),
                is_invalid_token,
                reader: ErrorReader::default(),
                retry_policy: RetryPolicy::default(),
                clock: Arc::new(SystemClock::new()),
            }),
            budget: Arc::new(RetryBudget::new()),
        }
    }

    /// Takes the settings of the first client instead of its own equal ones: one copy for the clients of many tenants.
    pub(crate) fn sharing(mut self, first: &OnceLock<Arc<ClientSettings>>) -> Self {
        self.settings = Arc::clone(first.get_or_init(|| Arc::clone(&self.settings)));
        self
    }

    /// Also allows requests to another origin.
    #[must_use]
    pub fn with_origin(mut self, origin: BaseUrl) -> Self {
        self.settings_mut().origins.push(origin);
        self
    }

    /// Sets the time and size limits of a response; [`RequestLimits::API_REQUEST`] by default.
    #[must_use]
    pub fn with_limits(mut self, limits: RequestLimits) -> Self {
        self.settings_mut().limits = limits;
        self
    }

    /// Forwards these headers of every request to the API, although they are removed by default.
    #[must_use]
    pub fn with_forwarded_headers(mut self, headers: ForwardHeaders) -> Self {
        self.settings_mut().forward = headers;
        self
    }

    /// Replaces [`is_invalid_token`] for an API that reports invalid tokens in its own way.
    #[must_use]
    pub fn with_invalid_token_check(
        mut self,
        is_invalid_token: fn(&Response<Bytes>) -> bool,
    ) -> Self {
        self.settings_mut().is_invalid_token = is_invalid_token;
        self
    }

    /// Replaces [`ApiErrorBody::read`] for an API that reports errors in its own way.
    #[must_use]
    pub fn with_error_reader(mut self, read: fn(&ApiResponse) -> Option<ApiErrorBody>) -> Self {
        self.settings_mut().reader.read = read;
        self
    }

    /// Sets the vendor's name in errors.
    #[must_use]
    pub fn with_vendor(mut self, vendor: &'static str) -> Self {
        self.settings_mut().reader.vendor = Some(vendor);
        self
    }

    /// Sets how an [`ApiRequest`] is retried; a plain request is retried only if its [`RequestOptions`] contain a policy.
    #[must_use]
    pub fn with_retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.settings_mut().retry_policy = retry_policy;
        self
    }

    /// Sets the clock that waits before retries; the system's is the default.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.settings_mut().clock = clock;
        self
    }

    /// Returns the clock.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.settings.clock
    }

    /// Returns the token source.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// Returns the URL that request paths are appended to.
    pub fn base_url(&self) -> &BaseUrl {
        &self.settings.base_url
    }

    /// Returns the time and size limits of a response.
    pub fn limits(&self) -> RequestLimits {
        self.settings.limits
    }

    /// Sends a request with the token in its `Authorization` header and returns the response, whatever its status.
    ///
    /// The URI is a path, which is appended to the base URL, or a whole URL of an allowed origin. Redirects are returned, not followed.
    /// Its extensions may contain [`RequestOptions`]; unless these contain a retry policy, it is only resent after a rejected token.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for an origin that is not allowed or an invalid option, before anything is sent; the source's
    /// errors; the HTTP client's errors, not retryable if the request is not idempotent and may have been sent.
    pub async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>> {
        let sent = async {
            let plan = self.prepare(&mut request, RetryPolicy::NONE)?;
            self.send_planned(request, &plan).await
        };
        sent.await
            .map(|(response, _)| response)
            .map_err(|error| self.named(error))
    }

    fn settings_mut(&mut self) -> &mut ClientSettings {
        Arc::make_mut(&mut self.settings)
    }

    fn named(&self, error: Error) -> Error {
        match self.settings.reader.vendor {
            Some(vendor) => error.with_vendor(vendor),
            None => error,
        }
    }

    /// Sends a prepared request, and resends it once after a rejected token; returns the response with the token of the request.
    async fn send_with_token(
        &self,
        request: &mut Request<Bytes>,
        plan: &Plan,
    ) -> Result<(Response<Bytes>, AccessToken), Failure> {
        // Like `call_with_token`, but it keeps the request, so that no attempt needs a clone.
        let token = fetch(&self.source).await?;
        let outcome = self.attempt(&token, request, plan).await?;
        let refusal = match report(&self.source, &token, outcome) {
            Ok(answer) => return Ok((answer, token)),
            Err(refusal) => refusal,
        };
        let Some(next) = another(&self.source, &token).await? else {
            return Ok((refusal, token));
        };
        drop(refusal);
        tracing::debug!("the API rejected the token, resending with another one");
        let outcome = self.attempt(&next, request, plan).await?;
        match report(&self.source, &next, outcome) {
            Ok(answer) | Err(answer) => Ok((answer, next)),
        }
    }

    /// Determines what a response says about the token.
    fn judge(&self, response: Response<Bytes>) -> Attempt<Response<Bytes>> {
        let is_refused = (self.settings.is_invalid_token)(&response);
        let verdict = verdict(response.status(), response.headers());
        match (is_refused, verdict) {
            (true, Some(Verdict::InvalidToken)) => Attempt::InvalidToken(response),
            (true, _) => Attempt::Unauthorized(response),
            (false, Some(Verdict::Accepted)) => Attempt::Accepted(response),
            (false, _) => Attempt::Complete(response),
        }
    }

    /// Completes the URI and checks that a token may be sent to it.
    fn aim<B>(&self, request: &mut Request<B>) -> Result<()> {
        if request.method() == Method::CONNECT {
            return Err(Error::config(
                "CONNECT opens a tunnel and is not an API call: use another method",
            ));
        }
        let uri = request.uri();
        if uri.authority().is_none() {
            *request.uri_mut() = match uri.path_and_query() {
                Some(target) => self.settings.base_url.join_parsed(target)?,
                None => self.settings.base_url.join("")?,
            };
            return Ok(());
        }
        let mut allowed = std::iter::once(&self.settings.base_url).chain(&self.settings.origins);
        if allowed.any(|origin| origin.is_same_origin(uri)) {
            return Ok(());
        }
        Err(other_origin())
    }

    /// Removes what must not be forwarded: the request may be one that the program received.
    fn strip<B>(&self, request: &mut Request<B>) {
        // A forwarded request has the HTTP version of the connection that it arrived on.
        *request.version_mut() = Version::HTTP_11;
        remove_local(request, &self.settings.forward);
    }

    /// Sends the request with this token, and reads the verdict on the token from the response.
    async fn attempt(
        &self,
        token: &AccessToken,
        request: &mut Request<Bytes>,
        plan: &Plan,
    ) -> Result<Attempt<Response<Bytes>>, Failure> {
        request
            .headers_mut()
            .insert(AUTHORIZATION, token.authorization_header());
        // The implementation for `Arc` would box the future a second time.
        let http: &dyn HttpClient = &*self.settings.http;
        let sent = http.send_copy(request, plan.limits).await;
        let failed = |error: Error| Failure::Request(error.of_request(plan.is_idempotent));
        Ok(self.judge(sent.map_err(failed)?))
    }
}

impl<S: fmt::Debug> fmt::Debug for AuthorizedClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizedClient")
            .field("source", &self.source)
            .field("http", &self.settings.http)
            .field("base_url", &self.settings.base_url)
            .field("origins", &self.settings.origins)
            .field("limits", &self.settings.limits)
            .field("forward", &self.settings.forward)
            .finish_non_exhaustive()
    }
}

fn other_origin() -> Error {
    Error::config(
        "the request's origin is not the API's and must not receive the token: use a path, or allow the origin",
    )
}

/// Returns true if a response says that the token itself is invalid (RFC 6750 section 3).
///
/// That is a 401 without a challenge, with a `Bearer` challenge without an error, or with `error="invalid_token"`.
/// A 403 and `insufficient_scope` are about permissions, which a new token would not change.
pub fn is_invalid_token<B>(response: &Response<B>) -> bool {
    matches!(
        verdict(response.status(), response.headers()),
        Some(Verdict::Unauthorized | Verdict::InvalidToken)
    )
}

/// Returns what a response says about the token, or `None` if it says nothing.
fn verdict(status: StatusCode, headers: &HeaderMap) -> Option<Verdict> {
    match status {
        StatusCode::UNAUTHORIZED => challenge::verdict(headers),
        status if status.is_success() => Some(Verdict::Accepted),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
