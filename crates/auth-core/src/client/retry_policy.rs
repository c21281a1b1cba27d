//! How often and how long a failed request is retried.

use std::time::Duration;

use crate::retry::backoff;

/// How failed API requests are retried.
///
/// A request is retried after a status of 408, 429, 500, 502, 503 or 504, and after a connection that could not be opened or broke before the
/// response was complete, but only if its method is idempotent (RFC 9110 section 9.2.2) or it has an idempotency key. So a POST or a PATCH
/// without one is never retried; the single resend after a rejected token does not depend on the policy. An expired time limit is not
/// retried either, since each attempt has the full limit.
///
/// The wait before a retry is random, from zero to a maximum that doubles with each attempt: it starts at one second if the API throttles
/// (429, or 503 with `Retry-After`), and at 200 ms after any other failure. A `Retry-After` is honoured, plus a little jitter, up to
/// `max_delay`; if it is longer, the response is returned immediately. Each wait is logged at level INFO before it starts.
///
/// All requests of one client share a retry budget, so that retries do not multiply the load of an outage: it starts with 100 retries, each
/// retry takes one, a success after a retry returns it, and five other responses earn another. While it is empty, nothing is retried.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use auth_core::{ApiRequest, RequestOptions, RetryPolicy};
/// use http::Method;
///
/// let patient = RetryPolicy::default().with_max_attempts(8).with_max_delay(Duration::from_secs(60));
/// // For one request; `ConfigBuilder::retry_policy` sets that of a whole client.
/// let options = RequestOptions::new().with_retry_policy(patient);
/// let request = ApiRequest::new(Method::GET, "/v1/report").options(options);
/// # drop(request);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    max_delay: Duration,
    max_total_delay: Duration,
}

/// Why a request is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The API throttled the request.
    Throttled,
    /// The API, a gateway or the connection failed.
    Failed,
}

impl RetryPolicy {
    /// Never retries; after a rejected token, the client still gets another one and resends the request once, since the rejected request had no effect.
    ///
    /// For a call that must be sent at most once, use your own HTTP client with [`AccessToken::authorization_header`](crate::AccessToken::authorization_header).
    pub const NONE: Self = Self {
        max_attempts: 1,
        max_delay: Duration::ZERO,
        max_total_delay: Duration::ZERO,
    };

    /// Sets the maximum number of attempts, including the first; zero counts as one.
    #[must_use]
    pub const fn with_max_attempts(mut self, max_attempts: u32) -> Self {
        self.max_attempts = max_attempts;
        self
    }

    /// Sets the maximum single wait; a response whose `Retry-After` is longer is returned.
    #[must_use]
    pub const fn with_max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = max_delay;
        self
    }

    /// Sets the maximum total wait of one request; a response whose `Retry-After` is longer than the rest is returned.
    #[must_use]
    pub const fn with_max_total_delay(mut self, max_total_delay: Duration) -> Self {
        self.max_total_delay = max_total_delay;
        self
    }

    /// Returns the maximum number of attempts, including the first.
    pub const fn max_attempts(self) -> u32 {
        self.max_attempts
    }

    /// Returns the maximum single wait.
    pub const fn max_delay(self) -> Duration {
        self.max_delay
    }

    /// Returns the maximum total wait of one request.
    pub const fn max_total_delay(self) -> Duration {
        self.max_total_delay
    }

    /// Returns how long to wait before the next attempt, or `None` if this one was the last.
    pub(super) fn wait_after(
        self,
        attempt: u32,
        waited: Duration,
        cause: Cause,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        let requested = retry_after.unwrap_or_default();
        let left = self.max_total_delay.saturating_sub(waited);
        if attempt >= self.max_attempts || requested > self.max_delay.min(left) || left.is_zero() {
            return None;
        }
        let base = match cause {
            Cause::Throttled => THROTTLED_BACKOFF,
            Cause::Failed => FAILED_BACKOFF,
        };
        let wait = backoff(base, attempt, fastrand::f64()).min(self.max_delay);
        // All clients got the same time, so each adds a random delay.
        Some((requested + wait / 4).max(wait).min(left))
    }
}

impl Default for RetryPolicy {
    /// Six attempts, with at most a minute per wait and a minute and a half in total.
    ///
    /// APIs with a limit per minute advise five retries or more: one whole minute and its jitter fit in, and a user does not wait much
    /// longer for a silent program. Five retries of other failures take 3 s on average and 6 s at most.
    fn default() -> Self {
        Self {
            max_attempts: 6,
            max_delay: Duration::from_secs(60),
            max_total_delay: Duration::from_secs(90),
        }
    }
}

/// The maximum delay before the second attempt, which doubles from there; few rate limits allow another request within a second.
const THROTTLED_BACKOFF: Duration = Duration::from_secs(1);

/// The same after a transient failure: long enough for a gateway to choose another instance.
const FAILED_BACKOFF: Duration = Duration::from_millis(200);
