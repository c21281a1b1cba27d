//! Responses of the server itself that report a problem, distinguishable from those of the vendor's API.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

/// Names the kind of problem in every refusal, and appears in no response of the API.
pub(crate) const MARK: HeaderName = HeaderName::from_static("vauth-error");

/// A problem, and what the caller is told about it; never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// A word for programs.
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    retry_after: Option<Duration>,
    header: Option<(HeaderName, &'static str)>,
}

/// The JSON of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// An object `error` with `kind` and `message`.
    Nested,
    /// As in RFC 6749 section 5.2: `error` and `error_description`.
    OAuth,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            retry_after: None,
            header: None,
        }
    }

    pub(crate) fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// A method that is not served; `allowed` lists the others.
    pub(crate) fn method(allowed: &'static str, message: impl Into<String>) -> Self {
        let mut refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", message);
        refusal.header = Some((ALLOW, allowed));
        refusal
    }

    /// A missing or wrong caller secret.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        let mut refusal = Self::new(StatusCode::UNAUTHORIZED, "caller_secret", message);
        refusal.header = Some((WWW_AUTHENTICATE, "Bearer realm=\"vauth\""));
        refusal
    }

    pub(crate) fn response(&self, format: Format) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.json(format)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(MARK, HeaderValue::from_static(self.kind));
        if let Some((name, value)) = &self.header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(wait) = self.retry_after {
            // Rounded up: a second too early would fail again.
            let seconds = wait.as_secs_f64().ceil() as u64;
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response
    }

    fn json(&self, format: Format) -> String {
        #[derive(Serialize)]
        struct Inner<'a> {
            kind: &'a str,
            message: &'a str,
        }
        #[derive(Serialize)]
        struct Nested<'a> {
            error: Inner<'a>,
        }
        #[derive(Serialize)]
        struct OAuth<'a> {
            error: &'a str,
            error_description: &'a str,
        }
        let (kind, message) = (self.kind, &self.message);
        let json = match format {
            Format::Nested => serde_json::to_string(&Nested {
                error: Inner { kind, message },
            }),
            Format::OAuth => serde_json::to_string(&OAuth {
                error: kind,
                error_description: message,
            }),
        };
        json.unwrap_or_default() + "\n"
    }
}
