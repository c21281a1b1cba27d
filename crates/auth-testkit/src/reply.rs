//! A response of an emulator, and the pages that gateways and front ends respond with.

use std::fmt;
use std::time::Duration;

use auth_core::ClockReading;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::error::{EmulatedError, phrase};

/// A response of an emulator, as the closure of a route returns it.
///
/// Its status is 200 unless another is set.
///
/// # Examples
///
/// ```
/// use auth_testkit::Reply;
/// use serde_json::json;
///
/// let created = Reply::json(json!({ "id": 7 })).with_status(201);
/// let page = Reply::json(json!([])).with_next_link("/users?page=2");
/// # let _ = (created, page);
/// ```
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    is_invalid_token: bool,
    is_unscripted: bool,
    /// An error that is yet to be formatted.
    error: Option<EmulatedError>,
}

impl Reply {
    /// Creates a reply with a JSON body.
    ///
    /// # Panics
    ///
    /// If the value cannot be written as JSON, such as a map whose keys are not strings.
    #[track_caller]
    pub fn json(body: impl Serialize) -> Self {
        let Ok(body) = serde_json::to_vec(&body) else {
            refuse("the value cannot be written as JSON")
        };
        let content_type = HeaderValue::from_static("application/json");
        Self::new(StatusCode::OK, content_type, body)
    }

    /// Creates a reply without a body.
    pub fn empty() -> Self {
        Self::status_only(StatusCode::OK)
    }

    /// Creates a reply with any body.
    ///
    /// # Panics
    ///
    /// If `content_type` contains a control character.
    #[track_caller]
    pub fn body(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(StatusCode::OK, header_value(content_type), body.into())
    }

    /// Creates an error in the format of the emulated vendor.
    ///
    /// # Panics
    ///
    /// If `status` is not a final HTTP status (200 to 999).
    #[track_caller]
    pub fn error(status: u16, message: impl Into<String>) -> Self {
        let status = final_status(status);
        Self::unformatted(EmulatedError::of_api(status, message))
    }

    /// Sets the status.
    ///
    /// # Panics
    ///
    /// If `status` is not a final HTTP status (200 to 999).
    #[must_use]
    #[track_caller]
    pub fn with_status(mut self, status: u16) -> Self {
        let status = final_status(status);
        if let Some(error) = &mut self.error {
            error.set_status(status);
        }
        self.with_status_code(status)
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// If the name is not a header name or the value contains a control character.
    #[must_use]
    #[track_caller]
    pub fn with_header(self, name: &str, value: impl AsRef<str>) -> Self {
        let Ok(name) = HeaderName::try_from(name) else {
            refuse("the text is not the name of a header")
        };
        self.with_header_value(name, header_value(value.as_ref()))
    }

    /// Adds a `Link` to the next page (RFC 8288).
    ///
    /// # Panics
    ///
    /// If the URL contains a control character.
    #[must_use]
    #[track_caller]
    pub fn with_next_link(self, url: impl AsRef<str>) -> Self {
        self.with_header("link", format!("<{}>; rel=\"next\"", url.as_ref()))
    }

    /// Marks a reply that rejects the caller's access token although its status is not 401.
    ///
    /// It counts in [`Emulator::unauthorized_responses`](crate::Emulator::unauthorized_responses).
    #[must_use]
    pub fn with_invalid_token(mut self) -> Self {
        self.is_invalid_token = true;
        self
    }

    /// Creates the reply to an error that is formatted later.
    pub(crate) fn unformatted(error: EmulatedError) -> Self {
        let mut reply = Self::empty();
        reply.error = Some(error);
        reply
    }

    /// Returns the error that is yet to be formatted.
    pub(crate) fn pending_error(&self) -> Option<&EmulatedError> {
        self.error.as_ref()
    }

    /// Takes over the format of its error, and keeps its own headers and marks.
    pub(crate) fn formatted(self, mut formatted: Self) -> Self {
        let is_invalid_token = self
            .error
            .as_ref()
            .is_some_and(EmulatedError::is_invalid_token);
        formatted.is_invalid_token |= is_invalid_token || self.is_invalid_token;
        formatted.is_unscripted |= self.is_unscripted;
        formatted.headers.extend(self.headers);
        formatted.error = None;
        formatted
    }

    /// Creates a reply without a body and without a content type.
    pub(crate) fn status_only(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            is_invalid_token: false,
            is_unscripted: false,
            error: None,
        }
    }

    /// Creates a reply with any body.
    pub(crate) fn new(status: StatusCode, content_type: HeaderValue, body: Vec<u8>) -> Self {
        let mut reply =
            Self::status_only(status).with_header_value(header::CONTENT_TYPE, content_type);
        reply.body = body;
        reply
    }

