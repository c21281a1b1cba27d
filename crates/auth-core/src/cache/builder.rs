//! The builder of a cache: its refresh policy and clock.

use std::fmt;
use std::sync::Arc;

use super::{CacheParts, RefreshPolicy, TokenCache};
use crate::clock::{Clock, SystemClock};
use crate::source::TokenSource;
#[cfg(feature = "store")]
use crate::store::SharedStore;

/// Builds a [`TokenCache`].
#[must_use]
pub struct TokenCacheBuilder<S> {
    source: S,
    policy: RefreshPolicy,
    clock: Arc<dyn Clock>,
    #[cfg(feature = "store")]
    store: Option<SharedStore>,
}

impl<S: TokenSource + 'static> TokenCacheBuilder<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            policy: RefreshPolicy::default(),
            clock: SystemClock::new().into_shared(),
            #[cfg(feature = "store")]
            store: None,
        }
    }

    /// Sets when tokens are refreshed.
    pub fn refresh_policy(mut self, policy: RefreshPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Uses your own clock, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = clock.into_shared();
        self
    }

    /// Shares the token through a store with all processes that request the same one.
    ///
    /// The source must tell what identifies its token: [`TokenSource::shared_token_id`]. Otherwise the store is not used.
    #[cfg(feature = "store")]
    pub fn token_store(mut self, store: impl Into<SharedStore>) -> Self {
        self.store = Some(store.into());
        self
    }

    /// Builds the cache; nothing is requested until a token is needed.
    pub fn build(self) -> TokenCache<S> {
        let parts = CacheParts::new(Arc::new(self.policy), self.clock);
        #[cfg(feature = "store")]
        let parts = parts.with_store(self.store);
        TokenCache::with_parts(self.source, parts)
    }
}

impl<S: fmt::Debug> fmt::Debug for TokenCacheBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder")
            .field("source", &self.source)
            .field("policy", &self.policy)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
