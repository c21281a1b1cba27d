//! What a store does with single records.

use std::sync::Arc;
use std::time::Duration;

use auth_core::store::{MAX_RECORD, PutIfAbsent, RecordKind, StoreKey, TokenStore};

use super::{LONG, StoreUnderTest, new_key};

/// A record comes back as it was put, with at most the life that it was given, and a later one replaces it.
pub async fn put_and_get(test: &impl StoreUnderTest) {
    let (store, key) = (test.store(), new_key(RecordKind::Token));
    assert_eq!(store.get(&key).await.unwrap(), None, "a record of nobody");
    store.put(&key, b"first", LONG).await.unwrap();
    let record = store.get(&key).await.unwrap().unwrap();
    assert_eq!(record.bytes, "first");
    let life = record.life.unwrap();
    assert!(life <= LONG, "{life:?} is more than the record was given");
    assert!(life > LONG / 2, "{life:?} is too little");
    store.put(&key, b"second", LONG / 2).await.unwrap();
    let record = store.get(&key).await.unwrap().unwrap();
    assert_eq!(record.bytes, "second");
    assert!(
        record.life.unwrap() <= LONG / 2,
        "the life was not replaced"
    );
    let other = StoreKey::new(key.hash(), RecordKind::Failure);
    assert_eq!(
        store.get(&other).await.unwrap(),
        None,
        "kinds are not apart"
    );
}

/// A record is gone once its life has ended, for every operation.
pub async fn record_life(test: &impl StoreUnderTest) {
    let (store, short) = (test.store(), Duration::from_millis(200));
    for kind in [RecordKind::Token, RecordKind::Lease, RecordKind::Failure] {
        let key = new_key(kind);
        assert_eq!(
            store.put_if_absent(&key, b"old", short).await.unwrap(),
            PutIfAbsent::Put
        );
        test.pass(short * 2).await;
        assert_eq!(store.get(&key).await.unwrap(), None, "{kind:?} lives on");
        assert!(!store.replace_if(&key, b"old", b"new", LONG).await.unwrap());
        assert!(!store.delete_if(&key, b"old").await.unwrap());
        assert_eq!(
            store.put_if_absent(&key, b"new", LONG).await.unwrap(),
            PutIfAbsent::Put,
            "an ended record is in the way"
        );
        store.delete_if(&key, b"new").await.unwrap();
    }
}

/// Records are bytes, not text.
pub async fn any_bytes(test: &impl StoreUnderTest) {
    let (store, key) = (test.store(), new_key(RecordKind::Token));
    let record: Vec<u8> = (0..=u8::MAX).chain([0, 13, 10, 0]).collect();
    store.put(&key, &record, LONG).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap().unwrap().bytes, record);
}

/// The largest record fits.
pub async fn large_record(test: &impl StoreUnderTest) {
    let (store, key) = (test.store(), new_key(RecordKind::Token));
    let record: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..))
        .take(MAX_RECORD)
        .collect();
    store.put(&key, &record, LONG).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap().unwrap().bytes, record);
    assert!(store.delete_if(&key, &record).await.unwrap());
}

/// A record without a limited life is reported as such.
pub async fn without_life(test: &impl StoreUnderTest) {
    let (store, key) = (test.store(), new_key(RecordKind::Token));
    if test.put_without_life(&key, b"foreign").await {
        let life = store.get(&key).await.unwrap().unwrap().life;
        assert_eq!(life, None);
        let held = store.put_if_absent(&key, b"own", LONG).await.unwrap();
        assert_eq!(held, PutIfAbsent::Held(None));
        store.put(&key, b"own", LONG).await.unwrap();
        assert!(store.get(&key).await.unwrap().unwrap().life.is_some());
    }
}

/// A record is replaced only if it is the one that the caller knows, and lives as long as the caller says.
pub async fn compare_and_replace(test: &impl StoreUnderTest) {
    let (store, key) = (test.store(), new_key(RecordKind::Lease));
    assert!(!store.replace_if(&key, b"one", b"two", LONG).await.unwrap());
    let put = store.put_if_absent(&key, b"one", LONG / 4).await.unwrap();
    assert_eq!(put, PutIfAbsent::Put);
    assert!(
        !store
            .replace_if(&key, b"two", b"three", LONG)
            .await
            .unwrap()
    );
    let renewed = store.replace_if(&key, b"one", b"one", LONG).await.unwrap();
    assert!(renewed, "the holder could not renew its record");
    match store.put_if_absent(&key, b"other", LONG).await.unwrap() {
        PutIfAbsent::Held(Some(left)) => assert!(left > LONG / 2, "{left:?}: not renewed"),
        outcome => assert_eq!(outcome, PutIfAbsent::Held(Some(LONG))),
    }
    store.delete_if(&key, b"one").await.unwrap();
}

/// A record is deleted only if it is the one that the caller knows.
pub async fn compare_and_delete(test: &impl StoreUnderTest) {
    for kind in [RecordKind::Token, RecordKind::Lease] {
        let (store, key) = (test.store(), new_key(kind));
        assert!(!store.delete_if(&key, b"one").await.unwrap());
        store.put_if_absent(&key, b"one", LONG).await.unwrap();
        assert!(!store.delete_if(&key, b"two").await.unwrap());
        let held = store.put_if_absent(&key, b"two", LONG).await.unwrap();
        assert!(
            matches!(held, PutIfAbsent::Held(_)),
            "another's was deleted"
        );
        assert!(store.delete_if(&key, b"one").await.unwrap());
        assert!(!store.delete_if(&key, b"one").await.unwrap());
        let put = store.put_if_absent(&key, b"two", LONG).await.unwrap();
        assert_eq!(put, PutIfAbsent::Put, "a deleted record is in the way");
        store.delete_if(&key, b"two").await.unwrap();
    }
}

/// Of fifty tasks that want a lease at the same time, one gets it, ten times in a row.
pub async fn lease_race(test: &impl StoreUnderTest) {
    for round in 0..10 {
        let (store, key, winner) = race(test, round).await;
        assert!(store.delete_if(&key, &[winner]).await.unwrap());
    }
}

/// As [`lease_race`], for a store that cannot release: the lease ends by itself.
pub async fn lease_race_without_release(test: &impl StoreUnderTest) {
    for round in 0..10 {
        race(test, round).await;
    }
}

async fn race(test: &impl StoreUnderTest, round: u8) -> (Arc<dyn TokenStore>, StoreKey, u8) {
    let (store, key) = (test.store(), new_key(RecordKind::Lease));
    let mut tasks = Vec::new();
    for task in 0..50_u8 {
        tasks.push(tokio::spawn(claim(Arc::clone(&store), key.clone(), task)));
    }
    let mut winners = Vec::new();
    for (task, claimed) in (0..).zip(tasks) {
        if claimed.await.unwrap() {
            winners.push(task);
        }
    }
    assert_eq!(winners.len(), 1, "round {round}: winners of the lease");
    (store, key, winners[0])
}

async fn claim(store: Arc<dyn TokenStore>, key: StoreKey, task: u8) -> bool {
    let claim = store.put_if_absent(&key, &[task], LONG).await.unwrap();
    claim == PutIfAbsent::Put
}
