//! A few caches that stand for processes, over the store under test.

use std::sync::Arc;
use std::time::Duration;

use auth_core::store::{RecordKind, SharedStore, StoreKey, StoredRecord, TokenStore};
use auth_core::{Clock, ClockReading, RefreshPolicy, Secret, SharedTokenId, TokenCache};

use super::super::FaultyTokenStore;
use super::StoreUnderTest;
use super::spy::Spy;
use crate::scripted::{ScriptedReply, ScriptedSource};

/// A fleet of processes with the same credentials, which no other check has.
pub(super) struct Fleet {
    pub(super) store: FaultyTokenStore,
    clock: Arc<dyn Clock>,
    secret: String,
}

/// One process.
pub(super) struct Process {
    pub(super) source: ScriptedSource,
    pub(super) cache: TokenCache<ScriptedSource>,
}

impl Fleet {
    pub(super) fn new(test: &impl StoreUnderTest) -> Self {
        Self {
            store: FaultyTokenStore::new(test.store(), test.clock()),
            clock: test.clock(),
            secret: format!("fake-secret-{:032x}", fastrand::u128(..)),
        }
    }

    /// Returns another fleet over the same store.
    pub(super) fn other(&self) -> Self {
        Self {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            secret: format!("fake-secret-{:032x}", fastrand::u128(..)),
        }
    }

    /// Starts a process whose token requests return tokens with this text.
    pub(super) fn process(&self, token: &str) -> Process {
        self.process_at(token, Arc::clone(&self.clock))
    }

    /// As [`Fleet::process`], for a process whose wall clock is off by this many seconds.
    pub(super) fn process_with_wall_off(&self, token: &str, seconds: i64) -> Process {
        let clock = Skewed {
            clock: Arc::clone(&self.clock),
            seconds,
        };
        self.process_at(token, Arc::new(clock))
    }

    fn process_at(&self, token: &str, clock: Arc<dyn Clock>) -> Process {
        let id = SharedTokenId::of_client(&Secret::from(self.secret.as_str()));
        let reply = ScriptedReply::token(token, 3_600.0).repeat();
        let source = ScriptedSource::sharing(id, Arc::clone(&clock), [reply]);
        let policy = RefreshPolicy::new().with_max_attempts(1);
        let cache = TokenCache::builder(source.clone())
            .refresh_policy(policy)
            .clock(clock)
            .token_store(SharedStore::new(self.store.clone()))
            .build();
        Process { source, cache }
    }

    /// Returns the keys of the fleet's records, which a spy between the caches and the store learns.
    pub(super) async fn keys(&self) -> [StoreKey; 3] {
        let spy = Spy::default();
        let id = SharedTokenId::of_client(&Secret::from(self.secret.as_str()));
        let source = ScriptedSource::sharing(id, Arc::clone(&self.clock), []);
        let cache = TokenCache::builder(source)
            .clock(Arc::clone(&self.clock))
            .token_store(SharedStore::new(spy.clone()))
            .build();
        // Without a reply it fails, and shares nothing.
        let _ = cache.token().await;
        let hash = spy.hash();
        [RecordKind::Token, RecordKind::Lease, RecordKind::Failure]
            .map(|kind| StoreKey::new(&hash, kind))
    }

    pub(super) async fn token_record(&self) -> Option<StoredRecord> {
        let [token, ..] = self.keys().await;
        self.store.get(&token).await.unwrap()
    }
}

impl Process {
    pub(super) async fn token(&self) -> String {
        let token = self.cache.token().await.unwrap();
        token.expose_secret().to_owned()
    }
}

/// A clock whose wall is off.
#[derive(Debug)]
struct Skewed {
    clock: Arc<dyn Clock>,
    seconds: i64,
}

impl Clock for Skewed {
    fn now(&self) -> ClockReading {
        let now = self.clock.now();
        let by = Duration::from_secs(self.seconds.unsigned_abs());
        let wall = match self.seconds {
            0.. => now.wall() + by,
            _ => now.wall().saturating_sub(by),
        };
        ClockReading::new(now.monotonic(), wall)
    }

    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        self.clock.sleep(duration)
    }
}
