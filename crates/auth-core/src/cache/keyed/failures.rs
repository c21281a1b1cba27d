//! The failures of evicted tenants, kept so that an eviction does not end a cool-down.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use super::super::RefreshPolicy;
use super::super::history::FailureHistory;
use crate::clock::ClockReading;

/// The failures of evicted tenants, limited in number.
///
/// Removed entries are returned and not dropped here: keys and errors are the caller's types, and a lock is held.
#[derive(Debug)]
pub(super) struct EvictedFailures<K> {
    by_key: HashMap<K, FailureHistory>,
    bound: usize,
    policy: Arc<RefreshPolicy>,
    /// When the first of them ends, on the monotonic clock; no check is needed before that.
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

    /// Stores the failures of an evicted tenant; returns the entries removed for it.
    ///
    /// If all places are taken by failures that have not ended, the one that ends first is removed.
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

    /// Returns true if a failure no longer has an effect.
    pub(super) fn has_ended(&self, history: &FailureHistory, now: ClockReading) -> bool {
        history.has_ended(now, &self.policy)
    }

    /// Takes out the failures that no longer have an effect.
    pub(super) fn take_ended(&mut self, now: ClockReading) -> Vec<(K, FailureHistory)> {
        // Each check visits all of them, so it only runs when it can find something.
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
