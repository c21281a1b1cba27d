//! Tokens that the API rejected: never taken again, and replaced once for all.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_replaced_by_one_request_for_all() {
    let fleet = Fleet::new();
    let processes = [(); 5].map(|()| fleet.process([token("t1"), token("t2")]));
    tokens(&processes).await;
    let leader = processes
        .iter()
        .position(|process| process.source.requests() == 1);
    pass(seconds(60)).await;
    for process in &processes {
        let rejected = process.cache.cached_token().unwrap();
        process.cache.invalidate(&rejected);
    }
    let latest = tokens(&processes).await;
    assert_eq!(requests(&processes), 2, "{leader:?} {latest:?}");
    assert!(latest.iter().all(|token| token == &latest[0]), "{latest:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_deleted_by_its_bytes_only() {
    let fleet = Fleet::new();
    let [first, second] = [fleet.process([token("t1"), token("t2")]), fleet.process([])];
    first.token().await;
    second.token().await;
    pass(seconds(60)).await;
    for process in [&first, &second] {
        let rejected = process.cache.cached_token().unwrap();
        process.cache.invalidate(&rejected);
    }
    assert_eq!(first.token().await, "t2");
    // The second one finds the new token, and does not delete it.
    assert_eq!(second.token().await, "t2");
    assert!(fleet.record(RecordKind::Token).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_last_eight_rejected_tokens_are_not_taken_however_old_their_rejection_is() {
    let fleet = Fleet::new();
    let process = fleet.process((1..=9).map(|turn| token(&format!("t{turn}"))));
    let mut records = Vec::new();
    for _ in 0..8 {
        process.token().await;
        records.push(fleet.record(RecordKind::Token).await.unwrap().bytes);
        pass(seconds(400)).await;
        let rejected = process.cache.cached_token().unwrap();
        process.cache.invalidate(&rejected);
    }
    let key = fleet.key(RecordKind::Lease);
    let key = StoreKey::new(key.hash(), RecordKind::Token);
    // Some store gives the very first one back, and it would still live.
    let first = records.swap_remove(1);
    fleet
        .memory
        .put(&key, &first, seconds(3_000))
        .await
        .unwrap();
    assert_eq!(process.token().await, "t9");
}

#[tokio::test(start_paused = true)]
async fn a_rejection_stays_synchronous_and_makes_no_call() {
    let fleet = Fleet::new();
    let process = fleet.process([token("t1")]);
    process.token().await;
    pass(seconds(60)).await;
    let calls = fleet.store.calls();
    let rejected = process.cache.cached_token().unwrap();
    process.cache.invalidate(&rejected);
    assert_eq!(fleet.store.calls(), calls);
    assert!(process.cache.cached_token().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_taken_out_of_the_store_before_the_next_one_is_there() {
    let fleet = Fleet::new();
    let process = fleet.process([token("t1"), token("t2").after(seconds(5))]);
    process.token().await;
    let key = fleet.key(RecordKind::Token);
    pass(seconds(60)).await;
    let rejected = process.cache.cached_token().unwrap();
    process.cache.invalidate(&rejected);
    let caller = process.clone();
    let caller = tokio::spawn(async move { caller.token().await });
    pass(seconds(1)).await;
    assert_eq!(fleet.memory.get(&key).await.unwrap(), None);
    assert_eq!(caller.await.unwrap(), "t2");
}

#[tokio::test(start_paused = true)]
async fn an_old_token_that_was_only_just_adopted_is_replaced_after_a_bare_401() {
    let fleet = Fleet::new();
    fleet.process([token("t1")]).token().await;
    pass(seconds(60)).await;
    // A process that runs once: to it, every token of the store has just arrived.
    let process = fleet.process([token("t2")]);
    let revoked = process.cache.token().await.unwrap();
    process.cache.invalidate(&revoked);
    assert_eq!(process.token().await, "t2");
    assert_eq!(fleet.process([]).token().await, "t2");
}

#[tokio::test(start_paused = true)]
async fn a_young_token_that_was_adopted_is_kept_after_a_bare_401() {
    let fleet = Fleet::new();
    fleet.process([token("t1")]).token().await;
    pass(seconds(8)).await;
    let process = fleet.process([]);
    let young = process.cache.token().await.unwrap();
    process.cache.invalidate(&young);
    assert_eq!(process.token().await, "t1");
}
