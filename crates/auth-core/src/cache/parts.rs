//! What a cache needs besides its source, in one value that many caches have in common.

use std::sync::Arc;

use super::RefreshPolicy;
use super::limiter::RefreshLimiter;
use crate::clock::Clock;
#[cfg(feature = "store")]
use crate::store::SharedStore;

/// The policy, the clock, and what else caches share.
#[derive(Clone)]
pub(crate) struct CacheParts {
    pub(crate) policy: Arc<RefreshPolicy>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The limit of concurrent refreshes of many tenants.
    pub(super) permits: Option<Arc<RefreshLimiter>>,
    #[cfg(feature = "store")]
    pub(super) store: Option<SharedStore>,
}

impl CacheParts {
    pub(crate) fn new(policy: Arc<RefreshPolicy>, clock: Arc<dyn Clock>) -> Self {
        Self {
            policy,
            clock,
            permits: None,
            #[cfg(feature = "store")]
            store: None,
        }
    }

    /// Limits how many token requests of all caches run concurrently.
    pub(crate) fn with_permits(mut self, limit: usize) -> Self {
        self.permits = Some(Arc::new(RefreshLimiter::new(limit)));
        self
    }

    /// Shares tokens through a store, if there is one; a refresh may then have to wait for that of another process.
    #[cfg(feature = "store")]
    pub(crate) fn with_store(mut self, store: Option<SharedStore>) -> Self {
        if store.is_some() {
            let policy = RefreshPolicy::clone(&self.policy);
            let store_wait = super::sharing::longest_wait(&policy);
            self.policy = Arc::new(policy.with_store_wait(store_wait));
        }
        self.store = store;
        self
    }
}
