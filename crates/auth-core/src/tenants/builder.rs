//! What the clients of many tenants are built from, and their bounds.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::lookup::Lookup;
use super::{Inner, TenantClients, Tenants};
use crate::cache::{CacheParts, KeyedTokenCacheBuilder};
use crate::error::Result;
use crate::source::StaticTokenSource;
use crate::vendor::{ConfigBuilder, Vendor};

/// Builds [`TenantClients`].
#[must_use]
pub struct TenantClientsBuilder<V: Vendor, K> {
    base: ConfigBuilder<V>,
    lookup: Lookup<V, K>,
    lookup_timeout: Duration,
    max_capacity: usize,
    time_to_idle: Duration,
    max_concurrent_refreshes: usize,
}

impl<V: Vendor, K> TenantClientsBuilder<V, K> {
    /// How many tenants are kept unless set.
    pub const DEFAULT_CAPACITY: usize = Defaults::DEFAULT_CAPACITY;

    /// How long a tenant is kept that nobody uses, unless set: the longest usual life of a token.
    pub const DEFAULT_TIME_TO_IDLE: Duration = Defaults::DEFAULT_IDLE;

    /// The default limit of concurrent token requests.
    pub const DEFAULT_MAX_CONCURRENT_REFRESHES: usize = Defaults::DEFAULT_MAX_CONCURRENT_REFRESHES;

    /// How long a lookup may take unless set: as long as a token request, since callers wait for both.
    pub const DEFAULT_LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

    pub(super) fn new(base: ConfigBuilder<V>, lookup: Lookup<V, K>) -> Self {
        Self {
            base,
            lookup,
            lookup_timeout: Self::DEFAULT_LOOKUP_TIMEOUT,
            max_capacity: Self::DEFAULT_CAPACITY,
            time_to_idle: Self::DEFAULT_TIME_TO_IDLE,
            max_concurrent_refreshes: Self::DEFAULT_MAX_CONCURRENT_REFRESHES,
        }
    }

    /// Sets the capacity in tenants, at least one.
    ///
    /// A tenant in use is never evicted, so there are more while so many are in use. Each later newcomer evicts a few of them, until
    /// they are as many as set.
    pub fn max_capacity(mut self, max_capacity: usize) -> Self {
        self.max_capacity = max_capacity.max(1);
        self
    }

    /// Sets how long a tenant is kept that nobody uses.
    pub fn time_to_idle(mut self, time_to_idle: Duration) -> Self {
        self.time_to_idle = time_to_idle;
        self
    }

    /// Sets how logs name a tenant: as the field `tenant` of the span `token_refresh`.
    ///
    /// Without it they do not, since a key may be a secret.
    pub fn log_name(mut self, name_of: impl Fn(&K) -> String + Send + Sync + 'static) -> Self
    where
        K: Clone,
    {
        self.lookup.set_name_of(Box::new(name_of));
        self
    }

    /// Sets how many token requests of all tenants run at once, at least one; the others wait for their turn.
    pub fn max_concurrent_refreshes(mut self, limit: usize) -> Self {
        self.max_concurrent_refreshes = limit.max(1);
        self
    }

    /// Sets how long one lookup may take.
    ///
    /// A lookup within a token request, after rejected credentials, also ends with that request's
    /// [`attempt_timeout`](crate::RefreshPolicy::attempt_timeout).
    pub fn lookup_timeout(mut self, timeout: Duration) -> Self {
        self.lookup_timeout = timeout;
        self
    }
}

impl<V: Vendor, K: Hash + Eq + Clone + Send + Sync + 'static> TenantClientsBuilder<V, K> {
    /// Builds the clients' common part; nothing is looked up yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the HTTP client cannot be built from the base settings, or if they contain
    /// credentials: each tenant's come from the lookup. Those that the base has from the environment are dropped.
    pub fn build(self) -> Result<TenantClients<V, K>> {
        let base = self.base.shared()?;
        let policy = Arc::new(base.refreshes().clone());
        let clock = base.clocks();
        let tenants = Tenants::new(self.max_capacity, self.time_to_idle, &policy, clock.now());
        let parts = CacheParts::new(policy, clock).with_permits(self.max_concurrent_refreshes);
        #[cfg(feature = "store")]
        let parts = parts.with_store(base.store().cloned());
        Ok(TenantClients(Arc::new(Inner {
            parts,
            base: Arc::new(base),
            lookup: Arc::new(self.lookup),
            lookup_timeout: self.lookup_timeout,
            tenants: Arc::new(tenants),
            shared: Arc::default(),
            is_closed: watch::Sender::new(false),
        })))
    }
}

/// The numbers and their reasons are the keyed cache's.
type Defaults = KeyedTokenCacheBuilder<(), StaticTokenSource>;

impl<V: Vendor, K> fmt::Debug for TenantClientsBuilder<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantClientsBuilder")
            .field("base", &self.base)
            .field("max_capacity", &self.max_capacity)
            .field("time_to_idle", &self.time_to_idle)
            .field("max_concurrent_refreshes", &self.max_concurrent_refreshes)
            .field("lookup_timeout", &self.lookup_timeout)
            .finish_non_exhaustive()
    }
}
