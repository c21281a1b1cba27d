//! The failures of evicted tenants, kept so that an eviction does not end a cool-down.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use super::super::setback::FailureHistory;
use crate::clock::Moment;

/// The failures of evicted tenants, no more of them than the bound.
///
/// Whatever is taken out is returned and not dropped here: keys and errors are the caller's types, and a lock is held.
#[derive(Debug)]
pub(super) struct EvictedFailures<K> {
    by_key: HashMap<K, FailureHistory>,
    bound: usize,
    /// How long a failure is remembered after its cool-down: the next cool-down is the longer for it.
    memory: Duration,
    /// When the first of them may be forgotten, on the monotonic clock; until then it is not worth a look.
    next_end: Duration,
}

impl<K: Hash + Eq> EvictedFailures<K> {
    pub(super) fn new(bound: usize, memory: Duration) -> Self {
        Self {
            by_key: HashMap::new(),
            bound: bound.max(1),
            memory,
            next_end: Duration::MAX,
        }
    }

    /// Stores the failures of a tenant that is evicted; returns what was dropped for it.
    ///
    /// If all places are taken by failures that have not ended, the one whose cool-down ends first makes room.
    pub(super) fn put(
        &mut self,
        now: Moment,
        key: K,
        history: FailureHistory,
    ) -> Vec<(K, FailureHistory)> {
        let mut forgotten = Vec::new();
        if self.by_key.len() >= self.bound {
            forgotten.extend(self.forget_ended(now));
        }
        if self.by_key.len() >= self.bound {
            forgotten.extend(self.forget_soonest());
        }
        self.next_end = self.next_end.min(self.end(&history));
        self.by_key.insert(key, history);
        forgotten
    }

    /// Takes out the failures of a tenant, whether they have ended or not.
    pub(super) fn take(&mut self, key: &K) -> Option<(K, FailureHistory)> {
        self.by_key.remove_entry(key)
    }

    /// Takes out everything.
    pub(super) fn take_all(&mut self) -> HashMap<K, FailureHistory> {
        std::mem::take(&mut self.by_key)
    }

    /// Returns true if a failure makes no difference any more.
    pub(super) fn is_over(&self, history: &FailureHistory, now: Moment) -> bool {
        is_over(history, self.memory, now)
    }

    /// Takes out the failures that make no difference any more.
    pub(super) fn forget_ended(&mut self, now: Moment) -> Vec<(K, FailureHistory)> {
        // Each look passes over all of them, so there is none before it can find something.
        if now.monotonic() < self.next_end {
            return Vec::new();
        }
        let memory = self.memory;
        let ended = self
            .by_key
            .extract_if(|_, history| is_over(history, memory, now))
            .collect();
        let ends = self.by_key.values().map(|history| self.end(history));
        self.next_end = ends.min().unwrap_or(Duration::MAX);
        ended
    }

    fn forget_soonest(&mut self) -> Option<(K, FailureHistory)> {
        let memory = self.memory;
        let ends = self.by_key.values().map(|history| end(history, memory));
        let soonest = ends.min()?;
        self.by_key
            .extract_if(|_, history| end(history, memory) == soonest)
            .next()
    }

    fn end(&self, history: &FailureHistory) -> Duration {
        end(history, self.memory)
    }
}

/// Returns when a failure may be forgotten, on the monotonic clock.
fn end(history: &FailureHistory, memory: Duration) -> Duration {
    history.ends_at().monotonic().saturating_add(memory)
}

fn is_over(history: &FailureHistory, memory: Duration, now: Moment) -> bool {
    history.has_ended(now) && now.since(history.ends_at()) >= memory
}
