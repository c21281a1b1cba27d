//! The options of a single request: time limits, a size limit, a retry policy, an idempotency key.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::RetryPolicy;
use crate::error::{Error, Result};
use crate::http::RequestLimits;

/// Options of a single request; the client's settings apply to what is not set.
///
/// [`ApiRequest`](crate::ApiRequest) has methods for them. A plain request carries them in its extensions.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use auth_core::{RequestOptions, RetryPolicy};
///
/// let mut request = http::Request::post("/v1/reports").body(bytes::Bytes::new()).unwrap_or_default();
/// let options = RequestOptions::new()
///     .with_timeout(Duration::from_secs(300))
///     .with_retry_policy(RetryPolicy::default())
///     .with_idempotency_key("report-2026-11");
/// request.extensions_mut().insert(options);
/// ```
#[derive(Debug, Clone, Default)]
pub struct RequestOptions {
    timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    max_body: Option<usize>,
    retry_policy: Option<RetryPolicy>,
    idempotency_key: Option<HeaderValue>,
    fault: Option<Error>,
}

impl RequestOptions {
    /// Creates options without a value.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the time limit of each attempt, until the complete response has arrived, or until the head of a streamed response.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the time limit between two pieces of a streamed response.
    #[must_use]
    pub fn with_idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// Sets the maximum size of the response's body in bytes; [`usize::MAX`] removes the limit, for downloads that are not kept in memory.
    #[must_use]
    pub fn with_max_body(mut self, max_body: usize) -> Self {
        self.max_body = Some(max_body);
        self
    }

    /// Sets how the request is retried.
    ///
    /// A plain request is not retried without this.
    #[must_use]
    pub fn with_retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.retry_policy = Some(retry_policy);
        self
    }

    /// Sends an `Idempotency-Key` header, with which the API processes the request only once, however often it arrives.
    ///
    /// The request is then retried whatever its method. The API must support the header, and each operation needs its own key.
    /// An invalid key is an error when the request is sent.
    #[must_use]
    pub fn with_idempotency_key(mut self, key: impl AsRef<str>) -> Self {
        match HeaderValue::from_str(key.as_ref()) {
            Ok(mut key) if !key.is_empty() => {
                // `Debug` does not show it.
                key.set_sensitive(true);
                self.idempotency_key = Some(key);
            }
            _ => {
                self.fault = Some(Error::config(
                    "the idempotency key is empty or contains characters that are invalid in a header: use letters, digits and dashes",
                ));
            }
        }
        self
    }

    /// Returns true if any option is set, or invalid.
    pub(super) fn is_set(&self) -> bool {
        let limits =
            self.timeout.is_some() || self.idle_timeout.is_some() || self.max_body.is_some();
        limits
            || self.retry_policy.is_some()
            || self.idempotency_key.is_some()
            || self.fault.is_some()
    }

    /// Adopts what `other` sets.
    pub(super) fn merge(&mut self, other: Self) {
        let Self {
            timeout,
            idle_timeout,
            max_body,
            retry_policy,
            idempotency_key,
            fault,
        } = other;
        self.timeout = timeout.or(self.timeout);
        self.idle_timeout = idle_timeout.or(self.idle_timeout);
        self.max_body = max_body.or(self.max_body);
        self.retry_policy = retry_policy.or(self.retry_policy);
        self.idempotency_key = idempotency_key.or_else(|| self.idempotency_key.take());
        self.fault = self.fault.take().or(fault);
    }

    pub(super) fn check(&self) -> Result<()> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// Returns the limits of a request of a client with these limits.
    pub(super) fn limits(&self, of_client: RequestLimits) -> RequestLimits {
        let limits = RequestLimits::new(
            self.timeout.unwrap_or_else(|| of_client.timeout()),
            self.max_body.unwrap_or_else(|| of_client.max_body()),
        );
        let idle_timeout = self.idle_timeout;
        limits.with_idle_timeout(idle_timeout.unwrap_or_else(|| of_client.idle_timeout()))
    }

    pub(super) fn retry_policy(&self) -> Option<RetryPolicy> {
        self.retry_policy
    }

    pub(super) fn idempotency_key(&self) -> Option<&HeaderValue> {
        self.idempotency_key.as_ref()
    }
}

/// The name in the IETF's draft and in most APIs.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
