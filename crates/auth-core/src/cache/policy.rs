//! Every number of the cache, with its reason, in one value.

use std::time::Duration;

use crate::clock::Moment;
use crate::retry;
use crate::token::AccessToken;

/// When a token is refreshed, how long a refresh may take, and how long a failure holds.
///
/// The defaults fit every vendor of this workspace. Change a number with the `with_*` method of its name.
#[derive(Debug, Clone, PartialEq)]
pub struct RefreshPolicy {
    min_age_to_invalidate: Duration,
    attempts: u32,
    attempt_timeout: Duration,
    flight_timeout: Duration,
    shutdown_timeout: Duration,
    jitter: Option<f64>,
}

macro_rules! setting {
    ($(#[$doc:meta])* $name:ident, $with:ident, $type:ty) => {
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
    };
}

impl RefreshPolicy {
    /// Makes the default policy.
    pub fn new() -> Self {
        Self::default()
    }

    setting! {
        /// Returns how old a token must be before [`invalidate`](crate::TokenCache::invalidate) discards it; 10 s by default.
        ///
        /// A token refused within seconds of its birth was refused for its rights or its audience, and a new one would be refused as well.
        min_age_to_invalidate, with_min_age_to_invalidate, Duration
    }
    setting! {
        /// Returns how many token requests one refresh may send; 3 by default: a lost packet or one bad gateway is worth another try, an outage is not.
        attempts, with_attempts, u32
    }
    setting! {
        /// Returns how long one token request may take; 10 s by default: the slowest healthy endpoint answers in under 5.
        attempt_timeout, with_attempt_timeout, Duration
    }
    setting! {
        /// Returns how long one refresh may take, all attempts and waits included; 30 s by default: callers may be waiting for it.
        flight_timeout, with_flight_timeout, Duration
    }
    setting! {
        /// Returns how long [`shutdown`](crate::TokenCache::shutdown) waits for a running refresh before it ends it; 5 s by default, half of what orchestrators allow.
        shutdown_timeout, with_shutdown_timeout, Duration
    }
    setting! {
        /// Returns the fixed draw that replaces every random one, from `[0, 1)`, or `None` for real randomness, the default. For tests.
        jitter, with_jitter, Option<f64>
    }

    /// Returns when a token goes stale and when it expires, as ages since its anchor.
    ///
    /// The margin is `min(10 s, lifetime / 10)`: a call started just before it still arrives in time.
    /// The refresh window before it is `min(lifetime / 4, 60 min)`: room for many attempts through an outage.
    /// The jitter on top is up to `min(lifetime / 10, 5 min)`, only ever earlier: a fleet that started together does not refresh together.
    pub(super) fn timing(&self, token: &AccessToken, asked_at: Moment) -> Timing {
        let lifetime = token.lifetime();
        let skew = (lifetime / 10).min(MAX_SKEW);
        let window = (lifetime / 4).min(MAX_WINDOW);
        let jitter = (lifetime / 10).min(MAX_JITTER).mul_f64(self.draw());
        let expire_at = lifetime.saturating_sub(skew);
        // A token that some other cache held for a while is as old as it says; one whose clock is off is as old as our request.
        let anchor = token.anchor();
        Timing {
            anchor: Moment::new(
                anchor.monotonic().min(asked_at.monotonic()),
                anchor.wall().min(asked_at.wall()),
            ),
            refresh_at: expire_at.saturating_sub(window + jitter),
            expire_at,
        }
    }

    /// Returns the wait before the next attempt of one refresh.
    pub(super) fn backoff(&self, attempt: u32) -> Duration {
        retry::backoff(BACKOFF_BASE, attempt, self.draw())
    }

    /// Returns the age at which a refresh counts as dead: past this its own timers must have ended it.
    pub(super) fn flight_dies_at(&self) -> Duration {
        self.flight_timeout.saturating_add(FLIGHT_GRACE)
    }

    fn draw(&self) -> f64 {
        self.jitter
            .map_or_else(fastrand::f64, |draw| draw.clamp(0.0, 1.0))
    }
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            min_age_to_invalidate: Duration::from_secs(10),
            attempts: 3,
            attempt_timeout: Duration::from_secs(10),
            flight_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(5),
            jitter: None,
        }
    }
}

/// When one token goes stale and expires, as ages since `anchor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timing {
    pub(super) anchor: Moment,
    pub(super) refresh_at: Duration,
    pub(super) expire_at: Duration,
}

/// A request that leaves within the margin has 10 s to arrive, beyond any sane latency and clock error together.
const MAX_SKEW: Duration = Duration::from_secs(10);
/// An hour of attempts outlasts most outages; refreshing a day-long token earlier than that wastes it.
const MAX_WINDOW: Duration = Duration::from_secs(60 * 60);
/// Five minutes spread a fleet of thousands to a few requests a second.
const MAX_JITTER: Duration = Duration::from_secs(5 * 60);
/// The first wait between attempts: longer than a connection reset takes to clear, shorter than a caller notices.
const BACKOFF_BASE: Duration = Duration::from_millis(250);
/// A living flight ends itself at its deadline; one second forgives a busy executor.
const FLIGHT_GRACE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
