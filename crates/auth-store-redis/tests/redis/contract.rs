//! The contract suite of token stores, and what only a real server can show.

use std::sync::Arc;

use auth_core::{Clock, SystemClock};
use auth_testkit::store::contract::{self, StoreUnderTest};

use super::*;

pub(crate) struct Tested<'a> {
    pub(crate) store: RedisTokenStore,
    pub(crate) server: &'a RedisServer,
}

#[async_trait::async_trait]
impl StoreUnderTest for Tested<'_> {
    fn store(&self) -> Arc<dyn TokenStore> {
        Arc::new(self.store.clone())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock::new())
    }

    async fn put_without_life(&self, key: &StoreKey, record: &[u8]) -> bool {
        let record = std::str::from_utf8(record).unwrap();
        self.server.query(&["SET", key.as_str(), record]).await;
        true
    }
}

#[tokio::test]
async fn a_server_keeps_records_as_a_store_must() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let store = server.store();
        contract::records(&Tested {
            store,
            server: &server,
        })
        .await;
    }
}

#[tokio::test]
async fn processes_share_tokens_through_a_server() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let store = server.store();
        contract::sharing(&Tested {
            store,
            server: &server,
        })
        .await;
    }
}

#[tokio::test]
async fn a_connection_of_the_program_will_do() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let client = redis::Client::open(server.url()).unwrap();
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        let store = RedisTokenStore::from_connection(connection);
        contract::records(&Tested {
            store,
            server: &server,
        })
        .await;
    }
}

#[test]
fn a_store_outlives_the_runtime_that_connected_first() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let store = server.store();
        for _ in 0..20 {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                store
                    .put(&key(RecordKind::Token), b"x", LONG)
                    .await
                    .unwrap();
            });
        }
    }
}

#[tokio::test]
async fn a_value_of_another_type_is_no_record_and_is_replaced() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let store = server.store();
        let key = key(RecordKind::Token);
        server.query(&["LPUSH", key.as_str(), "foreign"]).await;
        assert_eq!(store.get(&key).await.unwrap(), None);
        let held = store.put_if_absent(&key, b"own", LONG).await.unwrap();
        assert_eq!(held, PutIfAbsent::Held(None));
        store.put(&key, b"own", LONG).await.unwrap();
        assert_eq!(store.get(&key).await.unwrap().unwrap().bytes, "own");
    }
}

#[tokio::test]
async fn a_dump_of_the_server_shows_no_token_no_secret_and_no_name() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let first = process(&server.store(), "canary-of-the-token");
        assert_eq!(token(&first).await, "canary-of-the-token");
        server.query(&["SAVE"]).await;
        let dump = std::fs::read(server.folder().join("dump.rdb")).unwrap();
        let contains = |text: &str| {
            dump.windows(text.len())
                .any(|bytes| bytes == text.as_bytes())
        };
        assert!(contains("{auth:"));
        for canary in ["canary", "fake-s", "fleet"] {
            assert!(!contains(canary), "{canary}");
        }
    }
}
