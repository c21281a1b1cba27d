//! The token endpoint: sends a request once, and returns only successful responses.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, LOCATION};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use serde::de::IgnoredAny;

use super::error_response::{Reason, TokenErrorResponse};
use crate::clock::{Clock, ClockReading};
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::http::{
    BaseUrl, HttpClient, NewConnection, RequestLimits, is_html, without_byte_order_mark,
};
use crate::retry::{retry_after, server_date};
use crate::secret::{MAX_DESCRIPTION, Secret, clean};

/// A token endpoint and how to send requests to it.
///
/// Cheap to clone; clones share their parts.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use auth_core::vendor::TokenEndpoint;
/// use auth_core::{BaseUrl, Credentials, HttpClient, OAuthTokenSource, Result, SystemClock};
///
/// fn source(http: Arc<dyn HttpClient>) -> Result<OAuthTokenSource> {
///     let url = BaseUrl::parse("https://id.example.com/oauth/token")?;
///     let endpoint = TokenEndpoint::new("example", &url, http, Arc::new(SystemClock::new()))?;
///     let credentials = Credentials::new("fake-client", "fake-secret")?;
///     Ok(OAuthTokenSource::new(endpoint, Arc::new(credentials)))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct TokenEndpoint(Arc<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    vendor: &'static str,
    url: Uri,
    http: Arc<dyn HttpClient>,
    clock: Arc<dyn Clock>,
    limits: RequestLimits,
}

/// A successful response: the body, the time just before the request, and the server's own time.
#[derive(Clone)]
#[non_exhaustive]
pub struct TokenHttpResponse {
    /// The status, which is a 2xx.
    pub status: StatusCode,
    /// The time just before the request was sent, at which the token's lifetime starts.
    pub requested_at: ClockReading,
    /// The server's time from its `Date` header.
    pub date: Option<SystemTime>,
    /// The complete body. It contains the token: never print it.
    pub body: Bytes,
}

impl TokenEndpoint {
    /// Creates an endpoint of `vendor` from a checked URL.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the URL cannot be requested.
    pub fn new(
        vendor: &'static str,
        url: &BaseUrl,
        http: Arc<dyn HttpClient>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let url = url.to_uri().ok_or_else(|| {
            Error::config("the token endpoint's URL cannot be requested").with_vendor(vendor)
        })?;
        Ok(Self(Arc::new(Parts {
            vendor,
            url,
            http,
            clock,
            limits: RequestLimits::TOKEN_REQUEST,
        })))
    }

