//! The builder of a keyed cache, and its limits.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use super::super::{CacheParts, RefreshPolicy};
use super::tenants::Tenants;
use super::{Inner, KeyedTokenCache, Make};
use crate::clock::{Clock, SystemClock};
use crate::source::TokenSource;
#[cfg(feature = "store")]
use crate::store::SharedStore;

/// Builds a [`KeyedTokenCache`].
#[must_use]
pub struct KeyedTokenCacheBuilder<K, S> {
    make: Make<K, S>,
    policy: RefreshPolicy,
    clock: Arc<dyn Clock>,
    capacity: usize,
    idle: Duration,
    max_concurrent_refreshes: usize,
    #[cfg(feature = "store")]
    store: Option<SharedStore>,
}

impl<K, S> KeyedTokenCacheBuilder<K, S> {
    /// The default capacity: enough for a large service, at about a kilobyte per tenant.
    pub const DEFAULT_CAPACITY: usize = 10_000;

    /// The default idle time of a tenant: the longest common lifetime of a token.
    pub const DEFAULT_IDLE: Duration = Duration::from_secs(60 * 60);

    /// The default limit of concurrent token requests.
    ///
    /// At a typical fifth of a second each, that is 320 a second, so 10,000 tenants without a token get one within the 30 s that a
    /// refresh may take by default, with at most 64 connections.
    pub const DEFAULT_MAX_CONCURRENT_REFRESHES: usize = 64;

    pub(super) fn new(make: Make<K, S>) -> Self {
        Self {
            make,
            policy: RefreshPolicy::default(),
            clock: Arc::new(SystemClock::new()),
            capacity: Self::DEFAULT_CAPACITY,
            idle: Self::DEFAULT_IDLE,
            max_concurrent_refreshes: Self::DEFAULT_MAX_CONCURRENT_REFRESHES,
            #[cfg(feature = "store")]
            store: None,
        }
    }

    /// Sets the capacity in tenants, at least one.
    ///
    /// A tenant in use is never evicted, so there can be more while that many are in use: while their refreshes run, callers wait for
    /// their tokens, or your program has their caches. Each later new tenant evicts a few of them, down to the capacity.
    pub fn max_capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity.max(1);
        self
    }

    /// Sets the idle time after which a tenant can be evicted.
    pub fn time_to_idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Sets how many token requests may run concurrently across all tenants, at least one.
    ///
    /// Others wait for their turn, first come, first served. That wait counts towards
    /// [`RefreshPolicy::refresh_timeout`], not towards [`RefreshPolicy::attempt_timeout`].
    pub fn max_concurrent_refreshes(mut self, limit: usize) -> Self {
        self.max_concurrent_refreshes = limit.max(1);
        self
    }

    /// Sets when tokens are refreshed.
    pub fn refresh_policy(mut self, policy: RefreshPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Shares the tenants' tokens through a store with all processes that request the same ones; see [`TokenCacheBuilder::token_store`](crate::TokenCacheBuilder::token_store).
    #[cfg(feature = "store")]
    pub fn token_store(mut self, store: impl Into<SharedStore>) -> Self {
        self.store = Some(store.into());
        self
    }

    /// Uses your own clock, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = clock.into_shared();
        self
    }
}

impl<K: Hash + Eq + Clone, S: TokenSource + 'static> KeyedTokenCacheBuilder<K, S> {
    /// Builds the cache, without creating any tenant yet.
    pub fn build(self) -> KeyedTokenCache<K, S> {
        let policy = Arc::new(self.policy);
        let tenants = Tenants::new(self.capacity, self.idle, &policy, self.clock.now());
        let parts = CacheParts::new(policy, self.clock);
        let parts = parts.with_permits(self.max_concurrent_refreshes);
        #[cfg(feature = "store")]
        let parts = parts.with_store(self.store);
        KeyedTokenCache(Arc::new(Inner {
            make: self.make,
            parts,
            tenants,
        }))
    }
}

impl<K, S> fmt::Debug for KeyedTokenCacheBuilder<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedTokenCacheBuilder")
            .field("policy", &self.policy)
            .field("capacity", &self.capacity)
            .field("idle", &self.idle)
            .field("max_concurrent_refreshes", &self.max_concurrent_refreshes)
            .finish_non_exhaustive()
    }
}
