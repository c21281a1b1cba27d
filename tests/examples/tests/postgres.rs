//! The contract suite of token stores on the example for PostgreSQL, and what only a real server can show.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

#[path = "common/postgres_server.rs"]
mod postgres_server;

use std::sync::Arc;
use std::time::Duration;

use auth_testkit::store::contract::{self, StoreUnderTest};
use examples::postgres_store::{PostgresTokenStore, TABLE};
use maia_auth::auth_core::store::{RecordKind, StoreKey, TokenStore};
use maia_auth::auth_core::{Clock, SystemClock};
use tokio_postgres::{Client, Config, NoTls};

use self::postgres_server::PostgresServer;

struct Tested(Arc<PostgresTokenStore>);

#[async_trait::async_trait]
impl StoreUnderTest for Tested {
    fn store(&self) -> Arc<dyn TokenStore> {
        Arc::clone(&self.0) as _
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock::new())
    }
}

/// Starts a server with the table; `None` if there is none to start.
async fn start() -> Option<(PostgresServer, Client, Tested)> {
    if !postgres_server::is_installed() {
        return None;
    }
    let server = PostgresServer::start();
    let config: Config = server.settings().parse().unwrap();
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(TABLE).await.unwrap();
    let store = PostgresTokenStore::new(config);
    Some((server, client, Tested(Arc::new(store))))
}

#[tokio::test]
async fn a_database_keeps_records_as_a_store_must() {
    if let Some((_server, _, tested)) = start().await {
        contract::records(&tested).await;
    }
}

#[tokio::test]
async fn processes_share_tokens_through_a_database() {
    if let Some((_server, _, tested)) = start().await {
        contract::sharing(&tested).await;
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closes_is_opened_again() {
    let Some((_server, client, Tested(store))) = start().await else {
        return;
    };
    let key = StoreKey::new("0123456789abcdef", RecordKind::Token);
    let minute = Duration::from_secs(60);
    store.put(&key, b"record", minute).await.unwrap();
    // It waits until they have ended, for at most a minute.
    let end_others = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity \
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    client.batch_execute(end_others).await.unwrap();
    // The call that notices may fail.
    let _ = store.get(&key).await;
    let record = store.get(&key).await.unwrap().unwrap();
    assert_eq!(record.bytes, "record");
    let left = record.life.unwrap();
    assert!(left <= minute && left > minute / 2, "{left:?}");
}