    /// Sets the time limit of a request; that of [`RequestLimits::TOKEN_REQUEST`] by default.
    ///
    /// Pass [`RefreshPolicy::attempt_timeout`](crate::RefreshPolicy::attempt_timeout) of the cache in front, so that its setting applies.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        let limits = RequestLimits::new(timeout, self.0.limits.max_body());
        Arc::make_mut(&mut self.0).limits = limits;
        self
    }

    /// Becomes a clone of the first endpoint if they are equal: one copy for the sources of many tenants.
    pub(crate) fn sharing(self, first: &OnceLock<Self>) -> Self {
        let first = first.get_or_init(|| self.clone());
        match self.is_same(first) {
            true => first.clone(),
            false => self,
        }
    }

    /// Returns true if requests to either are the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let Parts {
            vendor,
            url,
            http,
            clock,
            limits,
        } = &*self.0;
        let is_own = Arc::ptr_eq(&self.0, &other.0);
        is_own
            || *vendor == other.0.vendor
                && *url == other.0.url
                && Arc::ptr_eq(http, &other.0.http)
                && Arc::ptr_eq(clock, &other.0.clock)
                && *limits == other.0.limits
    }

    /// Returns the vendor's name, as shown in errors.
    pub fn vendor(&self) -> &'static str {
        self.0.vendor
    }

    /// Returns the endpoint's URL.
    pub fn url(&self) -> &Uri {
        &self.0.url
    }

    /// Sends `request` once and returns the response if it is a 2xx with JSON in its body.
    ///
    /// `read_refusal` parses the vendor's error body; `secrets` are removed from its text.
    /// A 2xx whose body is an error object without a token is an error as well, treated as if its status were 400.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCredentials`] if the response rejects the credentials; [`ErrorKind::TokenRequestRefused`] for every other refusal and for a redirect,
    /// which is not followed; [`ErrorKind::Throttled`], [`ErrorKind::Unavailable`] and [`ErrorKind::Timeout`] by status;
    /// [`ErrorKind::InvalidResponse`] for a body that is empty, HTML or not JSON, with the status set, and for one over the limit; and whatever the HTTP client fails with.
    pub async fn send(
        &self,
        mut request: Request<Bytes>,
        secrets: &[&Secret],
        read_refusal: impl Fn(StatusCode, &[u8]) -> TokenErrorResponse,
    ) -> Result<TokenHttpResponse> {
        request.extensions_mut().insert(NewConnection);
        let requested_at = self.0.clock.now();
        let outcome = match self.0.http.send(request, self.0.limits).await {
            Ok(response) => self.classify(response, requested_at, secrets, read_refusal),
            Err(error) => Err(error),
        };
        outcome.map_err(|error| error.with_vendor(self.0.vendor))
    }

    fn classify(
        &self,
        response: Response<Bytes>,
        requested_at: ClockReading,
        secrets: &[&Secret],
        read_refusal: impl Fn(StatusCode, &[u8]) -> TokenErrorResponse,
    ) -> Result<TokenHttpResponse> {
        let status = response.status();
        if status.is_redirection() {
            return Err(redirected(&response, secrets));
        }
        if !status.is_success() {
            let error = read_refusal(status, response.body()).into_error(status, secrets);
            return Err(
                match retry_after(response.headers(), self.0.clock.now().to_system_time()) {
                    Some(wait) => error.with_retry_after(wait),
                    None => error,
                },
            );
        }
        let unusable = |message| Error::invalid_response(message).with_status(status);
        let body = without_byte_order_mark(response.body());
        if body.trim_ascii().is_empty() {
            return Err(unusable("the token endpoint returned an empty body"));
        }
        if is_html(&response) {
            return Err(unusable(
                "the token endpoint returned an HTML page: check that the URL is the API's and not the web interface's",
            )
            .with_reason(ErrorReason::WebPage));
        }
        if serde_json::from_slice::<IgnoredAny>(body).is_err() {
            return Err(match response.headers().get(CONTENT_ENCODING) {
                Some(coding) => Error::invalid_response(encoded(coding)),
                None => unusable("the token endpoint's response is not JSON"),
            });
        }
        if Reason::is_in(body) {
            let refusal = read_refusal(StatusCode::BAD_REQUEST, body);
            return Err(refusal.into_error(status, secrets));
        }
        Ok(TokenHttpResponse {
            status,
            requested_at,
            date: server_date(response.headers()),
            body: response.body().slice_ref(body),
        })
    }
}

impl std::fmt::Debug for TokenHttpResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenHttpResponse")
            .field("requested_at", &self.requested_at)
            .field("date", &self.date)
            .field("body", &"[redacted]")
            .finish()
    }
}

/// The default HTTP client decodes or rejects such a response itself; another one may pass it on.
fn encoded(coding: &HeaderValue) -> String {
    let coding = coding.to_str().unwrap_or("an unknown coding");
    format!(
        "the token endpoint's response is encoded ({}), and the HTTP client did not decode it",
        clean(coding, MAX_CODING, &[])
    )
}

/// A redirect is never followed: it would send the credentials along. Only the target's origin is named, since its query may contain anything.
fn redirected(response: &Response<Bytes>, secrets: &[&Secret]) -> Error {
    let exposed: Vec<&str> = secrets
        .iter()
        .map(|secret| secret.expose_secret())
        .collect();
    let target = response
        .headers()
        .get(LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(crate::http::origin_of)
        .map_or_else(String::new, |origin| {
            format!(" to {}", clean(&origin, MAX_DESCRIPTION, &exposed))
        });
    let status = response.status().as_u16();
    let message = format!(
        "the token endpoint redirects{target} with status {status}, which is not followed: check the URL"
    );
    Error::new(ErrorKind::TokenRequestRefused, message)
        .with_status(response.status())
        .with_reason(ErrorReason::Redirect)
}

/// Longer than any registered coding.
const MAX_CODING: usize = 40;
