//! What a token cache must do that a scenario file cannot tell: runtimes, identities, health, shutdown.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod blocking;
mod blocking_waits;
mod blocking_clients;
mod keyed;
mod runtimes;
mod refreshes;
mod panics;
mod fresh;
mod sources;
mod token_life;
mod identity;
mod health;
mod metrics;
mod shutdown;
mod faults_of_others;

use std::sync::Arc;
use std::time::Duration;

use auth_core::{RefreshPolicy, TokenCache};
use auth_testkit::{ManualClock, ScriptedReply, ScriptedSource};

/// A cache over a script, with the clock that both live by.
struct Setup {
    clock: ManualClock,
    source: ScriptedSource,
    cache: TokenCache<ScriptedSource>,
}

impl Setup {
    fn new(replies: impl IntoIterator<Item = ScriptedReply>) -> Self {
        Self::with_max_attempts(1, replies)
    }

    fn with_max_attempts(attempts: u32, replies: impl IntoIterator<Item = ScriptedReply>) -> Self {
        let clock = ManualClock::new();
        let source = ScriptedSource::new(clock.clone(), replies);
        let policy = RefreshPolicy::new()
            .with_max_attempts(attempts)
            .with_jitter(Some(0.0));
        let cache = TokenCache::builder(source.clone())
            .refresh_policy(policy)
            .clock(clock.clone())
            .build();
        Self {
            clock,
            source,
            cache,
        }
    }

    async fn token(&self) -> String {
        self.cache.token().await.unwrap().expose_secret().to_owned()
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Lets every task of this current-thread runtime run until none can go on.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
