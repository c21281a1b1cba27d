//! The circuit breaker of a store: after a failure it is left alone for a while, which doubles with each further failure.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Whether a store is called now, shared by all caches that use it.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Consecutive failures, each after the breaker let a call through.
    failures: u32,
    /// Until when no call is made, on the monotonic clock, while the store is down.
    open_until: Option<Duration>,
    /// When the last failure was noticed.
    failed_at: Duration,
}

impl Breaker {
    /// Returns true if a call may be made; while the store is down, that is one call after each pause.
    pub(super) fn admits(&self, now: Duration) -> bool {
        let mut state = self.lock();
        match state.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                // One call tries for all; if it is cancelled, another one does after as long as a call may take.
                state.open_until = Some(now.saturating_add(PROBE));
                true
            }
        }
    }

    /// Returns true if the store is down.
    pub(super) fn is_open(&self) -> bool {
        self.lock().open_until.is_some()
    }

    /// Records a call that was admitted at `started` and succeeded; returns true if the store was down.
    pub(super) fn succeed(&self, started: Duration) -> bool {
        let mut state = self.lock();
        // A slow call that began before the store failed says nothing about it now.
        if state.open_until.is_some() && started < state.failed_at {
            return false;
        }
        state.failures = 0;
        state.open_until.take().is_some()
    }

    /// Records a call that was admitted at `started` and failed; returns true if the store was not known to be down.
    pub(super) fn fail(&self, started: Duration, now: Duration) -> bool {
        let mut state = self.lock();
        let was_open = state.open_until;
        // Calls that ran at the same time fail together and count once.
        if was_open.is_some_and(|until| started.saturating_add(PROBE) < until) {
            return false;
        }
        let doublings = state.failures.min(MAX_DOUBLINGS);
        let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(MAX_PAUSE);
        state.failures = state.failures.saturating_add(1);
        state.open_until = Some(now.saturating_add(pause));
        state.failed_at = now;
        was_open.is_none()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Long enough for a restart of the store to begin, short enough to notice its end.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// A store that comes back is used again within a minute.
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// How long the call that tries may take, with room for a busy executor.
const PROBE: Duration = Duration::from_secs(1);

/// Far above the maximum; the bound prevents an overflow of the shift.
const MAX_DOUBLINGS: u32 = 16;

#[cfg(test)]
mod tests;
