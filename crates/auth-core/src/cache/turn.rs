//! The turn of one refresh, where the refreshes of many tenants share a limit.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Inner;
use super::limiter::Permit;
use crate::error::Result;

/// A refresh's permit, and how long it has waited for it.
#[derive(Debug, Default)]
pub(super) struct Turn(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    permit: Option<Permit>,
    /// Another refresh may have the permit now.
    is_paused: bool,
    queued: Duration,
}

impl Turn {
    /// Waits for the turn, for at most `patience`, unless it is this refresh's turn already; it is for work that takes no longer than `length`.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if it was not its turn within `patience`.
    pub(super) async fn take<S>(
        &self,
        cache: &Inner<S>,
        patience: Duration,
        length: Duration,
    ) -> Result<()> {
        let Some(limiter) = &cache.permits else {
            return Ok(());
        };
        let (permit, is_paused) = {
            let mut state = self.lock();
            (state.permit.take(), state.is_paused)
        };
        let clock = &*cache.clock;
        let started = clock.now().monotonic();
        let permit = match permit {
            None => limiter.acquire(clock, patience, length).await?,
            Some(permit) => {
                if is_paused {
                    permit.wait(clock, patience, length).await?;
                }
                permit
            }
        };
        let queued = clock.now().monotonic().saturating_sub(started);
        let mut state = self.lock();
        state.queued += queued;
        state.is_paused = false;
        state.permit = Some(permit);
        Ok(())
    }

    /// Ends the turn; the next one is at the end of the queue.
    pub(super) fn end(&self) {
        let permit = self.lock().permit.take();
        drop(permit);
    }

    /// Lets other refreshes have the turn while this one only waits; it then comes before all that began later.
    #[cfg(feature = "store")]
    pub(super) fn pause(&self) {
        let mut state = self.lock();
        let permit = state.permit.take();
        state.is_paused = true;
        drop(state);
        if let Some(permit) = permit {
            // Not under the lock: it wakes others.
            permit.pause();
            self.lock().permit = Some(permit);
        }
    }

    /// Returns how long the refresh has waited for its turns.
    pub(super) fn queued(&self) -> Duration {
        self.lock().queued
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
