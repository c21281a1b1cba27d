//! All tenants: the shard of a key, the capacity, and eviction beyond it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::time::Duration;

use super::super::entry::Entry;
use super::super::history::FailureHistory;
use super::super::observe::Counter;
use super::super::refresh::closed;
use super::super::{RefreshPolicy, TokenCache};
use super::failures::EvictedFailures;
use super::making::{Maker, Makers, Making};
use super::shard::{Leftovers, Place, Shard, Tenant};
use crate::clock::ClockReading;
use crate::error::Result;
use crate::source::TokenSource;

/// The tenants, in shards with one lock each, so that a lock is held only for the work on a few hundred tenants.
///
/// No two of these locks are ever held together, and none while the caller's code runs.
pub(super) struct Tenants<K, S> {
    shards: Box<[RwLock<Shard<K, S>>]>,
    hasher: RandomState,
    capacity: usize,
    idle: Duration,
    /// The number of ready tenants.
    count: AtomicUsize,
    is_closed: AtomicBool,
    sweep: Mutex<Sweep>,
    /// The shard to evict from next, if the new tenant's own shard has nothing to evict.
    next_to_give: AtomicUsize,
    makers: Arc<Makers>,
}

/// The position of the search for idle tenants.
struct Sweep {
    next_shard: usize,
    /// When the next search begins, on the monotonic clock.
    due: Duration,
}

/// The result of a lookup.
pub(super) enum Found<'a, K: Hash + Eq + Clone, S: TokenSource + 'static> {
    Ready(TokenCache<S>),
    /// Another thread is creating the source.
    Making(Making),
    /// No thread is, so the caller must create it.
    Absent(Box<Vacancy<'a, K, S>>),
}

/// A place reserved for a tenant whose source is being created; if dropped unfilled, the reservation is undone.
pub(super) struct Vacancy<'a, K: Hash + Eq + Clone, S: TokenSource + 'static> {
    tenants: &'a Tenants<K, S>,
    key: &'a K,
    maker: Maker,
    taken_at: ClockReading,
    /// The tenant's failures before its eviction.
    history: Option<FailureHistory>,
}

impl<K: Hash + Eq + Clone, S: TokenSource + 'static> Tenants<K, S> {
    pub(super) fn new(
        capacity: usize,
        idle: Duration,
        policy: &Arc<RefreshPolicy>,
        now: ClockReading,
    ) -> Self {
        let shards = (capacity / TENANTS_PER_SHARD)
            .next_power_of_two()
            .min(MOST_SHARDS);
        let failures = capacity.max(LEAST_FAILURES).div_ceil(shards);
        let shard = || {
            RwLock::new(Shard::new(EvictedFailures::new(
                failures,
                Arc::clone(policy),
            )))
        };
        Self {
            shards: (0..shards).map(|_| shard()).collect(),
            hasher: RandomState::new(),
            capacity,
            idle,
            count: AtomicUsize::new(0),
            is_closed: AtomicBool::new(false),
            sweep: Mutex::new(Sweep {
                next_shard: 0,
                due: now.monotonic().saturating_add(idle / SWEEPS_PER_IDLE),
            }),
            next_to_give: AtomicUsize::new(0),
            makers: Arc::default(),
        }
    }

    pub(super) fn makers(&self) -> &Makers {
        &self.makers
    }

    pub(super) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Returns a tenant's cache, and records the use. The shard's lock is released when it returns.
    pub(super) fn find(&self, key: &K, now: ClockReading) -> Option<TokenCache<S>> {
        read(self.shard_of(key)).find(key, now)
    }

    /// Applies `take` to a tenant's entry if its token is not due, and records the use; `take` runs under the shard's lock.
    pub(super) fn take_fresh<T>(
        &self,
        key: &K,
        now: ClockReading,
        take: impl FnOnce(&Entry) -> T,
    ) -> Option<(T, Counter)> {
        read(self.shard_of(key)).take_fresh(key, now, take)
    }

    /// Returns a tenant's cache without recording a use.
    pub(super) fn glance(&self, key: &K) -> Option<TokenCache<S>> {
        match read(self.shard_of(key)).places.get(key)? {
            Place::Ready(tenant) => Some(tenant.cache().clone()),
            Place::Making(_) => None,
        }
    }

