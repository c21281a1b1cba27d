//! Servers that fail: each process requests its token by itself, in time, and returns to the server later.

use std::time::Instant;

use auth_core::ErrorKind;

use super::relay::Relay;
use super::*;

/// A call waits half a second for a store at most, which the store's tests in auth-core show on a clock of their own.
///
/// This is real time, so nearly all of it is for a busy machine; without a limit the wait would be that for a lease, or for ever.
const LIMIT: Duration = Duration::from_secs(15);

async fn works_by_itself(store: &RedisTokenStore) {
    let started = Instant::now();
    let process = process_with(SharedStore::new(store.clone()), "own");
    assert_eq!(token(&process).await, "own");
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_is_used_again() {
    for engine in engines() {
        let mut server = RedisServer::start_engine(engine, &[]);
        let store = server.store();
        let record = key(RecordKind::Token);
        store.put(&record, b"before", LONG).await.unwrap();
        server.kill();
        works_by_itself(&store).await;
        assert!(store.put(&record, b"meanwhile", LONG).await.is_err());
        server.restart();
        // The first call may still meet the broken connection.
        let _ = store.get(&record).await;
        assert_eq!(store.get(&record).await.unwrap(), None);
        store.put(&record, b"after", LONG).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_is_paused_costs_half_a_second() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let store = server.store();
        store
            .put(&key(RecordKind::Token), b"x", LONG)
            .await
            .unwrap();
        server.signal("STOP");
        works_by_itself(&store).await;
        // Nothing is connected yet, and the kernel accepts for it.
        works_by_itself(&server.store()).await;
        server.signal("CONT");
    }
}

#[tokio::test]
async fn a_server_at_its_memory_limit_is_one_that_is_down() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &["--maxmemory", "100kb"]);
        let store = server.store();
        let error = store.put(&key(RecordKind::Token), b"x", LONG).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("memory"), "{error}");
        let claim = store
            .put_if_absent(&key(RecordKind::Lease), b"x", LONG)
            .await;
        assert!(claim.unwrap_err().to_string().contains("memory"));
        works_by_itself(&store).await;
    }
}

#[tokio::test]
async fn a_wrong_or_a_missing_password_is_reported_as_such() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &["--requirepass", "fake-password"]);
        let socket = server.url();
        for (url, hint) in [
            (format!("{socket}?pass=fake-passwort"), "rejected"),
            (socket.clone(), "requires a password"),
        ] {
            let store = RedisTokenStore::from_url(&url).unwrap();
            let error = store.get(&key(RecordKind::Token)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            let text = format!("{error:?}");
            assert!(text.contains(hint), "{text}");
            assert!(!text.contains("fake-p"), "{text}");
            works_by_itself(&store).await;
        }
        let store = RedisTokenStore::from_url(&format!("{socket}?pass=fake-password")).unwrap();
        store.get(&key(RecordKind::Token)).await.unwrap();
    }
}

#[tokio::test]
async fn something_that_speaks_another_protocol_is_reported_as_such() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1_024]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    };
    let server = tokio::spawn(answer);
    let store = RedisTokenStore::from_url(&format!("redis://127.0.0.1:{port}")).unwrap();
    let error = store.get(&key(RecordKind::Token)).await.unwrap_err();
    assert!(error.to_string().contains("Redis protocol"), "{error:?}");
    works_by_itself(&store).await;
    server.abort();
}

#[tokio::test]
async fn nobody_at_the_address_is_reported_with_the_reason() {
    let socket = redis_server::reserve();
    let port = socket.local_addr().unwrap().port();
    let store = RedisTokenStore::from_url(&format!("redis://127.0.0.1:{port}")).unwrap();
    let error = store.get(&key(RecordKind::Token)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(format!("{error:?}").contains("refused"), "{error:?}");
    let mut error: &dyn std::error::Error = &error;
    while let Some(source) = error.source() {
        assert!(!error.to_string().contains(&source.to_string()), "{error}");
        error = source;
    }
    works_by_itself(&store).await;
}

#[tokio::test]
async fn a_server_that_accepts_and_never_answers_costs_half_a_second() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let store = RedisTokenStore::from_url(&format!("redis://127.0.0.1:{port}")).unwrap();
    works_by_itself(&store).await;
    drop(listener);
}

#[tokio::test]
async fn a_connection_that_died_without_a_sign_is_replaced() {
    for engine in engines() {
        let server = RedisServer::start_engine(engine, &[]);
        let relay = Relay::start(server.socket()).await;
        let store = RedisTokenStore::from_url(&relay.url()).unwrap();
        let record = key(RecordKind::Token);
        store.put(&record, b"before", LONG).await.unwrap();
        relay.forget_connections();
        // As the cache gives a call up.
        let limit = Duration::from_millis(250);
        let given_up = tokio::time::timeout(limit, store.get(&record)).await;
        given_up.unwrap_err();
        let found = tokio::time::timeout(Duration::from_secs(10), store.get(&record)).await;
        assert_eq!(&*found.unwrap().unwrap().unwrap().bytes, b"before");
    }
}
