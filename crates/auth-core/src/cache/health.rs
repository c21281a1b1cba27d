//! What a cache can tell about itself, without a token in it.

use std::fmt;
use std::time::Duration;

use tokio::sync::watch;

use super::classify::CacheState;
use crate::error::Error;

/// A cache's condition at one moment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CacheHealth {
    /// What the cache holds.
    pub state: CacheState,
    /// How old the token is, counted from before it was requested.
    pub age: Option<Duration>,
    /// How long the token will still be returned.
    pub expires_in: Option<Duration>,
    /// How long the refresh that runs has been running.
    pub refreshing_for: Option<Duration>,
    /// How long ago the last refresh succeeded.
    pub last_success: Option<Duration>,
    /// How long ago the last refresh failed, and how.
    pub last_failure: Option<(Duration, Error)>,
    /// How many refreshes have failed since the last success.
    pub failures: u32,
    /// How long no refresh will be started because of the last failure.
    pub retry_in: Option<Duration>,
}

/// Tells when a cache's condition changes; it contains the latest one only and nothing queues up.
pub struct CacheHealthWatch {
    pub(super) changes: watch::Receiver<()>,
    /// Holds the cache, so that there is always a condition to tell.
    pub(super) health: Box<dyn Fn() -> CacheHealth + Send + Sync>,
}

impl CacheHealthWatch {
    /// Waits for the next change and returns the condition after it.
    pub async fn changed(&mut self) -> CacheHealth {
        // Fails only when the cache is gone, and it is held here.
        let _ = self.changes.changed().await;
        (self.health)()
    }
}

impl fmt::Debug for CacheHealthWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheHealthWatch").finish_non_exhaustive()
    }
}