    /// Returns a tenant's cache, or reserves its place.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) after [`Tenants::close`].
    pub(super) fn find_or_take_place<'a>(
        &'a self,
        key: &'a K,
        now: ClockReading,
    ) -> Result<Found<'a, K, S>> {
        // Cloned without the lock: it is the caller's code.
        let owned = key.clone();
        let mut shard = write(self.shard_of(key));
        if self.is_closed.load(Ordering::Relaxed) {
            drop(shard);
            return Err(closed());
        }
        match shard.places.get(key) {
            Some(Place::Ready(tenant)) => {
                tenant.touch(now);
                let cache = tenant.cache().clone();
                drop(shard);
                return Ok(Found::Ready(cache));
            }
            Some(Place::Making(making)) => {
                let making = Making::clone(making);
                drop(shard);
                return Ok(Found::Making(making));
            }
            None => {}
        }
        let maker = self.makers.begin();
        let place = Place::Making(Box::new(maker.making()));
        shard.places.insert(owned, place);
        let remembered = shard.evicted.take(key);
        let has_ended = |(_, history): &(K, _)| shard.evicted.has_ended(history, now);
        let (remembered, ended) = match remembered {
            Some(entry) if has_ended(&entry) => (None, Some(entry)),
            entry => (entry, None),
        };
        drop(shard);
        drop(ended);
        Ok(Found::Absent(Box::new(Vacancy {
            tenants: self,
            key,
            maker,
            taken_at: now,
            history: remembered.map(|(_, history)| history),
        })))
    }

    /// Removes a tenant and its stored failures.
    pub(super) fn remove(&self, key: &K) {
        let mut shard = write(self.shard_of(key));
        let removed = shard.places.remove_entry(key);
        if let Some((_, Place::Ready(_))) = removed {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        let remembered = shard.evicted.take(key);
        drop(shard);
        drop((removed, remembered));
    }

    /// Removes all tenants and accepts no new ones; returns the caches.
    pub(super) fn close(&self) -> Vec<TokenCache<S>> {
        self.is_closed.store(true, Ordering::Relaxed);
        let mut caches = Vec::new();
        for shard in &self.shards {
            let mut shard = write(shard);
            let places = std::mem::take(&mut shard.places);
            let remembered = shard.evicted.take_all();
            drop(shard);
            drop(remembered);
            for place in places.into_values() {
                if let Place::Ready(tenant) = place {
                    self.count.fetch_sub(1, Ordering::Relaxed);
                    caches.push(tenant.into_cache());
                }
            }
        }
        caches
    }

    /// Evicts from other shards if the new tenant's own shard could not, and occasionally looks for idle tenants.
    fn tidy(&self, now: ClockReading, leftovers: &mut Leftovers<K, S>) {
        if self.len() > self.capacity && self.shards.len() > 1 {
            let next = self.next_to_give.fetch_add(1, Ordering::Relaxed);
            if let Some(shard) = self.shards.get(next % self.shards.len()) {
                self.evict_excess(&mut write(shard), now, leftovers);
            }
        }
        self.sweep(now, leftovers);
    }

    /// Evicts as many from this shard as exceed the capacity in total, but at most a few.
    fn evict_excess(
        &self,
        shard: &mut Shard<K, S>,
        now: ClockReading,
        leftovers: &mut Leftovers<K, S>,
    ) {
        for _ in 0..EVICTED_AT_ONCE {
            // Counted first, so that two new tenants do not both evict for the same one.
            let counted = self
                .count
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
                    (count > self.capacity).then(|| count - 1)
                });
            if counted.is_err() {
                return;
            }
            if !shard.evict_longest_unused(now, leftovers) {
                self.count.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
    }

    fn sweep(&self, now: ClockReading, leftovers: &mut Leftovers<K, S>) {
        let mut sweep = match self.sweep.try_lock() {
            Ok(sweep) => sweep,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another thread is already doing this.
            Err(TryLockError::WouldBlock) => return,
        };
        if sweep.next_shard == 0 && now.monotonic() < sweep.due {
            return;
        }
        let mut looked_at = 0;
        while looked_at < LOOKED_AT_PER_CALL {
            let Some(shard) = self.shards.get(sweep.next_shard) else {
                sweep.next_shard = 0;
                sweep.due = now.monotonic().saturating_add(self.idle / SWEEPS_PER_IDLE);
                return;
            };
            let mut shard = write(shard);
            looked_at += shard.places.len();
            let evicted = shard.evict_idle(now, self.idle, leftovers);
            self.count.fetch_sub(evicted, Ordering::Relaxed);
            for (key, history) in shard.evicted.take_ended(now) {
                leftovers.keys.push(key);
                leftovers.histories.push(history);
            }
            sweep.next_shard += 1;
        }
    }

    fn shard_of(&self, key: &K) -> &RwLock<Shard<K, S>> {
        match &*self.shards {
            [only] => only,
            shards => {
                let hash = self.hasher.hash_one(key);
                // Their number is a power of two.
                let index = usize::try_from(hash).unwrap_or(usize::MAX) & (shards.len() - 1);
                &shards[index]
            }
        }
    }
}

