//! What compares and changes in one step, on servers with and without scripts.

use super::fake::Fake;
use super::*;

fn store(known: &[&'static str]) -> (Fake, RedisTokenStore) {
    let fake = Fake::knowing(known);
    let store = RedisTokenStore::from_connection(fake.clone());
    (fake, store)
}

#[tokio::test]
async fn without_scripts_a_record_is_deleted_by_redis_or_valkeys_own_command() {
    for (known, tried) in [
        ("DELEX", &["EVAL", "DELEX"][..]),
        ("DELIFEQ", &["EVAL", "DELEX", "DELIFEQ"]),
    ] {
        let (fake, store) = store(&[known]);
        let lease = key(RecordKind::Lease);
        fake.set(b"another holder");
        assert!(!store.delete_if(&lease, b"own").await.unwrap());
        assert_eq!(fake.commands(), tried);
        fake.set(b"own");
        // What works is remembered.
        assert!(store.delete_if(&lease, b"own").await.unwrap());
        assert_eq!(fake.commands(), [known]);
        assert_eq!(fake.record(), None);
    }
}

#[tokio::test]
async fn without_any_of_them_nothing_is_deleted() {
    let (fake, store) = store(&["DEL"]);
    fake.set(b"own");
    for tried in [&["EVAL", "DELEX", "DELIFEQ"][..], &[]] {
        let deleted = store.delete_if(&key(RecordKind::Lease), b"own").await;
        assert!(!deleted.unwrap());
        assert_eq!(fake.commands(), tried);
    }
    assert_eq!(fake.record().unwrap(), b"own");
}

#[tokio::test]
async fn without_scripts_a_record_is_replaced_by_a_condition_of_set() {
    let (fake, store) = store(&["SET IFEQ"]);
    let lease = key(RecordKind::Lease);
    fake.set(b"own");
    assert!(
        !store
            .replace_if(&lease, b"other", b"new", LONG)
            .await
            .unwrap()
    );
    assert_eq!(fake.commands(), ["EVAL", "SET IFEQ"]);
    assert!(
        store
            .replace_if(&lease, b"own", b"new", LONG)
            .await
            .unwrap()
    );
    assert_eq!(fake.commands(), ["SET IFEQ"]);
    assert_eq!(fake.record().unwrap(), b"new");
}

#[tokio::test]
async fn without_any_of_them_a_lease_is_renewed_and_nothing_else_replaced() {
    let (fake, store) = store(&["PEXPIRE", "SET"]);
    let lease = key(RecordKind::Lease);
    fake.set(b"own");
    assert!(
        store
            .replace_if(&lease, b"own", b"own", LONG)
            .await
            .unwrap()
    );
    assert_eq!(fake.commands(), ["EVAL", "SET IFEQ", "GET", "PEXPIRE"]);
    assert!(
        !store
            .replace_if(&lease, b"other", b"other", LONG)
            .await
            .unwrap()
    );
    assert_eq!(fake.commands(), ["GET"]);
    assert!(
        !store
            .replace_if(&lease, b"own", b"new", LONG)
            .await
            .unwrap()
    );
    assert!(fake.commands().is_empty());
    assert_eq!(fake.record().unwrap(), b"own");
}

#[tokio::test]
async fn a_failure_that_passes_disables_no_command() {
    let (fake, store) = store(&["EVAL"]);
    let lease = key(RecordKind::Lease);
    for error in [
        "ERR upstream failure",
        "ERR max number of clients reached",
        "TRYAGAIN multiple keys request during rehashing of slot",
    ] {
        fake.fail_once(error);
        store.delete_if(&lease, b"own").await.unwrap_err();
        fake.fail_once(error);
        store
            .replace_if(&lease, b"own", b"new", LONG)
            .await
            .unwrap_err();
    }
    assert_eq!(fake.commands(), ["EVAL"; 6]);
}
