//! Tokens that processes share through a store: what holds while it works, and while it does not.
//!
//! The processes are caches with sources of their own; they share nothing but the store.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod contract;
#[cfg(unix)]
mod files;
mod interposed;
mod sharing;
mod leases;
mod rounds;
mod tenants;
mod failures;
mod rejected;
mod outage;
mod metrics;
mod vendors;
#[cfg(unix)]
mod canaries;
#[path = "../tenants/log.rs"]
mod log;
#[cfg(unix)]
#[path = "../common/redis_server.rs"]
mod redis_server;

use std::time::Duration;

use self::interposed::Interposed;
use auth_core::store::{RecordKind, SharedStore, StoreKey, TokenStore as _};
use auth_core::{RefreshPolicy, Secret, SharedTokenId, TokenCache};
use auth_testkit::store::{FaultyTokenStore, MemoryTokenStore, RuntimeClock};
use auth_testkit::{ScriptedReply, ScriptedSource};

/// Processes with the same credentials, on a runtime whose clock is paused.
struct Fleet {
    clock: RuntimeClock,
    memory: MemoryTokenStore,
    store: FaultyTokenStore,
}

/// One process.
#[derive(Clone)]
struct Process {
    source: ScriptedSource,
    cache: TokenCache<ScriptedSource>,
}

impl Fleet {
    fn new() -> Self {
        let clock = RuntimeClock::new();
        let memory = MemoryTokenStore::new(clock);
        let store = FaultyTokenStore::new(memory.clone(), clock);
        Self {
            clock,
            memory,
            store,
        }
    }

    /// Starts a process; one attempt per refresh, and no jitter.
    fn process(&self, replies: impl IntoIterator<Item = ScriptedReply>) -> Process {
        self.process_with(self.clock, self.policy(), replies)
    }

    fn policy(&self) -> RefreshPolicy {
        RefreshPolicy::new()
            .with_max_attempts(1)
            .with_jitter(Some(0.0))
    }

    fn process_with(
        &self,
        clock: RuntimeClock,
        policy: RefreshPolicy,
        replies: impl IntoIterator<Item = ScriptedReply>,
    ) -> Process {
        let source = ScriptedSource::sharing(id(), clock, replies);
        let cache = TokenCache::builder(source.clone())
            .refresh_policy(policy)
            .clock(clock)
            .token_store(SharedStore::new(self.store.clone()))
            .build();
        Process { source, cache }
    }

    /// Returns the key of a record, once a process has stored one.
    fn key(&self, kind: RecordKind) -> StoreKey {
        let dump = self.memory.dump();
        let (key, _) = dump.first().unwrap();
        StoreKey::new(key.hash(), kind)
    }

    async fn record(&self, kind: RecordKind) -> Option<auth_core::store::StoredRecord> {
        self.memory.get(&self.key(kind)).await.unwrap()
    }
}

impl Process {
    async fn token(&self) -> String {
        self.cache.token().await.unwrap().expose_secret().to_owned()
    }
}

fn id() -> SharedTokenId {
    SharedTokenId::of_client(&Secret::from("fake-secret-of-the-client")).with_field("client")
}

fn token(text: &str) -> ScriptedReply {
    ScriptedReply::token(text, 3_600.0)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn pass(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Lets every process request a token at once, and returns the tokens.
async fn tokens(processes: &[Process]) -> Vec<String> {
    let callers = processes.iter().cloned();
    let callers: Vec<_> = callers
        .map(|process| tokio::spawn(async move { process.token().await }))
        .collect();
    let mut tokens = Vec::new();
    for caller in callers {
        tokens.push(caller.await.unwrap());
    }
    tokens
}

fn requests(processes: &[Process]) -> u64 {
    let requests = processes.iter().map(|process| process.source.requests());
    requests.sum()
}
