//! A refresh as its waiters see it: its number, its age and its outcome.

use std::time::Duration;

use tokio::sync::watch;

use super::race::before;
use crate::clock::{Clock, Moment};
use crate::error::Result;
use crate::sync::{AbortHandle, Handle, RuntimeId};
use crate::token::AccessToken;

/// What a refresh ended with, for everyone who waited.
pub(super) type Outcome = Result<AccessToken>;

/// A refresh as its waiters see it.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    pub(super) id: u64,
    pub(super) started: Moment,
    /// The credentials that it signs in with.
    pub(super) revision: u64,
    pub(super) outcome: watch::Receiver<Option<Outcome>>,
    pub(super) abort: Option<AbortHandle>,
    /// The runtime that its task runs on.
    #[cfg_attr(
        not(feature = "blocking"),
        expect(dead_code, reason = "only the blocking facade asks")
    )]
    pub(super) runtime: RuntimeId,
}

impl Flight {
    /// Returns the time since the start on the monotonic clock: a suspended machine runs no timers either.
    pub(super) fn age(&self, now: Moment) -> Duration {
        now.monotonic().saturating_sub(self.started.monotonic())
    }

    /// Returns when a flight that turns out to be dead has died: now, or at the age it could not outlive.
    pub(super) fn death(&self, now: Moment, dies_at: Duration) -> Moment {
        if self.age(now) <= dies_at {
            return now;
        }
        let after = |start: Duration| start.saturating_add(dies_at);
        Moment::new(after(self.started.monotonic()), after(self.started.wall()))
    }

    /// Returns true if the task is gone and has published nothing.
    pub(super) fn is_broken(&self) -> bool {
        self.outcome.has_changed().is_err() && self.outcome.borrow().is_none()
    }
}

/// Lets refreshes end, and ends those that have not by the limit.
pub(super) async fn land(mut flights: Vec<Flight>, clock: &dyn Clock, limit: Duration) {
    if flights.is_empty() {
        return;
    }
    // Without a runtime there is no timer to wait by, and nobody here to be polite to.
    if Handle::try_current().is_ok() {
        let landed = async {
            for flight in &mut flights {
                // One that died has landed as well.
                let _ = flight.outcome.wait_for(Option::is_some).await;
            }
        };
        if before(landed, clock.sleep(limit)).await.is_some() {
            return;
        }
    }
    for abort in flights.into_iter().filter_map(|flight| flight.abort) {
        abort.abort();
    }
}
