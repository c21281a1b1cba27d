//! Every number of the cache, with its reason, in one value.

use std::time::Duration;

use crate::clock::ClockReading;
use crate::retry;
use crate::token::AccessToken;

/// When a token is refreshed, how long a refresh may take, and how long a failure holds: every number of the cache.
///
/// The defaults fit every vendor of this workspace. Change a number with the `with_*` method of its name.
#[derive(Debug, Clone, PartialEq)]
pub struct RefreshPolicy {
    expiry_margin: Duration,
    refresh_margin: Duration,
    refresh_window: Duration,
    refresh_jitter: Duration,
    max_attempts: u32,
    attempt_timeout: Duration,
    initial_backoff: Duration,
    refresh_timeout: Duration,
    refresh_grace: Duration,
    shutdown_timeout: Duration,
    min_age_to_invalidate: Duration,
    max_age_to_invalidate: Duration,
    remembered_invalid_tokens: usize,
    cool_down_without_token: Duration,
    cool_down_with_token: Duration,
    max_cool_down: Duration,
    retry_after_cap: Duration,
    rejected_cool_downs: [Duration; 4],
    refused_cool_down: Duration,
    jitter: Option<f64>,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident, $with:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> $type {
            self.$name
        }

        #[doc = concat!("Sets [`RefreshPolicy::", stringify!($name), "`].")]
        #[must_use]
        pub fn $with(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

impl RefreshPolicy {
    /// Creates the default policy.
    pub fn new() -> Self {
        Self::default()
    }

    settings! {
        /// Returns how long before its end a token is no longer returned, at most a tenth of its life; 1 s by default.
        ///
        /// A request that leaves just before it still arrives in time. To get more, use
        /// [`token_valid_for`](crate::TokenCache::token_valid_for); until then nobody waits and nobody sees an error.
        expiry_margin, with_expiry_margin: Duration;

        /// Returns how long before its end a token is due for a refresh at the latest, at most a tenth of its life; 10 s by default.
        ///
        /// A healthy endpoint answers within 5 s, so callers never see the end of a token of which only this much is left.
        refresh_margin, with_refresh_margin: Duration;

        /// Returns how long before that margin a token is due for a refresh, at most a quarter of its life; 60 min by default.
        ///
        /// An hour of attempts outlasts most outages; refreshing a day-long token earlier than that wastes it.
        refresh_window, with_refresh_window: Duration;

        /// Returns by how much earlier still a refresh may be drawn to be due, at most a tenth of the token's life; 5 min by default.
        ///
        /// A fleet that started together does not refresh together: five minutes spread thousands to a few requests a second.
        refresh_jitter, with_refresh_jitter: Duration;

        /// Returns how many token requests one refresh may send; 3 by default: a lost packet or one bad gateway is worth another try, an outage is not.
        max_attempts, with_max_attempts: u32;

        /// Returns how long one token request may take; 10 s by default: the slowest healthy endpoint answers in under 5.
        attempt_timeout, with_attempt_timeout: Duration;

        /// Returns the ceiling of the wait before the second attempt, doubled for each further one; 250 ms by default.
        ///
        /// Longer than a connection reset takes to clear, shorter than a caller notices.
        initial_backoff, with_initial_backoff: Duration;

        /// Returns how long one refresh may take, all attempts and waits included; 30 s by default: callers may be waiting for it.
        refresh_timeout, with_refresh_timeout: Duration;

        /// Returns how long past its timeout a refresh counts as alive; 1 s by default: a living one ends itself, this forgives a busy executor.
        refresh_grace, with_refresh_grace: Duration;

        /// Returns how long [`shutdown`](crate::TokenCache::shutdown) waits for a running refresh before it ends it; 5 s by default, half of what orchestrators allow.
        shutdown_timeout, with_shutdown_timeout: Duration;

        /// Returns how old a token must be for its rejection by the API to be believed, at most a quarter of its life; 10 s by default.
        ///
        /// A token rejected within seconds of its issue was rejected for its rights or its audience, and a new one would be as well.
        /// Doubled with each token discarded in a row; see [`invalidate`](crate::TokenCache::invalidate).
        min_age_to_invalidate, with_min_age_to_invalidate: Duration;

        /// Returns where that doubling ends; 5 min by default: an API that rejects every token costs twelve an hour, and no more.
        ///
        /// A token that lived longer than this before it was first rejected starts the count anew.
        max_age_to_invalidate, with_max_age_to_invalidate: Duration;

        /// Returns how many discarded tokens are remembered, so that none is returned again at once; 8 by default.
        ///
        /// An endpoint that issues one again does so from a cache of its own, a few tokens deep at most.
        remembered_invalid_tokens, with_remembered_invalid_tokens: usize;

        /// Returns the first cool-down after a failure that passes by itself, while callers have no token; 1 s by default, doubled each time.
        ///
        /// Callers are failing: try again as soon as is polite.
        cool_down_without_token, with_cool_down_without_token: Duration;

        /// Returns the same while callers still have a usable token; 5 s by default: nobody is waiting, so the endpoint has room to recover.
        ///
        /// Capped by a quarter of what is left of the token, but never under [`RefreshPolicy::cool_down_without_token`].
        cool_down_with_token, with_cool_down_with_token: Duration;

        /// Returns where that doubling ends; 60 s by default: an outage that ends is noticed within a minute.
        max_cool_down, with_max_cool_down: Duration;

        /// Returns the longest `Retry-After` that is honoured; 5 min by default: a server that requests more may recover sooner than it says.
        retry_after_cap, with_retry_after_cap: Duration;

        /// Returns the cool-downs after rejected credentials, the last one forever; 5, 30, 60 and 300 s by default.
        ///
        /// A few quick tries for a secret that is still spreading, then slowly enough never to lock an account. New credentials end it at once.
        rejected_cool_downs, with_rejected_cool_downs: [Duration; 4];

        /// Returns the cool-down after a refused request or a wrong setting; 60 s by default: the cause may have been fixed on the other side.
        refused_cool_down, with_refused_cool_down: Duration;

        /// Returns the fixed draw that replaces every random one, from `[0, 1)`, or `None` for real randomness, the default. For tests.
        jitter, with_jitter: Option<f64>;
    }

    /// Returns when a token goes stale and when it expires, as ages since its anchor.
    ///
    /// Fractions of the lifetime keep a token of seconds usable where the absolute numbers would eat it up.
    pub(super) fn timing(&self, token: &AccessToken, requested_at: ClockReading) -> Timing {
        let lifetime = token.lifetime();
        let tenth = lifetime / 10;
        let window = (lifetime / 4).min(self.refresh_window);
        let jitter = tenth.min(self.refresh_jitter).mul_f64(self.draw());
        let expire_at = lifetime.saturating_sub(tenth.min(self.expiry_margin));
        let refresh_at = lifetime.saturating_sub(tenth.min(self.refresh_margin) + window + jitter);
        // A token that some other cache held for a while is as old as it says; one whose clock is off is as old as our request.
        let anchor = token.requested_at();
        Timing {
            anchor: ClockReading::new(
                anchor.monotonic().min(requested_at.monotonic()),
                anchor.wall().min(requested_at.wall()),
            ),
            refresh_at: refresh_at.min(expire_at),
            expire_at,
        }
    }

    /// Returns the wait before the next attempt of one refresh.
    pub(super) fn wait_after(&self, attempt: u32) -> Duration {
        retry::backoff(self.initial_backoff, attempt, self.draw())
    }

    /// Returns the age at which a refresh counts as dead: past this its own timers must have ended it.
    pub(super) fn lifespan(&self) -> Duration {
        self.refresh_timeout.saturating_add(self.refresh_grace)
    }

    fn draw(&self) -> f64 {
        let fixed = self.jitter.filter(|draw| draw.is_finite());
        fixed.map_or_else(fastrand::f64, |draw| draw.clamp(0.0, 1.0))
    }
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            expiry_margin: Duration::from_secs(1),
            refresh_margin: Duration::from_secs(10),
            refresh_window: Duration::from_secs(60 * 60),
            refresh_jitter: Duration::from_secs(5 * 60),
            max_attempts: 3,
            attempt_timeout: Duration::from_secs(10),
            initial_backoff: Duration::from_millis(250),
            refresh_timeout: Duration::from_secs(30),
            refresh_grace: Duration::from_secs(1),
            shutdown_timeout: Duration::from_secs(5),
            min_age_to_invalidate: Duration::from_secs(10),
            max_age_to_invalidate: Duration::from_secs(5 * 60),
            remembered_invalid_tokens: 8,
            cool_down_without_token: Duration::from_secs(1),
            cool_down_with_token: Duration::from_secs(5),
            max_cool_down: Duration::from_secs(60),
            retry_after_cap: Duration::from_secs(5 * 60),
            rejected_cool_downs: [5, 30, 60, 300].map(Duration::from_secs),
            refused_cool_down: Duration::from_secs(60),
            jitter: None,
        }
    }
}

/// When one token goes stale and expires, as ages since `anchor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timing {
    pub(super) anchor: ClockReading,
    pub(super) refresh_at: Duration,
    pub(super) expire_at: Duration,
}

impl Timing {
    /// Returns how long the token will still be served.
    pub(super) fn remaining(self, now: ClockReading) -> Duration {
        self.expire_at.saturating_sub(now.since(self.anchor))
    }
}

#[cfg(test)]
mod tests;
