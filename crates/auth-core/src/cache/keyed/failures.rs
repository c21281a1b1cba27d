//! The failures of evicted tenants, kept so that an eviction does not end a cool-down.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use super::super::RefreshPolicy;
use super::super::history::FailureHistory;
use crate::clock::ClockReading;

/// The failures of evicted tenants, no more of them than the bound.
///
/// Whatever is taken out is returned and not dropped here: keys and errors are the caller's types, and a lock is held.
#[derive(Debug)]
pub(super) struct EvictedFailures<K> {
    by_key: HashMap<K, FailureHistory>,
    bound: usize,
    policy: Arc<RefreshPolicy>,
    /// When the first of them ends, on the monotonic clock; until then it is not worth a look.
    next_end: Duration,
}

impl<K: Hash + Eq> EvictedFailures<K> {
    pub(super) fn new(bound: usize, policy: Arc<RefreshPolicy>) -> Self {
        Self {
            by_key: HashMap::new(),
            bound: bound.max(1),
            policy,
            next_end: Duration::MAX,
        }
    }

    /// Stores the failures of a tenant that is evicted; returns what was dropped for it.
    ///
    /// If all places are taken by failures that have not ended, the one that ends first makes room.
    pub(super) fn put(
        &mut self,
        now: ClockReading,
        key: K,
        history: FailureHistory,
    ) -> Vec<(K, FailureHistory)> {
        let mut dropped = Vec::new();
        if self.by_key.len() >= self.bound {
            dropped.extend(self.take_ended(now));
        }
        if self.by_key.len() >= self.bound {
            dropped.extend(self.take_first_to_end());
        }
        self.next_end = self.next_end.min(history.ends_at(&self.policy));
        self.by_key.insert(key, history);
        dropped
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
    pub(super) fn has_ended(&self, history: &FailureHistory, now: ClockReading) -> bool {
        history.has_ended(now, &self.policy)
    }

    /// Takes out the failures that make no difference any more.
    pub(super) fn take_ended(&mut self, now: ClockReading) -> Vec<(K, FailureHistory)> {
        // Each look passes over all of them, so there is none before it can find something.
        if now.monotonic() < self.next_end {
            return Vec::new();
        }
        let policy = &self.policy;
        let ended = self
            .by_key
            .extract_if(|_, history| history.has_ended(now, policy))
            .collect();
        let ends = self.by_key.values().map(|history| history.ends_at(policy));
        self.next_end = ends.min().unwrap_or(Duration::MAX);
        ended
    }

    fn take_first_to_end(&mut self) -> Option<(K, FailureHistory)> {
        let policy = &self.policy;
        let ends = self.by_key.values().map(|history| history.ends_at(policy));
        let first = ends.min()?;
        self.by_key
            .extract_if(|_, history| history.ends_at(policy) == first)
            .next()
    }
}
