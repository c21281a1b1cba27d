//! Refreshes without calls: for programs that need a token before the first call, and after an hour without calls.

use std::time::Duration;

use super::futures::with_deadline;
use super::{TokenCache, lock};
use crate::error::ErrorKind;
use crate::source::TokenSource;

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Refreshes the token whenever it is due, even without calls; completes only after [`TokenCache::shutdown`].
    ///
    /// Nothing runs once the future is dropped. It needs a tokio runtime, like every refresh.
    ///
    /// # Examples
    /// ```
    /// # use auth_core::{StaticTokenSource, TokenCache};
    /// # async fn example() -> auth_core::Result<()> {
    /// let cache = TokenCache::new(StaticTokenSource::new("fake-token")?);
    /// let background = cache.clone();
    /// tokio::spawn(async move { background.keep_fresh().await });
    /// # Ok(())
    /// # }
    /// ```
    pub async fn keep_fresh(&self) {
        let mut changes = self.0.changes();
        let mut early = 0;
        loop {
            changes.mark_unchanged();
            if let Err(error) = self.try_token()
                && error.kind() == ErrorKind::Closed
            {
                return;
            }
            let before = self.0.clock.now();
            let due = lock(&self.0.slot).next_due(before, &self.0.policy);
            let wait = due.clamp(SHORTEST_LOOK, LONGEST_LOOK);
            if early >= MAX_EARLY {
                // The clock is unreliable, so only changes of the cache trigger another check.
                let _ = changes.changed().await;
                continue;
            }
            let changed = with_deadline(changes.changed(), self.0.clock.sleep(wait)).await;
            let slept = self.0.clock.now().since(before);
            let is_early = changed.is_none() && slept < wait / 2;
            early = if is_early { early + 1 } else { 0 };
        }
    }
}

/// An immediate recheck would see the same.
const SHORTEST_LOOK: Duration = Duration::from_millis(10);

/// Timers stop while a machine is suspended; within a minute after it wakes, the token is fresh again.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

/// A sleep may end early once or twice because a clock was set; more often, the clock does not sleep.
const MAX_EARLY: u32 = 3;
