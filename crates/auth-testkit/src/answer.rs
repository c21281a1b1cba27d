//! An HTTP answer while the emulator still decides what it says.

use std::time::Duration;

use auth_core::ClockReading;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

/// Holds status, headers and body; handed to wiremock by [`Answer::into_template`].
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    is_invalid_token: bool,
}

impl Answer {
    /// Makes an answer without a body and without a content type.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            is_invalid_token: status == StatusCode::UNAUTHORIZED,
        }
    }

    /// Makes an answer with any body.
    pub(crate) fn new(status: StatusCode, content_type: HeaderValue, body: Vec<u8>) -> Self {
        let mut answer = Self::empty(status).with_header(header::CONTENT_TYPE, content_type);
        answer.body = body;
        answer
    }

    /// Makes a JSON answer.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        let content_type = HeaderValue::from_static("application/json");
        Self::new(status, content_type, body.to_string().into_bytes())
    }

    /// Makes an HTML answer.
    pub(crate) fn html(status: StatusCode, body: &str) -> Self {
        let content_type = HeaderValue::from_static("text/html; charset=utf-8");
        Self::new(status, content_type, body.into())
    }

    /// Makes a plain-text answer.
    pub(crate) fn text(status: StatusCode, body: &str) -> Self {
        let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
        Self::new(status, content_type, body.into())
    }

    /// Makes the page of a web front end, as it answers for every path that it does not know.
    pub(crate) fn front_end(title: &str) -> Self {
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
             <body><div id=\"root\"></div><script src=\"/static/app.js\"></script></body></html>\n"
        );
        Self::html(StatusCode::OK, &page)
    }

    /// Makes the page that a gateway puts in the place of an answer it cannot get.
    pub(crate) fn gateway_page(status: StatusCode) -> Self {
        let title = format!("{} {}", status.as_u16(), reason(status));
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n\
             <center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::html(status, &page)
    }

    /// Makes the error object of RFC 6749 section 5.2.
    pub(crate) fn oauth_error(status: StatusCode, code: &str, description: &str) -> Self {
        let body = json!({ "error": code, "error_description": description });
        Self::json(status, &body).not_stored()
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Forbids caches to keep the answer, as RFC 6749 section 5.1 demands of token answers.
    pub(crate) fn not_stored(self) -> Self {
        self.with_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
            .with_header(header::PRAGMA, HeaderValue::from_static("no-cache"))
    }

    /// Marks an answer that refuses the caller's token although its status is not 401.
    pub(crate) fn refusing_token(mut self) -> Self {
        self.is_invalid_token = true;
        self
    }

    /// Returns true if the answer says that the caller's token is missing, unknown or expired.
    pub(crate) fn is_invalid_token(&self) -> bool {
        self.is_invalid_token
    }

    /// Returns the status, and the `message` of an error object.
    pub(crate) fn code_and_message(&self) -> (u16, String) {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let message = body["message"].as_str().unwrap_or_default();
        (self.status.as_u16(), message.to_owned())
    }

    /// Turns the answer into wiremock's, dated by the emulator's clock and sent after `delay`.
    pub(crate) fn into_template(self, now: ClockReading, delay: Duration) -> ResponseTemplate {
        let mut template = ResponseTemplate::new(self.status.as_u16());
        // Without this the server would date the answer by the machine's clock, and a client that compares
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

/// Returns the standard phrase for a status, or `Error` where there is none.
pub(crate) fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

/// The year 10000 in seconds since 1970: HTTP writes years with four digits (RFC 9110 section 5.6.7).
const END_OF_HTTP_DATES: Duration = Duration::from_secs(253_402_300_800);
