//! What a map of many caches needs from each: its failures across an eviction, and a common shutdown.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::classify::{CacheState, phase};
use super::entry::Entry;
use super::handle::complete;
use super::history::FailureHistory;
use super::observe::Counter;
use super::{TokenCache, lock};
use crate::clock::{Clock, ClockReading};
use crate::source::TokenSource;

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Applies `take` to the entry if its token is not due.
    ///
    /// For a lookup that borrows the cache, because a clone would write to its reference count, which the other readers share.
    pub(super) fn take_fresh<T>(
        &self,
        now: ClockReading,
        take: impl FnOnce(&Entry) -> T,
    ) -> Option<(T, Counter)> {
        let entry = self.0.published.load();
        let entry = entry.as_ref()?;
        if phase(entry.timing, now) != CacheState::Fresh {
            return None;
        }
        let counter = self.0.look_ups.counter()?;
        Some((take(entry), counter))
    }

    /// Shuts down many caches, within one time limit for all of them.
    pub(crate) async fn shutdown_all(
        caches: impl Iterator<Item = &Self>,
        clock: &dyn Clock,
        limit: Duration,
    ) {
        let refreshes = caches.filter_map(Self::close).collect();
        complete(refreshes, clock, limit).await;
    }

    /// Returns how many clones of the cache there are.
    pub(crate) fn clones(&self) -> usize {
        self.0.clones.load(Ordering::Relaxed)
    }

    /// Returns the failure history, if it still has an effect, for a later cache of the same tenant.
    ///
    /// The time is a parameter, since a lock may be held under which no clock may run.
    pub(super) fn failure_history(&self, now: ClockReading) -> Option<FailureHistory> {
        let history = lock(&self.0.slot).history().clone();
        (!history.has_ended(now, &self.0.policy)).then_some(history)
    }

    /// Restores the failure history of an earlier cache.
    pub(crate) fn restore_failure_history(&self, history: FailureHistory) {
        // Called without the lock: it is the caller's code.
        let revision = self.0.source.credentials_version();
        lock(&self.0.slot).restore_history(history.with_revision(revision));
    }
}
