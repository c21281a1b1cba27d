//! The health of a cache, without its token.

use std::fmt;
use std::time::Duration;

use tokio::sync::watch;

use super::classify::CacheState;
use crate::error::Error;

/// A snapshot of a cache's state.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CacheHealth {
    /// The state of the cached token.
    pub state: CacheState,
    /// The age of the token, counted from just before its request.
    pub age: Option<Duration>,
    /// The remaining time for which the token will be returned.
    pub expires_in: Option<Duration>,
    /// How long the current refresh has been running.
    pub refreshing_for: Option<Duration>,
    /// How long ago the last refresh succeeded.
    pub last_success: Option<Duration>,
    /// How long ago the last refresh failed, and its error kind.
    pub last_failure: Option<(Duration, Error)>,
    /// The number of failed refreshes since the last success.
    pub failures: u32,
    /// The rest of the cool-down after the last failure.
    pub retry_in: Option<Duration>,
}

/// Watches the health of a cache; only the latest value is kept, without a queue.
pub struct CacheHealthWatch {
    pub(super) changes: watch::Receiver<()>,
    /// Keeps the cache alive, so that there is always a value.
    pub(super) health: Box<dyn Fn() -> CacheHealth + Send + Sync>,
}

impl CacheHealthWatch {
    /// Waits for the next change and returns the new health.
    pub async fn changed(&mut self) -> CacheHealth {
        // Fails only when the cache is gone, but it is kept alive here.
        let _ = self.changes.changed().await;
        (self.health)()
    }
}

impl fmt::Debug for CacheHealthWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheHealthWatch").finish_non_exhaustive()
    }
}
