//! The parameters of the cache, with their rationale.

use std::time::Duration;

use crate::clock::ClockReading;
use crate::retry;
use crate::token::AccessToken;

/// The parameters of the cache: when a token is refreshed, how long a refresh may take, and the cool-downs after failures.
///
/// The defaults suit every vendor of this workspace. Change a parameter with its `with_*` method.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use auth_core::{RefreshPolicy, StaticTokenSource, TokenCache};
///
/// let policy = RefreshPolicy::new().with_refresh_window(Duration::from_secs(5 * 60));
/// let cache = TokenCache::builder(StaticTokenSource::new("not-a-real-token")?)
///     .refresh_policy(policy)
///     .build();
/// # drop(cache);
/// # Ok::<(), auth_core::Error>(())
/// ```
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
    /// How long a refresh may wait for the refresh of another process, if there is a token store.
    store_wait: Duration,
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
        /// Returns how long before its expiry a token is no longer returned, at most a tenth of its lifetime; 1 s by default.
        ///
        /// A request that is sent just before that still arrives in time. For a longer validity, use
        /// [`token_valid_for`](crate::TokenCache::token_valid_for); until then no caller waits or sees an error.
        expiry_margin, with_expiry_margin: Duration;

        /// Returns how long before its expiry a token is due for a refresh at the latest, at most a tenth of its lifetime; 10 s by default.
        ///
        /// A healthy endpoint responds within 5 s, so callers never see the expiry of a token that has this much time left.
        refresh_margin, with_refresh_margin: Duration;

        /// Returns how long before that margin a token is due for a refresh, at most a quarter of its lifetime; 60 min by default.
        ///
        /// An hour of attempts outlasts most outages; refreshing a day-long token even earlier would waste it.
        refresh_window, with_refresh_window: Duration;

        /// Returns the maximum random time by which a refresh is due even earlier, at most a tenth of the token's lifetime; 5 min by default.
        ///
        /// Processes that start together do not refresh together: five minutes spread thousands of them to a few requests a second.
        refresh_jitter, with_refresh_jitter: Duration;

        /// Returns how many token requests one refresh may send; 3 by default: a retry helps after a lost packet or a bad gateway, not in an outage.
        max_attempts, with_max_attempts: u32;

        /// Returns the time limit of one token request; 10 s by default: the slowest healthy endpoint responds within 5 s.
        attempt_timeout, with_attempt_timeout: Duration;

        /// Returns the maximum wait before the second attempt, doubled for each further one; 250 ms by default.
        ///
        /// Longer than a connection reset takes to clear, shorter than a caller notices.
        initial_backoff, with_initial_backoff: Duration;

        /// Returns the time limit of one refresh, including all attempts and waits; 30 s by default: callers may be waiting for it.
        refresh_timeout, with_refresh_timeout: Duration;

        /// Returns how long after its timeout a refresh still counts as alive; 1 s by default: a refresh ends itself, but a busy executor may delay that.
        refresh_grace, with_refresh_grace: Duration;

        /// Returns how long [`shutdown`](crate::TokenCache::shutdown) waits for a running refresh before it ends it; 5 s by default, half of what orchestrators allow.
        shutdown_timeout, with_shutdown_timeout: Duration;

        /// Returns the minimum age of a token for the API's rejection to be believed, at most a quarter of its lifetime; 10 s by default.
        ///
        /// A token rejected within seconds of its issue was rejected for its permissions or its audience, and a new one would be as well.
        /// Doubled with each consecutive discarded token; see [`invalidate`](crate::TokenCache::invalidate).
        min_age_to_invalidate, with_min_age_to_invalidate: Duration;

        /// Returns the maximum of that doubling; 5 min by default: an API that rejects every token causes at most twelve token requests an hour.
        ///
        /// A token that was accepted for longer than this before its first rejection resets the count.
        max_age_to_invalidate, with_max_age_to_invalidate: Duration;

        /// Returns how many discarded tokens are remembered, so that none is returned again immediately; 8 by default.
        ///
        /// An endpoint that returns one again does so from its own cache, which contains a few tokens at most.
        remembered_invalid_tokens, with_remembered_invalid_tokens: usize;

        /// Returns the first cool-down after a transient failure, while callers have no token; 1 s by default, doubled each time.
        ///
        /// Callers are failing, so the next attempt is as soon as the endpoint can tolerate.
        cool_down_without_token, with_cool_down_without_token: Duration;

        /// Returns the same while callers still have a usable token; 5 s by default: no caller is waiting, so the endpoint gets time to recover.
        ///
        /// Capped at a quarter of the token's remaining lifetime, but never below [`RefreshPolicy::cool_down_without_token`].
        cool_down_with_token, with_cool_down_with_token: Duration;

        /// Returns the maximum of that doubling; 60 s by default: the end of an outage is noticed within a minute.
        max_cool_down, with_max_cool_down: Duration;

        /// Returns the longest `Retry-After` that is honoured; 5 min by default: a server that requests more may recover sooner than it says.
        retry_after_cap, with_retry_after_cap: Duration;

        /// Returns the cool-downs after rejected credentials, the last one forever; 5, 30, 60 and 300 s by default.
        ///
        /// A few quick attempts while a new secret propagates, then slowly enough never to lock an account. New credentials end it immediately.
        rejected_cool_downs, with_rejected_cool_downs: [Duration; 4];

        /// Returns the cool-down after a refused request or a wrong setting; 60 s by default: the cause may have been fixed at the server.
        refused_cool_down, with_refused_cool_down: Duration;

        /// Returns a fixed value from `[0, 1)` that replaces every random one, or `None` for real randomness, the default. For tests.
        jitter, with_jitter: Option<f64>;
    }

    /// Returns when a token goes stale and when it expires, as ages since its anchor.
    ///
    /// Fractions of the lifetime keep a token of a few seconds usable, where the absolute margins would exceed it.
    pub(super) fn timing(&self, token: &AccessToken, requested_at: ClockReading) -> Timing {
        let lifetime = token.lifetime();
        let tenth = lifetime / 10;
        let window = self.window(lifetime);
        let jitter = self.max_jitter(lifetime).mul_f64(self.draw());
        let expire_at = lifetime.saturating_sub(tenth.min(self.expiry_margin));
        let refresh_at = lifetime.saturating_sub(tenth.min(self.refresh_margin) + window + jitter);
        // A token from another cache is as old as it says; if its clock is wrong, it is as old as our request.
        let anchor = token.requested_at();
        Timing {
            anchor: ClockReading::new(
                anchor.monotonic().min(requested_at.monotonic()),
                anchor.wall().min(requested_at.wall()),
            ),
            refresh_at: refresh_at.min(expire_at),
            expire_at,
            age_at_anchor: Duration::ZERO,
        }
    }

    /// Returns the times of a token that another process requested `age` ago, and that is usable for `remaining` from now.
    ///
    /// The token's own lifetime is what was left of it.
    ///
    /// The earliest time of a refresh is the same as for the process that requested it, but the latest one is half a window later.
    /// Members of a fleet adopt one token with one age; if the store is down when it is due, that spreads their requests.
    #[cfg(feature = "store")]
    pub(super) fn adopted_timing(
        &self,
        token: &AccessToken,
        now: ClockReading,
        age: Duration,
        remaining: Duration,
    ) -> Timing {
        let lifetime = token.lifetime().saturating_add(age);
        let (window, jitter) = (self.window(lifetime), self.max_jitter(lifetime));
        let margin = (lifetime / 10).min(self.refresh_margin);
        let earliest = lifetime
            .saturating_sub(margin + window + jitter)
            .saturating_sub(age);
        let spread = (jitter + window / 2).mul_f64(self.draw());
        Timing {
            anchor: now,
            refresh_at: (earliest + spread).min(remaining),
            expire_at: remaining,
            age_at_anchor: age,
        }
    }

    fn window(&self, lifetime: Duration) -> Duration {
        (lifetime / 4).min(self.refresh_window)
    }

    fn max_jitter(&self, lifetime: Duration) -> Duration {
        (lifetime / 10).min(self.refresh_jitter)
    }

    /// Returns the wait before the next attempt of one refresh.
    pub(super) fn wait_after(&self, attempt: u32) -> Duration {
        retry::backoff(self.initial_backoff, attempt, self.draw())
    }

    /// Returns the age at which a refresh counts as dead: its own timers must have ended it by then.
    pub(super) fn lifespan(&self) -> Duration {
        self.refresh_timeout
            .saturating_add(self.refresh_grace)
            .saturating_add(self.store_wait)
    }

    /// Adds to that the time for which a refresh may wait for another process.
    #[cfg(feature = "store")]
    pub(super) fn with_store_wait(mut self, store_wait: Duration) -> Self {
        self.store_wait = store_wait;
        self
    }

    /// Returns a number from 0 to 1.
    pub(super) fn draw(&self) -> f64 {
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
            store_wait: Duration::ZERO,
        }
    }
}

/// When one token goes stale and expires, as ages since `anchor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timing {
    pub(super) anchor: ClockReading,
    pub(super) refresh_at: Duration,
    pub(super) expire_at: Duration,
    /// How old a token of another process was at its anchor, which is its adoption; zero for a token of this process.
    pub(super) age_at_anchor: Duration,
}

impl Timing {
    /// Returns how long the token will still be returned.
    pub(super) fn remaining(self, now: ClockReading) -> Duration {
        self.expire_at.saturating_sub(now.since(self.anchor))
    }

    /// Returns how old the token is, whichever process requested it.
    pub(super) fn age(self, now: ClockReading) -> Duration {
        now.since(self.anchor).saturating_add(self.age_at_anchor)
    }

    /// Returns how long the token is returned in all, from its request on.
    pub(super) fn whole(self) -> Duration {
        self.expire_at.saturating_add(self.age_at_anchor)
    }
}

#[cfg(test)]
mod tests;
