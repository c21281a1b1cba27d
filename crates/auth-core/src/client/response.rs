//! The response to an API request: a success that is parsed, or an error with its retryability.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use serde::de::DeserializeOwned;

use super::{ApiErrorBody, ApiRequest, is_invalid_token, link};
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::http::{is_html, origin_of, without_byte_order_mark};
use crate::retry::transient_kind;
use crate::secret::{MAX_DESCRIPTION, Secret, clean, clean_all, clean_code, redact_all};
use crate::token::AccessToken;

/// The API's response to an [`ApiRequest`]; its body may contain anything and is never printed.
///
/// # Examples
/// ```
/// use auth_core::{ApiRequest, AuthorizedClient, Result, TokenSource};
/// use http::{Method, StatusCode};
///
/// async fn user(client: &AuthorizedClient<impl TokenSource>) -> Result<Option<serde_json::Value>> {
///     let request = ApiRequest::new(Method::GET, "/v1/users/{id}").parameter("id", "7");
///     let response = client.execute(&request).await?;
///     if response.status() == StatusCode::NOT_FOUND {
///         return Ok(None);
///     }
///     response.json().map(Some)
/// }
/// ```
pub struct ApiResponse {
    response: Response<Bytes>,
    retry_after: Option<Duration>,
    method: Method,
    is_idempotent: bool,
    template: String,
    url: Uri,
    secrets: Vec<Secret>,
    token: Option<AccessToken>,
    reader: ErrorReader,
}

/// The reader of a vendor's error object, and the vendor's name.
#[derive(Clone, Copy)]
pub(super) struct ErrorReader {
    pub(super) vendor: Option<&'static str>,
    pub(super) read: fn(&ApiResponse) -> Option<ApiErrorBody>,
}

impl Default for ErrorReader {
    fn default() -> Self {
        Self {
            vendor: None,
            read: ApiErrorBody::read,
        }
    }
}

impl ApiResponse {
    pub(super) fn new(
        request: &ApiRequest,
        url: Uri,
        response: Response<Bytes>,
        retry_after: Option<Duration>,
        token: Option<AccessToken>,
        reader: ErrorReader,
    ) -> Self {
        Self {
            response,
            retry_after,
            method: request.method().clone(),
            is_idempotent: request.is_idempotent(),
            template: request.template().to_owned(),
            url,
            secrets: request.secrets().to_vec(),
            token,
            reader,
        }
    }

    /// Creates a response to a request without sending it, for tests of a vendor's error reader.
    pub fn from_http(request: &ApiRequest, response: Response<Bytes>) -> Self {
        let url = request.to_request().map(|request| request.uri().clone());
        let reader = ErrorReader::default();
        Self::new(
            request,
            url.unwrap_or_default(),
            response,
            None,
            None,
            reader,
        )
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Returns the body.
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Returns the URL of the next page from the `Link` header with `rel="next"` (RFC 8288), or `None` on the last page.
    ///
    /// A relative link is resolved against the URL of the request. Follow it with [`ApiRequest::with_url`] or with a pager;
    /// a link to an origin that must not receive the token is then an error, before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`] for a malformed `Link` header.
    pub fn next_link(&self) -> Result<Option<String>> {
        let unreadable = || self.invalid("a malformed Link header");
        let Some(target) = link::next(self.headers()).map_err(|_| unreadable())? else {
            return Ok(None);
        };
        link::resolve(&self.url, &target)
            .map(Some)
            .ok_or_else(unreadable)
    }

    /// Returns the URL of the request.
    pub fn url(&self) -> &Uri {
        &self.url
    }

    /// Returns the body and consumes the response.
    pub fn into_body(self) -> Bytes {
        self.response.into_body()
    }

    /// Returns true if the body is a web page, from a web interface or a gateway instead of the API.
    pub fn is_html(&self) -> bool {
        is_html(&self.response)
    }

    /// Returns the response if it is a success, or else the vendor's error.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`] for a status of 400 and above, and for a success whose body is an error for the vendor's error reader;
    /// with the status, and with the `Retry-After` if there was one.
    /// [`ErrorKind::InvalidResponse`] for a redirect, which is not followed, for a web page, and for a status below 400 that is not a final success.
    /// None of them is retryable if the method is not idempotent, or if the request may have changed something.
    pub fn error_for_status(self) -> Result<Self> {
        match self.outcome() {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// Returns the response's error, or `None` for a success.
    fn outcome(&self) -> Option<Error> {
        let status = self.status();
        if status.is_success() {
            if self.is_html() {
                let page = self.invalid(
                    "a web page: check that the base URL is the API's, and that the API has this call",
                );
                return Some(page.with_reason(ErrorReason::WebPage));
            }
            return (self.reader.read)(self).map(|body| self.error(&body));
        }
        Some(self.unsuccessful())
    }

    /// Returns the error for an unsuccessful status.
    pub(super) fn unsuccessful(&self) -> Error {
        match self.status().as_u16() {
            ..400 => self.redirected(),
            _ => self.to_error(),
        }
    }

    /// Parses the body of a success as JSON; an empty one as `null`, so that deletions return `()`.
    ///
    /// # Errors
    /// As [`ApiResponse::error_for_status`], and [`ErrorKind::InvalidResponse`] if it is not the expected JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if let Some(error) = self.outcome() {
            return Err(error);
        }
        let body = without_byte_order_mark(self.body());
        let is_empty = body.trim_ascii().is_empty();
        let body = if is_empty { b"null".as_slice() } else { body };
        serde_json::from_slice(body).map_err(|error| {
            if is_empty {
                return self.invalid("an empty body where JSON was expected");
            }
            // The parser's message may quote the body.
            let place = format!(
                "a body that is not the expected JSON, at line {} column {}",
                error.line(),
                error.column()
            );
            self.invalid(&place)
        })
    }

    /// As [`ApiResponse::json`], for a list that is parsed into a tree of values first, which takes many times the memory of its text.
    ///
    /// # Errors
    /// As [`ApiResponse::json`], and [`ErrorKind::InvalidResponse`] for more than 50,000 objects and arrays, or 250,000 values.
    pub fn list_json<T: DeserializeOwned>(&self) -> Result<T> {
        let count = |is_counted: fn(&u8) -> bool| {
            self.body().iter().filter(|byte| is_counted(byte)).count()
        };
        let is_too_large = count(|byte| matches!(byte, b'{' | b'[')) > MAX_LIST_CONTAINERS
            || count(|byte| *byte == b',') > MAX_LIST_VALUES;
        if is_too_large && self.status().is_success() {
            return Err(self
                .invalid("more values than a page of a list can hold: request smaller pages")
                .with_retryable(false));
        }
        self.json()
    }

    /// Parses the body as JSON whatever the status, or returns `None` if it is not; for a vendor's error reader.
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(without_byte_order_mark(self.body())).ok()
    }

