//! The only door to the network: an object-safe client, its limits, and the URLs it may be given.

mod base_url;
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
#[cfg(feature = "reqwest")]
mod runtime;
#[cfg(feature = "reqwest")]
mod default_client;
#[cfg(test)]
pub(crate) mod fake;

pub use base_url::BaseUrl;
pub(crate) use base_url::origin_of;
#[cfg(feature = "reqwest")]
pub use default_client::{ReqwestHttpClient, ReqwestHttpClientBuilder};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::Result;

/// Sends one request and reads the whole answer.
///
/// Implement it to bring your own HTTP stack. An implementation follows no redirects, keeps to both limits,
/// and puts no body, header or URL query into its errors. It repeats nothing, but for a request whose method is idempotent,
/// once, on a new connection, if the pooled one turned out to be closed.
#[async_trait]
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends `request` and returns the answer, whatever its status.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) or [`ErrorKind::Transport`](crate::ErrorKind::Transport) if no whole answer arrived;
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) if its body is larger than the limit;
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the client cannot send such a request at all.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<http::Response<Bytes>>;
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
}

/// How long one request may take and how large its answer's body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    timeout: Duration,
    max_body: usize,
}

impl RequestLimits {
    /// For token requests: 10 s, since callers may be waiting; 1 MiB, since a token is a few KB.
    pub const TOKEN_REQUEST: Self = Self::new(Duration::from_secs(10), 1024 * 1024);

    /// For API calls: 60 s and 32 MiB, room for a large page of a list.
    pub const API_REQUEST: Self = Self::new(Duration::from_secs(60), 32 * 1024 * 1024);

    /// Makes limits from a total time, connecting included, and a body size in bytes.
    pub const fn new(timeout: Duration, max_body: usize) -> Self {
        Self { timeout, max_body }
    }

    /// Returns the time from the call until the whole body has arrived.
    pub const fn timeout(self) -> Duration {
        self.timeout
    }

    /// Returns the largest body that is accepted, in bytes.
    pub const fn max_body(self) -> usize {
        self.max_body
    }
}

/// An extension of requests that must not meet a connection the server has closed meanwhile.
///
/// A token request is a POST, which is never repeated on a guess; a lost one would cost its callers a retry delay.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewConnection;

/// Returns a body without the byte order mark that some servers put before JSON.
pub(crate) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// By the first character, and by content type where that leaves it open: no JSON starts with `<`, and no page as JSON's objects and lists do.
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
