//! Many tenants, each with a cache of its own: bounded, and forgetful of those nobody asks for.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard, TryLockError};
use std::time::Duration;

use http::HeaderValue;

use super::entry::Entry;
use super::futures::outlined;
use super::handle::complete;
use super::{RefreshPolicy, TokenCache};
use crate::clock::{Clock, Moment, SystemClock};
use crate::error::Result;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// One [`TokenCache`] per key, made from a closure when the key is first asked for.
///
/// Tenants do not meet: one's failure or slow endpoint never delays another. The number of tenants is bounded, and those that nobody
/// asked for in a while are forgotten when others arrive; never one whose refresh is running. Nothing runs at rest.
/// Cloning shares the tenants.
pub struct KeyedTokenCache<K, S>(Arc<Inner<K, S>>);

/// Builds a [`KeyedTokenCache`].
#[must_use]
pub struct KeyedTokenCacheBuilder<K, S> {
    make: Box<dyn Fn(&K) -> S + Send + Sync>,
    policy: RefreshPolicy,
    clock: Arc<dyn Clock>,
    capacity: usize,
    idle: Duration,
}

struct Inner<K, S> {
    make: Box<dyn Fn(&K) -> S + Send + Sync>,
    policy: Arc<RefreshPolicy>,
    clock: Arc<dyn Clock>,
    capacity: usize,
    idle: Duration,
    tenants: RwLock<Tenants<K, S>>,
}

struct Tenants<K, S> {
    by_key: HashMap<K, Tenant<S>>,
    last_sweep: Moment,
    /// After a shutdown nobody is kept any more.
    is_closed: bool,
}

struct Tenant<S> {
    cache: TokenCache<S>,
    /// Seconds on the monotonic clock.
    last_used: AtomicU64,
}

impl<K, S> KeyedTokenCache<K, S>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    S: TokenSource + 'static,
{
    /// Makes a cache with the default bounds whose sources come from `make`, called once per tenant.
    pub fn new(make: impl Fn(&K) -> S + Send + Sync + 'static) -> Self {
        Self::builder(make).build()
    }

    /// Starts a builder.
    pub fn builder(make: impl Fn(&K) -> S + Send + Sync + 'static) -> KeyedTokenCacheBuilder<K, S> {
        KeyedTokenCacheBuilder {
            make: Box::new(make),
            policy: RefreshPolicy::default(),
            clock: Arc::new(SystemClock::new()),
            capacity: KeyedTokenCacheBuilder::<K, S>::DEFAULT_CAPACITY,
            idle: KeyedTokenCacheBuilder::<K, S>::DEFAULT_IDLE,
        }
    }

