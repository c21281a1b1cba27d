//! All tenants: the shard of a key, the capacity, and eviction beyond it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::time::Duration;

use super::super::RefreshPolicy;
use super::super::refresh::closed;
use super::failures::EvictedFailures;
use super::making::{Makers, Making, Workplace};
use super::shard::{Kept, Leftovers, Place, Shard};
use super::vacancy::Vacancy;
use crate::clock::ClockReading;
use crate::error::Result;

/// The tenants, in shards with one lock each, so that a lock is held only for the work on a few hundred tenants.
///
/// No two of these locks are ever held together, and none while the caller's code runs.
pub(crate) struct Tenants<K, T> {
    shards: Box<[RwLock<Shard<K, T>>]>,
    hasher: RandomState,
    capacity: usize,
    idle: Duration,
    /// The number of ready tenants.
    pub(super) count: AtomicUsize,
    pub(super) is_closed: AtomicBool,
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
pub(crate) enum Found<P: Deref<Target = Tenants<K, T>>, K: Hash + Eq + Clone, T: Kept> {
    Ready(T),
    /// Another caller is creating it.
    Making(Making<T>),
    /// No thread is, so the caller must create it.
    Absent(Box<Vacancy<P, K, T>>),
}

impl<K: Hash + Eq + Clone, T: Kept> Tenants<K, T> {
    pub(crate) fn new(
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

    pub(crate) fn makers(&self) -> &Makers {
        &self.makers
    }

    pub(crate) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Returns a part of what is stored for a tenant, and records the use; `take` only clones.
    ///
    /// The shard's lock is released when it returns.
    pub(crate) fn find<R>(
        &self,
        key: &K,
        now: ClockReading,
        take: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        read(self.shard_of(key)).used(key, now).map(take)
    }

    /// Returns what is stored for a tenant without recording a use.
    pub(crate) fn glance(&self, key: &K) -> Option<T> {
        match read(self.shard_of(key)).places.get(key)? {
            Place::Ready(tenant) => Some(tenant.kept().clone()),
            Place::Making(_) => None,
        }
    }

    /// Returns what is stored for a tenant, or reserves its place.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) after [`Tenants::close`].
    pub(crate) fn find_or_take_place<P: Deref<Target = Self>>(
        this: P,
        key: &K,
        now: ClockReading,
        workplace: Workplace,
    ) -> Result<Found<P, K, T>> {
        // Cloned without the lock: it is the caller's code.
        let (owned, in_vacancy) = (key.clone(), key.clone());
        let mut shard = write(this.shard_of(key));
        if this.is_closed.load(Ordering::Relaxed) {
            drop(shard);
            return Err(closed());
        }
        match shard.places.get(key) {
            Some(Place::Ready(tenant)) => {
                tenant.touch(now);
                let kept = tenant.kept().clone();
                drop(shard);
                return Ok(Found::Ready(kept));
            }
            Some(Place::Making(making)) => {
                let making = Making::clone(making);
                drop(shard);
                return Ok(Found::Making(making));
            }
            None => {}
        }
        let maker = this.makers.begin(workplace);
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
        let history = remembered.map(|(_, history)| history);
        Ok(Found::Absent(Box::new(Vacancy::new(
            this, in_vacancy, maker, now, history,
        ))))
    }

    /// Removes a tenant and its stored failures.
    pub(crate) fn remove(&self, key: &K) {
        self.remove_if(key, |_| true);
    }

    /// As [`Tenants::remove`], if the tenant is still being created, or `is_meant` returns true; it only compares.
    pub(crate) fn remove_if(&self, key: &K, is_meant: impl FnOnce(&T) -> bool) {
        let mut shard = write(self.shard_of(key));
        if let Some(Place::Ready(tenant)) = shard.places.get(key)
            && !is_meant(tenant.kept())
        {
            return;
        }
        let removed = shard.places.remove_entry(key);
        if let Some((_, Place::Ready(_))) = removed {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        let remembered = shard.evicted.take(key);
        drop(shard);
        drop((removed, remembered));
    }

    /// Releases a place whose creator does not return, so that the next caller reserves it.
    pub(crate) fn abandon(&self, key: &K, making: &Making<T>) {
        let mut shard = write(self.shard_of(key));
        let is_theirs =
            matches!(shard.places.get(key), Some(Place::Making(there)) if there.is_same(making));
        let removed = is_theirs.then(|| shard.places.remove_entry(key));
        drop(shard);
        drop(removed);
    }

    /// Removes all tenants and accepts no new ones; returns what was stored.
    pub(crate) fn close(&self) -> Vec<T> {
        self.is_closed.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for shard in &self.shards {
            let mut shard = write(shard);
            let places = std::mem::take(&mut shard.places);
            let remembered = shard.evicted.take_all();
            drop(shard);
            drop(remembered);
            for place in places.into_values() {
                if let Place::Ready(tenant) = place {
                    self.count.fetch_sub(1, Ordering::Relaxed);
                    all.push(tenant.into_kept());
                }
            }
        }
        all
    }

    /// Evicts from other shards if the new tenant's own shard could not, and occasionally looks for idle tenants.
    pub(super) fn tidy(&self, now: ClockReading, leftovers: &mut Leftovers<K, T>) {
        if self.len() > self.capacity && self.shards.len() > 1 {
            let next = self.next_to_give.fetch_add(1, Ordering::Relaxed);
            if let Some(shard) = self.shards.get(next % self.shards.len()) {
                self.evict_excess(&mut write(shard), now, leftovers);
            }
        }
        self.sweep(now, leftovers);
    }

    /// Evicts as many from this shard as exceed the capacity in total, but at most a few.
    pub(super) fn evict_excess(
        &self,
        shard: &mut Shard<K, T>,
        now: ClockReading,
        leftovers: &mut Leftovers<K, T>,
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

    fn sweep(&self, now: ClockReading, leftovers: &mut Leftovers<K, T>) {
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

    pub(super) fn shard_of(&self, key: &K) -> &RwLock<Shard<K, T>> {
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

impl<K, T> Tenants<K, T> {
    pub(crate) fn max_capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn time_to_idle(&self) -> Duration {
        self.idle
    }
}

/// A shard is consistent after every single change, so a panic of the caller's hash or equality is harmless.
fn read<K, T>(shard: &RwLock<Shard<K, T>>) -> RwLockReadGuard<'_, Shard<K, T>> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn write<K, T>(shard: &RwLock<Shard<K, T>>) -> RwLockWriteGuard<'_, Shard<K, T>> {
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
