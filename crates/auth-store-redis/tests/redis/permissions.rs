//! Users with few permissions, on a real server.

use std::sync::Arc;

use auth_core::{Clock, ErrorKind, SystemClock};
use auth_testkit::store::contract::{self, StoreUnderTest};

use super::*;

/// Gives a user these permissions on our keys, and returns a store as that user.
async fn store(server: &RedisServer, permissions: &[&str]) -> RedisTokenStore {
    let mut command = vec![
        "ACL",
        "SETUSER",
        "tokens",
        "reset",
        "on",
        ">fake-password",
        "~{auth:*",
    ];
    command.extend(permissions);
    server.query(&command).await;
    let url = format!("{}?user=tokens&pass=fake-password", server.url());
    RedisTokenStore::from_url(&url).unwrap()
}

struct Plain(RedisTokenStore);

#[async_trait::async_trait]
impl StoreUnderTest for Plain {
    fn store(&self) -> Arc<dyn TokenStore> {
        Arc::new(self.0.clone())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock::new())
    }
}

#[tokio::test]
async fn the_permissions_of_the_readme_are_enough() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let permissions = ["+get", "+set", "+pttl", "+eval", "+del"];
        let test = Plain(store(&server, &permissions).await);
        contract::records(&test).await;
        contract::sharing(&test).await;
    }
}

#[tokio::test]
async fn a_user_without_scripts_shares_tokens_and_leaves_leases_behind() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let permissions = ["+get", "+set", "+pttl", "+pexpire"];
        let store = store(&server, &permissions).await;
        let test = Plain(store.clone());
        contract::put_and_get(&test).await;
        contract::lease_race_without_release(&test).await;
        let lease = key(RecordKind::Lease);
        store.put(&lease, b"own", LONG / 10).await.unwrap();
        assert!(
            store
                .replace_if(&lease, b"own", b"own", LONG)
                .await
                .unwrap()
        );
        let renewed = store.get(&lease).await.unwrap().unwrap();
        assert!(renewed.life.unwrap() > LONG / 2);
        let (first, second) = (process(&store, "first"), process(&store, "second"));
        assert_eq!(token(&first).await, "first");
        assert_eq!(token(&second).await, "first");
    }
}

#[tokio::test]
async fn a_server_whose_scripts_were_renamed_away_is_no_different() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &["--rename-command", "EVAL", ""]);
        let store = server.store();
        let first = process(&store, "first");
        assert_eq!(token(&first).await, "first");
        assert_eq!(token(&process(&store, "second")).await, "first");
    }
}

#[tokio::test]
async fn a_user_without_a_permission_is_told_which_ones_are_needed() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let store = store(&server, &["+get", "+pttl"]).await;
        let error = store.put(&key(RecordKind::Token), b"x", LONG).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("SET"), "{error}");
        assert_eq!(token(&process(&store, "own")).await, "own");
    }
}

/// Redis 7 quotes the arguments of a command that it does not know, and a lease is no text.
#[tokio::test]
async fn a_user_without_scripts_can_give_a_lease_up_whatever_its_bytes_are() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        for permissions in [
            &["+get", "+set", "+pttl", "+pexpire"][..],
            &["+get", "+set", "+pttl", "+eval"],
        ] {
            let store = store(&server, permissions).await;
            let lease = key(RecordKind::Lease);
            let nonce = [0xff, 0xfe, 0x80, 0x0a, 0x0d, 0xc3];
            let _ = store.put_if_absent(&lease, &nonce, LONG).await.unwrap();
            // The first call may find a command out that is unknown here, and lose its connection.
            for _ in 0..3 {
                let _ = store.delete_if(&lease, &nonce).await;
            }
            let deleted = store.delete_if(&lease, &nonce).await;
            deleted.unwrap();
            store.get(&lease).await.unwrap();
        }
    }
}