    /// Returns a valid token of a tenant, waiting only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn token(&self, key: &K) -> Result<AccessToken> {
        match self.fresh(key, |entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => outlined(async { self.cache(key).token().await }).await,
        }
    }

    /// Returns the header of a tenant's valid token, ready to send; as [`KeyedTokenCache::token`], and cheaper.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn authorization(&self, key: &K) -> Result<HeaderValue> {
        match self.fresh(key, |entry| entry.header.clone()) {
            Some(header) => Ok(header),
            None => outlined(async { self.cache(key).authorization().await }).await,
        }
    }

    /// Returns a tenant's own cache, making it if there is none; asks for nothing.
    ///
    /// A cache that is held elsewhere lives on when its tenant is forgotten, and is then no longer the one that this returns.
    pub fn cache(&self, key: &K) -> TokenCache<S> {
        let now = self.0.clock.now();
        let known = self.read(|tenants| {
            let tenant = tenants.by_key.get(key)?;
            tenant.touch(now);
            Some(tenant.cache.clone())
        });
        known.unwrap_or_else(|| self.insert(key, now))
    }

    /// Tells a tenant's cache that the API refused a token; see [`TokenCache::invalidate`].
    pub fn invalidate(&self, key: &K, rejected: &AccessToken) {
        let known = self.read(|tenants| Some(tenants.by_key.get(key)?.cache.clone()));
        if let Some(cache) = known {
            cache.invalidate(rejected);
        }
    }

    /// Forgets a tenant and its token; a refresh of it that runs ends by itself.
    pub fn remove(&self, key: &K) {
        let removed = self.write().by_key.remove(key);
        // Dropped without the lock: a source's own `drop` may take its time.
        drop(removed);
    }

    /// Shuts down every tenant's cache, as [`TokenCache::shutdown`] does, within one time limit for all of them.
    ///
    /// A tenant that is asked for later gets [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    pub async fn shutdown(&self) {
        let tenants = {
            let mut tenants = self.write();
            tenants.is_closed = true;
            std::mem::take(&mut tenants.by_key)
        };
        let refreshes = tenants.values().filter_map(|tenant| tenant.cache.close());
        let refreshes = refreshes.collect();
        complete(refreshes, &*self.0.clock, self.0.policy.shutdown_timeout()).await;
    }

    /// Returns how many tenants are kept now.
    pub fn len(&self) -> usize {
        self.read(|tenants| tenants.by_key.len())
    }

    /// Returns true if no tenant is kept now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The warm look-up. Everything that may start a refresh happens without the lock, where a source may call back.
    fn fresh<T>(&self, key: &K, take: impl FnOnce(&Entry) -> T) -> Option<T> {
        let now = self.0.clock.now();
        self.read(|tenants| {
            let tenant = tenants.by_key.get(key)?;
            tenant.touch(now);
            tenant.cache.fresh_at(now, take)
        })
    }

    fn insert(&self, key: &K, now: Moment) -> TokenCache<S> {
        // Made without the lock: it is the caller's code.
        let made = TokenCache::with_shared(
            (self.0.make)(key),
            Arc::clone(&self.0.policy),
            Arc::clone(&self.0.clock),
            None,
        );
        let mut tenants = self.write();
        if tenants.is_closed {
            drop(tenants);
            // It has just been made, so nothing runs.
            made.close();
            return made;
        }
        if let Some(tenant) = tenants.by_key.get(key) {
            return tenant.cache.clone();
        }
        let forgotten = tenants.make_room(now, self.0.capacity, self.0.idle);
        let tenant = Tenant {
            cache: made.clone(),
            last_used: AtomicU64::new(0),
        };
        tenant.touch(now);
        tenants.by_key.insert(key.clone(), tenant);
        drop(tenants);
        drop(forgotten);
        made
    }

    fn read<T>(&self, look: impl FnOnce(&Tenants<K, S>) -> T) -> T {
        look(
            &self
                .0
                .tenants
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tenants<K, S>> {
        self.0
            .tenants
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, S> KeyedTokenCacheBuilder<K, S> {
    /// How many tenants are kept unless set: a large service's, at about a kilobyte each.
    pub const DEFAULT_CAPACITY: usize = 10_000;

    /// How long a tenant is kept that nobody asks for, unless set: the longest usual life of a token.
    pub const DEFAULT_IDLE: Duration = Duration::from_secs(60 * 60);

    /// Sets how many tenants are kept; more only while the refreshes of all of them are running.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity.max(1);
        self
    }

    /// Sets how long a tenant is kept that nobody asks for.
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Sets when tokens are refreshed.
    pub fn refresh_policy(mut self, policy: RefreshPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Reads time from clocks of your own, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the cache; nothing is made for any tenant yet.
    pub fn build(self) -> KeyedTokenCache<K, S> {
        let tenants = Tenants {
            by_key: HashMap::new(),
            last_sweep: self.clock.now(),
            is_closed: false,
        };
        KeyedTokenCache(Arc::new(Inner {
            make: self.make,
            policy: Arc::new(self.policy),
            clock: self.clock,
            capacity: self.capacity,
            idle: self.idle,
            tenants: RwLock::new(tenants),
        }))
    }
}

impl<K: Hash + Eq + Clone, S> Tenants<K, S> {
    /// Forgets the idle, and of the rest the longest unused if one more would be too many; returns what was forgotten.
    fn make_room(&mut self, now: Moment, capacity: usize, idle: Duration) -> Vec<Tenant<S>> {
        let mut forgotten = Vec::new();
        // Looking at every tenant for each new one would be quadratic; a quarter of the idle time is exact enough.
        if now.since(self.last_sweep) >= idle / 4 {
            self.last_sweep = now;
            forgotten.extend(self.forget(now, |tenant| tenant.unused_for(now) >= idle));
        }
        if self.by_key.len() >= capacity {
            let mut used: Vec<u64> = self
                .by_key
                .values()
                .filter(|tenant| !tenant.is_busy(now))
                .map(Tenant::last_used)
                .collect();
            if !used.is_empty() {
                // A few at a time, so that a full cache does not look at every tenant for each new one.
                let excess = self.by_key.len() + 1 - capacity;
                let batch = excess.max(capacity / EVICTED_AT_ONCE).clamp(1, used.len());
                let (_, newest, _) = used.select_nth_unstable(batch - 1);
                let newest = *newest;
                let mut left = batch;
                forgotten.extend(self.forget(now, |tenant| {
                    let is_old = left > 0 && tenant.last_used() <= newest;
                    left -= usize::from(is_old && !tenant.is_busy(now));
                    is_old
                }));
            }
        }
        forgotten
    }

    /// Takes out the tenants that are to go, but none whose refresh is running.
    fn forget(
        &mut self,
        now: Moment,
        mut is_to_go: impl FnMut(&Tenant<S>) -> bool,
    ) -> Vec<Tenant<S>> {
        self.by_key
            .extract_if(|_, tenant| is_to_go(tenant) && !tenant.is_busy(now))
            .map(|(_, tenant)| tenant)
            .collect()
    }
}

impl<S> Tenant<S> {
    fn touch(&self, now: Moment) {
        let seconds = now.monotonic().as_secs();
        // Most look-ups fall into the same second; a store would still take the cache line from every other reader.
        if self.last_used() != seconds {
            self.last_used.store(seconds, Ordering::Relaxed);
        }
    }

    fn last_used(&self) -> u64 {
        self.last_used.load(Ordering::Relaxed)
    }

    fn unused_for(&self, now: Moment) -> Duration {
        Duration::from_secs(now.monotonic().as_secs().saturating_sub(self.last_used()))
    }

    /// Returns true while a refresh runs; never waits for a lock, since the lock of all tenants is held here.
    fn is_busy(&self, now: Moment) -> bool {
        let inner = &self.cache.0;
        match inner.slot.try_lock() {
            Ok(slot) => slot.is_refreshing(now, &inner.policy),
            Err(TryLockError::Poisoned(poisoned)) => {
                poisoned.into_inner().is_refreshing(now, &inner.policy)
            }
            Err(TryLockError::WouldBlock) => true,
        }
    }
}

impl<K, S> Clone for KeyedTokenCache<K, S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, S> fmt::Debug for KeyedTokenCache<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are the caller's and may be secrets.
        f.debug_struct("KeyedTokenCache")
            .field("capacity", &self.0.capacity)
            .field("idle", &self.0.idle)
            .finish_non_exhaustive()
    }
}

impl<K, S> fmt::Debug for KeyedTokenCacheBuilder<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedTokenCacheBuilder")
            .field("policy", &self.policy)
            .field("capacity", &self.capacity)
            .field("idle", &self.idle)
            .finish_non_exhaustive()
    }
}

/// A sixteenth of the tenants goes at once: few enough to matter to nobody, many enough to make room for a while.
const EVICTED_AT_ONCE: usize = 16;