impl<K, S> Tenants<K, S> {
    pub(super) fn max_capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn time_to_idle(&self) -> Duration {
        self.idle
    }
}

impl<K: Hash + Eq + Clone, S: TokenSource + 'static> Vacancy<'_, K, S> {
    /// Returns the stored failures of the tenant.
    pub(super) fn history(&self) -> Option<FailureHistory> {
        self.history.clone()
    }

    /// Fills the place and makes room for it; returns false if a removal has cancelled the reservation.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) after [`Tenants::close`].
    pub(super) fn fill(self, cache: &TokenCache<S>, now: ClockReading) -> Result<bool> {
        let tenants = self.tenants;
        let mut leftovers = Leftovers::default();
        let mut shard = write(tenants.shard_of(self.key));
        if tenants.is_closed.load(Ordering::Relaxed) {
            drop(shard);
            return Err(closed());
        }
        if !self.is_ours(&shard) {
            drop(shard);
            return Ok(false);
        }
        tenants.count.fetch_add(1, Ordering::Relaxed);
        tenants.evict_excess(&mut shard, now, &mut leftovers);
        if let Some(place) = shard.places.get_mut(self.key) {
            let ready = Place::Ready(Tenant::new(cache.clone(), now));
            leftovers.places.push(std::mem::replace(place, ready));
        }
        drop(shard);
        tenants.tidy(now, &mut leftovers);
        drop(leftovers);
        Ok(true)
    }

    fn is_ours(&self, shard: &Shard<K, S>) -> bool {
        matches!(shard.places.get(self.key), Some(Place::Making(making)) if making.is_by(&self.maker))
    }
}

impl<K: Hash + Eq + Clone, S: TokenSource + 'static> Drop for Vacancy<'_, K, S> {
    fn drop(&mut self) {
        let mut shard = write(self.tenants.shard_of(self.key));
        if !self.is_ours(&shard) {
            return;
        }
        let removed = shard.places.remove_entry(self.key);
        let (unused, dropped) = match (removed, self.history.take()) {
            // The source was not created, so the tenant's failures stay stored.
            (Some((key, _)), Some(history)) => {
                (None, shard.evicted.put(self.taken_at, key, history))
            }
            (removed, _) => (removed, Vec::new()),
        };
        drop(shard);
        drop((unused, dropped));
    }
}

/// A shard is consistent after every single change, so a panic of the caller's hash or equality is harmless.
fn read<K, S>(shard: &RwLock<Shard<K, S>>) -> RwLockReadGuard<'_, Shard<K, S>> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<K, S>(shard: &RwLock<Shard<K, S>>) -> RwLockWriteGuard<'_, Shard<K, S>> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}

/// The least recently used of so many is searched with one lock held, which takes microseconds.
///
/// A cache of up to twice as many is one shard, and evicts exactly in order of use; in a larger one, each shard does.
const TENANTS_PER_SHARD: usize = 512;

/// 64 bytes each, whatever the capacity.
const MOST_SHARDS: usize = 4096;

/// A new tenant replaces one; a few more are evicted while the capacity is exceeded because of tenants in use.
const EVICTED_AT_ONCE: usize = 4;

/// The minimum number of stored failures of evicted tenants; as many as the capacity, if that is more.
///
/// An entry is a fraction of a tenant's size, and a small cache may well have more tenants than places.
const LEAST_FAILURES: usize = 1024;

/// Looking for idle tenants four times per idle time is accurate enough.
const SWEEPS_PER_IDLE: u32 = 4;

/// How many tenants one search for idle ones visits before it leaves the rest to the next new tenant.
const LOOKED_AT_PER_CALL: usize = 1024;
