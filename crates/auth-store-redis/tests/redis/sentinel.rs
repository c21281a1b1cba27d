//! A primary that a sentinel knows.

use super::contract::Tested;
use super::*;
use auth_testkit::store::contract;

#[tokio::test]
async fn the_primary_of_a_sentinel_keeps_records_as_a_store_must() {
    for engine in engines() {
        let options = ["--port", "PORT", "--requirepass", "fake-password"];
        let (primary, port) = RedisServer::start_on_a_port(engine, &options);
        let port = port.to_string();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("sentinel.conf");
        let monitor = format!(
            "sentinel monitor fake-primary 127.0.0.1 {port} 1\nsentinel auth-pass fake-primary fake-password\n"
        );
        std::fs::write(&config, monitor).unwrap();
        let options = [config.to_str().unwrap(), "--sentinel", "--port", "PORT"];
        let (_sentinel, port) = RedisServer::start_on_a_port(engine, &options);
        let url = format!("redis://:fake-password@127.0.0.1:{port}");
        let store = RedisTokenStore::builder(&url).sentinel("fake-primary");
        let store = store.build().unwrap();
        contract::put_and_get(&Tested {
            store: store.clone(),
            server: &primary,
        })
        .await;
        contract::lease_race(&Tested {
            store,
            server: &primary,
        })
        .await;
        let unknown = RedisTokenStore::builder(&url).sentinel("another");
        let unknown = unknown.build().unwrap();
        assert!(unknown.get(&key(RecordKind::Token)).await.is_err());
    }
}
