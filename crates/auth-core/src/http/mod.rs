//! All network access: an object-safe client, its limits, and checked URLs.

mod base_url;
mod body_stream;
mod tls_backend;
#[cfg(all(feature = "reqwest", feature = "tower"))]
mod duplex;
#[cfg(feature = "reqwest")]
mod tls;
#[cfg(feature = "reqwest")]
mod proxy;
#[cfg(feature = "reqwest")]
mod coding;
#[cfg(feature = "reqwest")]
mod failure;
#[cfg(feature = "reqwest")]
mod pools;
#[cfg(feature = "reqwest")]
mod connections;
#[cfg(all(feature = "reqwest", feature = "tower"))]
mod connector;
#[cfg(feature = "reqwest")]
mod exchange;
#[cfg(feature = "reqwest")]
mod log;
#[cfg(feature = "reqwest")]
mod runtime;
#[cfg(feature = "reqwest")]
mod transfer;
#[cfg(feature = "reqwest")]
mod release;
#[cfg(feature = "reqwest")]
mod reload;
#[cfg(feature = "reqwest")]
mod reqwest_client;
#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
#[cfg(feature = "reqwest")]
mod ways;

pub use base_url::BaseUrl;
pub(crate) use base_url::origin_of;
pub use body_stream::BodyStream;
pub(crate) use body_stream::Boxed;
#[cfg(all(feature = "reqwest", feature = "tower"))]
pub use reqwest_client::{ForwardingBody, ForwardingService};
#[cfg(feature = "reqwest")]
pub use reqwest_client::{ReqwestHttpClient, ReqwestHttpClientBuilder};
pub use tls_backend::TlsBackend;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::{Error, Result};

/// Sends one request and reads the complete response.
///
/// Implement it to use your own HTTP stack. An implementation follows no redirects, enforces both limits,
/// and includes no body, header or URL query in its errors. It never resends a request, except for an idempotent one,
/// once, on a new connection, if the pooled one turns out to be closed.
///
/// # Examples
/// ```
/// use auth_core::{HttpClient, RequestLimits, Result};
/// use bytes::Bytes;
/// use http::{Request, Response};
///
/// /// Adds a header to every request, and sends it with another client.
/// #[derive(Debug)]
/// struct Named<C>(C);
///
/// #[async_trait::async_trait]
/// impl<C: HttpClient> HttpClient for Named<C> {
///     async fn send(
///         &self,
///         mut request: Request<Bytes>,
///         limits: RequestLimits,
///     ) -> Result<Response<Bytes>> {
///         let name = http::HeaderValue::from_static("nightly-import");
///         request.headers_mut().insert("x-program", name);
///         self.0.send(request, limits).await
///     }
/// }
/// ```
#[async_trait]
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends `request` and returns the response, whatever its status.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) or [`ErrorKind::Transport`](crate::ErrorKind::Transport) if no complete response arrived;
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) if its body is larger than the limit;
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the client cannot send such a request at all.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<http::Response<Bytes>>;

    /// Like [`HttpClient::send`], for a request that the caller keeps because it may resend it.
    ///
    /// The default implementation sends a clone. Override it if the HTTP stack only needs to read the request.
    ///
    /// # Errors
    /// As [`HttpClient::send`].
    async fn send_copy(
        &self,
        request: &http::Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<http::Response<Bytes>> {
        self.send(request.clone(), limits).await
    }

    /// Sends `request` and returns the head of the response with a body that arrives in pieces.
    ///
    /// Neither body is ever completely in memory. The time limit applies until the head; during an upload it restarts with each piece. The idle limit
    /// applies between two pieces of the response, and the body limit to all of them; the stream returns these errors.
    /// A request with a stream as its body is never resent. Dropping the response closes the connection.
    ///
    /// By default this is an error, since collecting a body instead could take any amount of memory.
    ///
    /// # Errors
    /// As [`HttpClient::send`], and [`ErrorKind::Config`](crate::ErrorKind::Config) if the client does not support streams.
    async fn send_stream(
        &self,
        request: http::Request<BodyStream>,
        limits: RequestLimits,
    ) -> Result<http::Response<BodyStream>> {
        let _ = (request, limits);
        Err(Error::config(
            "the HTTP client does not support streams: implement HttpClient::send_stream, or use requests without them",
        ))
    }
}

#[async_trait]
impl<T: HttpClient + ?Sized> HttpClient for Arc<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<http::Response<Bytes>> {
        (**self).send(request, limits).await
    }

    async fn send_copy(
        &self,
        request: &http::Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<http::Response<Bytes>> {
        (**self).send_copy(request, limits).await
    }

    async fn send_stream(
        &self,
        request: http::Request<BodyStream>,
        limits: RequestLimits,
    ) -> Result<http::Response<BodyStream>> {
        (**self).send_stream(request, limits).await
    }
}

/// How long one request may take and how large its response's body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    timeout: Duration,
    max_body: usize,
    idle_timeout: Duration,
}

impl RequestLimits {
    /// The limits of token requests: 10 s, since callers may be waiting; 1 MiB, since a token is a few KB.
    pub const TOKEN_REQUEST: Self = Self::new(Duration::from_secs(10), 1024 * 1024);

    /// The limits of API calls: 60 s and 32 MiB, enough for a large page of a list.
    pub const API_REQUEST: Self = Self::new(Duration::from_secs(60), 32 * 1024 * 1024);

    /// Creates limits from a total time, including connecting, and a body size in bytes.
    pub const fn new(timeout: Duration, max_body: usize) -> Self {
        Self {
            timeout,
            max_body,
            idle_timeout: IDLE_TIMEOUT,
        }
    }

    /// Sets the time limit between two pieces of a streamed response; one minute by default.
    #[must_use]
    pub const fn with_idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = idle_timeout;
        self
    }

    /// Returns the time limit from the call until the complete body has arrived, or until the head of a streamed response.
    pub const fn timeout(self) -> Duration {
        self.timeout
    }

    /// Returns the maximum body size, in bytes.
    pub const fn max_body(self) -> usize {
        self.max_body
    }

    /// Returns the time limit between two pieces of a streamed response.
    pub const fn idle_timeout(self) -> Duration {
        self.idle_timeout
    }
}

/// Common load balancers close a silent connection after this time, so a server that continues sends something before.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// An extension of requests that must not use a pooled connection, which the server may have closed.
///
/// A token request is a POST, which must not be resent on suspicion; a lost one would cost its callers a retry delay.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewConnection;

/// Returns a body without the byte order mark that some servers put before JSON.
pub(crate) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Decides by the first character, and by content type if that is inconclusive: JSON never starts with `<`, and a page never with `{` or `[`.
pub(crate) fn is_html(response: &http::Response<Bytes>) -> bool {
    let body = without_byte_order_mark(response.body());
    match body.trim_ascii_start().first() {
        Some(b'<') => return true,
        Some(b'{' | b'[') => return false,
        _ => {}
    }
    response
        .headers()
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|value| {
            value
                .as_bytes()
                .to_ascii_lowercase()
                .starts_with(b"text/html")
        })
}
