//! Refreshes at rest: for programs that must have a token before the first call, and after an hour without one.

use std::time::Duration;

use super::futures::with_deadline;
use super::{TokenCache, lock};
use crate::error::ErrorKind;
use crate::source::TokenSource;

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Refreshes the token whenever it is due, whether or not anybody calls; completes only after [`TokenCache::shutdown`].
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
        let mut changes = self.0.changes.subscribe();
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
                // The clock does not keep its word, so only what happens in the cache is worth a look.
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

/// Another look at once would see the same.
const SHORTEST_LOOK: Duration = Duration::from_millis(10);

/// Timers stop while a machine is suspended; a minute after it wakes the token is fresh again.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

/// A sleep that ends early once or twice met a clock being set; more often, it is a clock that does not wait.
const MAX_EARLY: u32 = 3;