    /// Returns the vendor's error, of kind [`ErrorKind::ApiStatus`], whatever the status.
    ///
    /// The vendor's message is cleaned and shortened, and the request's secrets and its token are removed from it.
    pub fn to_error(&self) -> Error {
        self.error(&(self.reader.read)(self).unwrap_or_default())
    }

    /// As [`ApiResponse::to_error`], with an error object from another source.
    pub fn error(&self, body: &ApiErrorBody) -> Error {
        let status = self.status();
        let clean =
            |text: &str| Some(self.clean(text, MAX_DESCRIPTION)).filter(|text| !text.is_empty());
        let mut message = format!(
            "the API answered {} {} with status {}",
            self.method,
            self.template,
            status.as_u16()
        );
        if let Some(words) = body.message().and_then(clean) {
            message.push_str(": ");
            message.push_str(&words);
        }
        if let Some(hint) = body.hint() {
            message.push_str(" (");
            message.push_str(hint);
            message.push(')');
        }
        let retryable = transient_kind(status).is_some() && self.is_idempotent;
        let mut error = self
            .named(Error::new(ErrorKind::ApiStatus, message))
            .with_status(status)
            .with_retryable(retryable);
        if is_invalid_token(&self.response) {
            error = error.with_reason(ErrorReason::TokenRejected);
        }
        if let Some(code) = body
            .code()
            .and_then(|code| clean_code(code, &self.exposed()))
        {
            error = error.with_error_code(code);
        }
        match self.retry_after {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    /// Returns the API's message as one line of at most `limit` characters, without the request's secrets and its token.
    pub fn clean(&self, words: &str, limit: usize) -> String {
        clean(words, limit, &self.exposed())
    }

    /// As [`ApiResponse::clean`], in place and for many texts, each of which then costs little.
    pub fn clean_all<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>, limit: usize) {
        clean_all(texts, limit, &self.exposed());
    }

    /// Removes the request's secrets and its token from names and ids, which stay otherwise as they are.
    ///
    /// [`ApiResponse::clean_all`] would withhold an id that happens to resemble part of a secret.
    pub fn redact_all<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) {
        redact_all(texts, &self.exposed());
    }

    fn named(&self, error: Error) -> Error {
        match self.reader.vendor {
            Some(vendor) => error.with_vendor(vendor),
            None => error,
        }
    }

    /// The secrets that the API may quote and that must not be shown.
    fn exposed(&self) -> Vec<&str> {
        let secrets = self.secrets.iter().map(Secret::expose_secret);
        let token = self.token.as_ref().map(AccessToken::expose_secret);
        secrets.chain(token).collect()
    }

    /// Only the target's origin is named, since its query may contain anything.
    fn redirected(&self) -> Error {
        let status = self.status();
        let location = self.response.headers().get(LOCATION);
        let Some(location) = location.filter(|_| status.is_redirection()) else {
            let what = format!(
                "status {}, which is neither a success nor an error",
                status.as_u16()
            );
            return self.invalid(&what).with_retryable(false);
        };
        let target = location.to_str().ok().and_then(origin_of);
        let target = target.map_or_else(String::new, |origin| format!(" to {origin}"));
        self.invalid(&format!(
            "a redirect{target}, which is not followed: check the base URL, and whether a client certificate is missing"
        ))
        .with_retryable(false)
        .with_reason(ErrorReason::Redirect)
    }

    /// Returns an error of kind [`ErrorKind::InvalidResponse`] for an unusable response, with a message that ends in `what`.
    ///
    /// The request was processed, so the error is retryable only if its method is read-only.
    pub fn invalid(&self, what: &str) -> Error {
        let Self {
            method, template, ..
        } = self;
        self.named(Error::invalid_response(format!(
            "the API answered {method} {template} with {what}"
        )))
        .with_status(self.status())
        .with_retryable(self.method.is_safe())
    }
}

impl fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiResponse")
            .field("status", &self.status())
            .field("method", &self.method)
            .field("template", &self.template)
            .finish_non_exhaustive()
    }
}

/// Hundreds of times the content of a page, and with some 700 bytes for a small object no more memory than the limit on the text.
const MAX_LIST_CONTAINERS: usize = 50_000;

/// The same for values of any kind, at some 100 bytes each.
const MAX_LIST_VALUES: usize = 250_000;