    /// Creates a reply with a status and a JSON body.
    pub(crate) fn json_with(status: StatusCode, body: &Value) -> Self {
        let content_type = HeaderValue::from_static("application/json");
        Self::new(status, content_type, body.to_string().into_bytes())
    }

    /// Creates an HTML response.
    pub(crate) fn html(status: StatusCode, body: &str) -> Self {
        let content_type = HeaderValue::from_static("text/html; charset=utf-8");
        Self::new(status, content_type, body.into())
    }

    /// Creates a plain-text response.
    pub(crate) fn text(status: StatusCode, body: &str) -> Self {
        let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
        Self::new(status, content_type, body.into())
    }

    /// Creates the page of a web interface, as returned for every unknown path.
    pub(crate) fn front_end(title: &str) -> Self {
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
             <body><div id=\"root\"></div><script src=\"/static/app.js\"></script></body></html>\n"
        );
        Self::html(StatusCode::OK, &page)
    }

    /// Creates the page that a gateway returns if the backend's response is missing.
    pub(crate) fn gateway_page(status: StatusCode) -> Self {
        let title = format!("{} {}", status.as_u16(), phrase(status));
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n\
             <center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::html(status, &page)
    }

    /// Creates the error object of RFC 6749 section 5.2.
    pub(crate) fn oauth_error(status: StatusCode, code: &str, description: &str) -> Self {
        let body = json!({ "error": code, "error_description": description });
        Self::json_with(status, &body).not_stored()
    }

    /// Adds a header.
    pub(crate) fn with_header_value(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Replaces the status.
    pub(crate) fn with_status_code(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Forbids caches to keep the response, as RFC 6749 section 5.1 demands of token responses.
    pub(crate) fn not_stored(self) -> Self {
        self.with_header_value(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
            .with_header_value(header::PRAGMA, HeaderValue::from_static("no-cache"))
    }

    /// Marks a reply to a request that nothing describes.
    pub(crate) fn unscripted(mut self) -> Self {
        self.is_unscripted = true;
        self
    }

    /// Returns true if nothing describes the request that this is the reply to.
    pub(crate) fn is_unscripted(&self) -> bool {
        self.is_unscripted
    }

    /// Returns true if the response says that the caller's token is missing, unknown or expired.
    pub(crate) fn is_invalid_token(&self) -> bool {
        self.is_invalid_token || self.status == StatusCode::UNAUTHORIZED
    }

    /// Returns the status, and the `message` of an error object.
    pub(crate) fn code_and_message(&self) -> (u16, String) {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let message = body["message"].as_str().unwrap_or_default();
        (self.status.as_u16(), message.to_owned())
    }

    /// Turns the response into wiremock's, dated by the emulator's clock and sent after `delay`.
    pub(crate) fn into_template(self, now: ClockReading, delay: Duration) -> ResponseTemplate {
        let mut template = ResponseTemplate::new(self.status.as_u16());
        // Without this the server would date the response by the machine's clock, and a client that compares
        // the date with a token's `exp` would see two clocks.
        if now.wall() < END_OF_HTTP_DATES {
            template = template.insert_header(
                header::DATE,
                httpdate::fmt_http_date(now.to_system_time()).as_str(),
            );
        }
        for (name, value) in self.headers {
            template = template.append_header(name, value);
        }
        if !self.body.is_empty() {
            template = template.set_body_bytes(self.body);
        }
        if delay.is_zero() {
            template
        } else {
            template.set_delay(delay)
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

/// Reads a status that ends a request, as opposed to an interim one.
#[track_caller]
pub(crate) fn final_status(status: u16) -> StatusCode {
    match StatusCode::from_u16(status) {
        Ok(code) if status >= 200 => code,
        _ => refuse("the status must be between 200 and 999"),
    }
}

/// Reads the value of a header.
#[track_caller]
pub(crate) fn header_value(text: &str) -> HeaderValue {
    match HeaderValue::from_str(text) {
        Ok(value) => value,
        Err(_) => refuse("the text cannot stand in a header"),
    }
}

#[track_caller]
#[expect(
    clippy::panic,
    reason = "a reply that cannot be sent is a mistake in the test that wrote it"
)]
fn refuse(message: &str) -> ! {
    panic!("{message}")
}

/// The year 10000 in seconds since 1970: HTTP writes years with four digits (RFC 9110 section 5.6.7).
const END_OF_HTTP_DATES: Duration = Duration::from_secs(253_402_300_800);
