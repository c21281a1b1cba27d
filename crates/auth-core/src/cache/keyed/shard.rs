//! A shard of the tenants with its own lock: its tenants, eviction, and the failures of evicted ones.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, TryLockError};
use std::time::Duration;

use super::super::TokenCache;
use super::super::history::FailureHistory;
use super::failures::EvictedFailures;
use super::making::Making;
use crate::clock::ClockReading;
use crate::source::TokenSource;

/// What is stored for a tenant: a cache, or something that has one. A clone is cheap, and runs no code of the caller.
pub(crate) trait Kept: Clone {
    /// The source of its tokens.
    type Source: TokenSource + 'static;

    /// Returns its cache.
    fn cache(&self) -> &TokenCache<Self::Source>;

    /// Returns true if a clone exists elsewhere.
    fn is_held_elsewhere(&self) -> bool;

    /// Returns when it was last used.
    ///
    /// It is next to what a lookup reads anyway and not in the map, whose entries must be small: a lookup among many tenants waits for
    /// each cache line.
    fn last_use(&self) -> &LastUse;
}

/// When a tenant was last used, in ticks of the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct LastUse(AtomicU64);

/// A shard of the tenants. It calls no code of the caller except the hash and the equality of keys.
pub(super) struct Shard<K, T> {
    pub(super) places: HashMap<K, Place<T>>,
    pub(super) evicted: EvictedFailures<K>,
}

/// The entry of a key.
pub(super) enum Place<T> {
    Ready(Tenant<T>),
    /// Boxed, so that the far more common ready entries are small.
    Making(Box<Making<T>>),
}

pub(super) struct Tenant<T>(T);

/// Entries that were removed under a lock, to be dropped without it: keys, sources and errors are the caller's types.
pub(super) struct Leftovers<K, T> {
    pub(super) keys: Vec<K>,
    pub(super) places: Vec<Place<T>>,
    pub(super) histories: Vec<FailureHistory>,
}

impl<K: Hash + Eq, T: Kept> Shard<K, T> {
    pub(super) fn new(evicted: EvictedFailures<K>) -> Self {
        Self {
            places: HashMap::new(),
            evicted,
        }
    }

    /// Returns what is stored for a tenant, and records the use.
    pub(super) fn used(&self, key: &K, now: ClockReading) -> Option<&T> {
        match self.places.get(key)? {
            Place::Ready(tenant) => {
                tenant.touch(now);
                Some(&tenant.0)
            }
            Place::Making(_) => None,
        }
    }

    /// Evicts the least recently used tenant; returns false if all are in use.
    pub(super) fn evict_longest_unused(
        &mut self,
        now: ClockReading,
        leftovers: &mut Leftovers<K, T>,
    ) -> bool {
        let Some(victim) = self.longest_unused(now) else {
            return false;
        };
        // Found again by its address: cloning a key would run the caller's code.
        let is_victim = |place: &Place<T>| match place {
            Place::Ready(tenant) => tenant.address() == victim,
            Place::Making(_) => false,
        };
        let taken = self.places.extract_if(|_, place| is_victim(place)).next();
        if let Some((key, place)) = taken {
            self.release(now, key, place, leftovers);
        }
        true
    }

    /// Evicts the tenants that were idle for so long; returns their number.
    pub(super) fn evict_idle(
        &mut self,
        now: ClockReading,
        idle: Duration,
        leftovers: &mut Leftovers<K, T>,
    ) -> usize {
        let is_idle = |place: &Place<T>| match place {
            Place::Ready(tenant) => tenant.unused_for(now) >= idle && !tenant.is_in_use(now),
            Place::Making(_) => false,
        };
        let taken: Vec<_> = self.places.extract_if(|_, place| is_idle(place)).collect();
        let count = taken.len();
        for (key, place) in taken {
            self.release(now, key, place, leftovers);
        }
        count
    }

    fn longest_unused(&self, now: ClockReading) -> Option<usize> {
        let mut longest = None;
        for place in self.places.values() {
            let Place::Ready(tenant) = place else {
                continue;
            };
            let last_used = tenant.last_used();
            let is_longer = longest.is_none_or(|(least, _)| last_used < least);
            // The second check costs a memory access, so few tenants reach it.
            if is_longer && !tenant.is_in_use(now) {
                longest = Some((last_used, tenant.address()));
            }
        }
        longest.map(|(_, address)| address)
    }

    fn release(
        &mut self,
        now: ClockReading,
        key: K,
        place: Place<T>,
        leftovers: &mut Leftovers<K, T>,
    ) {
        let history = match &place {
            // Nothing else has the cache, so nothing holds its lock.
            Place::Ready(tenant) => tenant.0.cache().failure_history(now),
            Place::Making(_) => None,
        };
        leftovers.places.push(place);
        let Some(history) = history else {
            leftovers.keys.push(key);
            return;
        };
        for (key, history) in self.evicted.put(now, key, history) {
            leftovers.keys.push(key);
            leftovers.histories.push(history);
        }
    }
}

impl<T: Kept> Tenant<T> {
    pub(super) fn new(kept: T, now: ClockReading) -> Self {
        let tenant = Self(kept);
        tenant.touch(now);
        tenant
    }

    pub(super) fn kept(&self) -> &T {
        &self.0
    }

    pub(super) fn into_kept(self) -> T {
        self.0
    }

    pub(super) fn touch(&self, now: ClockReading) {
        let ticks = ticks(now);
        // Most lookups fall into the same tick; a store would invalidate the cache line of every other reader.
        if self.last_used() != ticks {
            self.0.last_use().0.store(ticks, Ordering::Relaxed);
        }
    }

    fn last_used(&self) -> u64 {
        self.0.last_use().0.load(Ordering::Relaxed)
    }

    fn unused_for(&self, now: ClockReading) -> Duration {
        Duration::from_millis(ticks(now).saturating_sub(self.last_used()))
    }

    /// Returns true while a refresh runs or somebody else holds what is kept.
    ///
    /// A caller that waits for a token has it as well. If it were evicted, the next call would create a second cache for the same key,
    /// both would refresh, and no memory would be freed.
    /// It never waits for a lock, since the lock of the shard is held here.
    fn is_in_use(&self, now: ClockReading) -> bool {
        let inner = &self.0.cache().0;
        self.0.is_held_elsewhere()
            || match inner.slot.try_lock() {
                Ok(slot) => slot.is_refreshing(now, &inner.policy),
                Err(TryLockError::Poisoned(poisoned)) => {
                    poisoned.into_inner().is_refreshing(now, &inner.policy)
                }
                Err(TryLockError::WouldBlock) => true,
            }
    }

    fn address(&self) -> usize {
        Arc::as_ptr(&self.0.cache().0).addr()
    }
}

impl<S: TokenSource + 'static> Kept for TokenCache<S> {
    type Source = S;

    fn cache(&self) -> &Self {
        self
    }

    fn is_held_elsewhere(&self) -> bool {
        self.clones() > 1
    }

    fn last_use(&self) -> &LastUse {
        &self.0.last_use
    }
}

impl<K, T> Default for Leftovers<K, T> {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            places: Vec::new(),
            histories: Vec::new(),
        }
    }
}

fn ticks(now: ClockReading) -> u64 {
    u64::try_from(now.monotonic().as_millis()).unwrap_or(u64::MAX)
}
