//! A place that is reserved for a tenant while it is being created: filled, released, or removed meanwhile.

use std::hash::Hash;
use std::ops::Deref;
use std::sync::atomic::Ordering;

use super::super::history::FailureHistory;
use super::super::refresh::closed;
use super::making::{Maker, Making};
use super::shard::{Kept, Leftovers, Place, Shard, Tenant};
use super::tenants::{Tenants, write};
use crate::clock::ClockReading;
use crate::error::{Error, Result};

/// A place that was taken for a tenant that is to be made; dropped unfilled, it is as if it had never been.
pub(crate) struct Vacancy<P: Deref<Target = Tenants<K, T>>, K: Hash + Eq + Clone, T: Kept> {
    tenants: P,
    key: K,
    maker: Maker<T>,
    taken_at: ClockReading,
    /// The tenant's failures before its eviction.
    history: Option<FailureHistory>,
}

impl<P: Deref<Target = Tenants<K, T>>, K: Hash + Eq + Clone, T: Kept> Vacancy<P, K, T> {
    pub(super) fn new(
        tenants: P,
        key: K,
        maker: Maker<T>,
        taken_at: ClockReading,
        history: Option<FailureHistory>,
    ) -> Self {
        Self {
            tenants,
            key,
            maker,
            taken_at,
            history,
        }
    }

    /// Returns the stored failures of the tenant.
    pub(crate) fn history(&self) -> Option<FailureHistory> {
        self.history.clone()
    }

    /// Returns the handle for waiting callers.
    pub(crate) fn making(&self) -> Making<T> {
        self.maker.making()
    }

    /// Fills the place and makes room for it; returns false if a removal has cancelled the reservation.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) after [`Tenants::close`].
    pub(crate) fn fill(&self, kept: &T, now: ClockReading) -> Result<bool> {
        let tenants = &*self.tenants;
        let mut leftovers = Leftovers::default();
        let mut shard = write(tenants.shard_of(&self.key));
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
        if let Some(place) = shard.places.get_mut(&self.key) {
            let ready = Place::Ready(Tenant::new(kept.clone(), now));
            leftovers.places.push(std::mem::replace(place, ready));
        }
        drop(shard);
        tenants.tidy(now, &mut leftovers);
        drop(leftovers);
        Ok(true)
    }

    /// Publishes what was created to the waiting callers.
    pub(crate) fn publish(&self, kept: T) {
        self.maker.publish(Ok(kept));
    }

    /// Releases the place and publishes the failure to the waiting callers; the next caller tries again.
    pub(crate) fn fail(mut self, error: Error) {
        self.free();
        self.maker.publish(Err(error));
    }

    fn is_ours(&self, shard: &Shard<K, T>) -> bool {
        matches!(shard.places.get(&self.key), Some(Place::Making(making)) if making.is_by(&self.maker))
    }

    fn free(&mut self) {
        let mut shard = write(self.tenants.shard_of(&self.key));
        if !self.is_ours(&shard) {
            return;
        }
        let removed = shard.places.remove_entry(&self.key);
        let (unused, dropped) = match (removed, self.history.take()) {
            // Nobody made the tenant, so what is remembered of it is remembered further.
            (Some((key, _)), Some(history)) => {
                (None, shard.evicted.put(self.taken_at, key, history))
            }
            (removed, _) => (removed, Vec::new()),
        };
        drop(shard);
        drop((unused, dropped));
    }
}

impl<P: Deref<Target = Tenants<K, T>>, K: Hash + Eq + Clone, T: Kept> Drop for Vacancy<P, K, T> {
    fn drop(&mut self) {
        self.free();
    }
}
