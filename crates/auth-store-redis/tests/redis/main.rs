//! The store against real servers, which the tests start and stop, and against one that is made up.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

#[path = "../../../../tests/common/redis_server.rs"]
mod redis_server;
mod relay;
mod fake;
mod contract;
mod abilities;
mod permissions;
mod outage;
mod settings;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "cluster")]
mod cluster;
#[cfg(feature = "sentinel")]
mod sentinel;

use std::time::Duration;

use auth_core::store::{PutIfAbsent, RecordKind, SharedStore, StoreKey, TokenStore};
use auth_core::{Secret, SharedTokenId, TokenCache};
use auth_store_redis::RedisTokenStore;
use auth_testkit::{ScriptedReply, ScriptedSource};

use self::redis_server::{RedisServer, engines};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(60);

/// What these tests do with a server.
impl RedisServer {
    fn store(&self) -> RedisTokenStore {
        RedisTokenStore::from_url(&self.url()).unwrap()
    }

    /// Sends a command over a connection of its own.
    async fn query(&self, words: &[&str]) -> redis::Value {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(*word);
        }
        command.query_async(&mut connection).await.unwrap()
    }
}

fn key(kind: RecordKind) -> StoreKey {
    StoreKey::new("0123456789abcdef", kind)
}

/// A process that shares its token through a store, and whose source returns this one.
///
/// On a busy machine a call may take long, and a test that counts must not meet the limit.
fn process(store: &RedisTokenStore, token: &str) -> TokenCache<ScriptedSource> {
    let store = SharedStore::new(store.clone());
    process_with(store.with_call_limit(Duration::from_secs(10)), token)
}

fn process_with(store: SharedStore, token: &str) -> TokenCache<ScriptedSource> {
    let id = SharedTokenId::of_client(&Secret::from("fake-secret-of-the-fleet"));
    let reply = ScriptedReply::token(token, 3_600.0).repeat();
    let source = ScriptedSource::sharing(id, auth_core::SystemClock::new(), [reply]);
    TokenCache::builder(source).token_store(store).build()
}

async fn token(cache: &TokenCache<ScriptedSource>) -> String {
    cache.token().await.unwrap().expose_secret().to_owned()
}
