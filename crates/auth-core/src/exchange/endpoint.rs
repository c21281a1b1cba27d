//! The token endpoint: sends a request once, and hands on nothing but a success.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::LOCATION;
use http::{Request, Response, StatusCode, Uri};
use serde::de::IgnoredAny;

use super::refusal::Refusal;
use crate::clock::{Clock, Moment};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{BaseUrl, HttpClient, Limits, NewConnection, is_html};
use crate::retry::{retry_after, server_date};
use crate::secret::Secret;

/// Where tokens are asked for, and how.
#[derive(Debug, Clone)]
pub struct TokenEndpoint {
    vendor: &'static str,
    url: Uri,
    http: Arc<dyn HttpClient>,
    clock: Arc<dyn Clock>,
}

/// A success: the body, the moment before it was asked for, and the server's own time.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The moment just before the request was sent: the anchor of the token's life.
    pub asked_at: Moment,
    /// The server's time from its `Date` header.
    pub date: Option<SystemTime>,
    /// The whole body. It holds the token: never print it.
    pub body: Bytes,
}

impl TokenEndpoint {
    /// Makes an endpoint of `vendor` from a URL that [`BaseUrl`] has checked.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the URL cannot be requested.
    pub fn new(
        vendor: &'static str,
        url: &BaseUrl,
        http: Arc<dyn HttpClient>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let url = url.as_str().parse().map_err(|_| {
            Error::config("the token endpoint's URL cannot be requested").with_vendor(vendor)
        })?;
        Ok(Self {
            vendor,
            url,
            http,
            clock,
        })
    }

    /// Returns the vendor's name, as errors show it.
    pub fn vendor(&self) -> &'static str {
        self.vendor
    }

    /// Returns the endpoint's URL.
    pub fn url(&self) -> &Uri {
        &self.url
    }

    /// Sends `request` once and returns the answer if it is a 2xx with JSON in its body.
    ///
    /// `read_refusal` reads the vendor's error body; `secrets` are cut out of whatever it says.
    ///
    /// # Errors
    /// [`ErrorKind::Rejected`] if the refusal blames the credentials; [`ErrorKind::Request`] for every other refusal and for a redirect,
    /// which is not followed; [`ErrorKind::Throttled`], [`ErrorKind::Unavailable`] and [`ErrorKind::Timeout`] by status;
    /// [`ErrorKind::Response`] for a body that is empty, HTML or not JSON, with the status set, and for one over the limit; and whatever the HTTP client fails with.
    pub async fn send(
        &self,
        mut request: Request<Bytes>,
        secrets: &[&Secret],
        read_refusal: impl Fn(StatusCode, &[u8]) -> Refusal,
    ) -> Result<Answer> {
        request.extensions_mut().insert(NewConnection);
        let asked_at = self.clock.now();
        let outcome = match self.http.send(request, Limits::TOKEN).await {
            Ok(response) => self.classify(response, asked_at, secrets, read_refusal),
            Err(error) => Err(error),
        };
        outcome.map_err(|error| error.with_vendor(self.vendor))
    }

    fn classify(
        &self,
        response: Response<Bytes>,
        asked_at: Moment,
        secrets: &[&Secret],
        read_refusal: impl Fn(StatusCode, &[u8]) -> Refusal,
    ) -> Result<Answer> {
        let status = response.status();
        if status.is_redirection() {
            return Err(redirected(&response));
        }
        if !status.is_success() {
            let error = read_refusal(status, response.body()).into_error(status, secrets);
            return Err(
                match retry_after(response.headers(), self.clock.now().to_system_time()) {
                    Some(wait) => error.with_retry_after(wait),
                    None => error,
                },
            );
        }
        let unusable = |message| Error::new(ErrorKind::Response, message).with_status(status);
        if response.body().is_empty() {
            return Err(unusable("the token endpoint answered with an empty body"));
        }
        if is_html(&response) {
            return Err(unusable(
                "the token endpoint answered with an HTML page: check that the URL is the API's and not the web page's",
            ));
        }
        if serde_json::from_slice::<IgnoredAny>(response.body()).is_err() {
            return Err(unusable("the token endpoint's answer is not JSON"));
        }
        Ok(Answer {
            asked_at,
            date: server_date(response.headers()),
            body: response.into_body(),
        })
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("asked_at", &self.asked_at)
            .field("date", &self.date)
            .field("body", &"[redacted]")
            .finish()
    }
}

/// A redirect is never followed: it would carry the credentials along. Only the target's origin is named; its query may hold anything.
fn redirected(response: &Response<Bytes>) -> Error {
    let target = response
        .headers()
        .get(LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(crate::http::origin_of);
    let status = response.status().as_u16();
    let message = match target {
        Some(origin) => format!(
            "the token endpoint redirects to {origin} with status {status}, which is not followed: check the URL"
        ),
        None => format!(
            "the token endpoint redirects with status {status}, which is not followed: check the URL"
        ),
    };
    Error::new(ErrorKind::Request, message).with_status(response.status())
}
