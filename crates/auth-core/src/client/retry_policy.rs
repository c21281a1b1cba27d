//! How often and how long a throttled call is retried.

use std::time::Duration;

use http::StatusCode;

use crate::retry::backoff;

/// How throttled calls are retried; only calls with an idempotent method ever are.
///
/// Each wait is logged at level INFO before it starts.
/// An API throttles with a 429, or with a 503 that has a `Retry-After`. Any other response is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    max_delay: Duration,
    max_total_delay: Duration,
}

impl RetryPolicy {
    /// Never retries.
    pub const NONE: Self = Self {
        attempts: 1,
        max_delay: Duration::ZERO,
        max_total_delay: Duration::ZERO,
    };

    /// Sets the maximum number of attempts, including the first; zero counts as one.
    #[must_use]
    pub const fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the maximum single wait; if an API requests a longer one, its response is returned.
    #[must_use]
    pub const fn with_max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = max_delay;
        self
    }

    /// Sets the maximum total wait of one call; if a response requests more than is left, it is returned.
    #[must_use]
    pub const fn with_max_total_delay(mut self, max_total_delay: Duration) -> Self {
        self.max_total_delay = max_total_delay;
        self
    }

    /// Returns how long to wait before the next attempt, or `None` if this response is final.
    pub(super) fn wait_after(
        self,
        attempt: u32,
        waited: Duration,
        status: StatusCode,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        let is_throttled = match status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::SERVICE_UNAVAILABLE => retry_after.is_some(),
            _ => false,
        };
        let asked = retry_after.unwrap_or_default();
        let left = self.max_total_delay.saturating_sub(waited);
        let is_final = !is_throttled || attempt >= self.attempts;
        if is_final || asked > self.max_delay.min(left) || left.is_zero() {
            return None;
        }
        let wait = backoff(FIRST_BACKOFF, attempt, fastrand::f64()).min(self.max_delay);
        // All clients got the same time, so each adds a random delay.
        Some((asked + wait / 4).max(wait).min(left))
    }
}

impl Default for RetryPolicy {
    /// Six attempts, with at most a minute per wait and a minute and a half in total.
    ///
    /// Maia's documentation advises five retries or more, and its limit is per minute: one whole minute and its jitter fit in,
    /// and a user does not wait much longer for a silent program.
    fn default() -> Self {
        Self {
            attempts: 6,
            max_delay: Duration::from_secs(60),
            max_total_delay: Duration::from_secs(90),
        }
    }
}

/// The maximum delay before the second attempt, which doubles from there.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
