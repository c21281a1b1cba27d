//! The builder of a cache: its refresh policy and clock.

use std::fmt;
use std::sync::Arc;

use super::{RefreshPolicy, TokenCache};
use crate::clock::{Clock, SystemClock};
use crate::source::TokenSource;

/// Builds a [`TokenCache`].
#[must_use]
pub struct TokenCacheBuilder<S> {
    source: S,
    policy: RefreshPolicy,
    clock: Arc<dyn Clock>,
}

impl<S: TokenSource + 'static> TokenCacheBuilder<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            policy: RefreshPolicy::default(),
            clock: SystemClock::new().into_shared(),
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

    /// Builds the cache; nothing is requested until a token is needed.
    pub fn build(self) -> TokenCache<S> {
        TokenCache::with_shared(self.source, Arc::new(self.policy), self.clock, None)
    }
}

impl<S: fmt::Debug> fmt::Debug for TokenCacheBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder")
            .field("source", &self.source)
            .field("policy", &self.policy)
            .field("clock", &self.clock)
            .finish()
    }
}
