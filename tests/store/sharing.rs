//! One token for all while the store works.

use super::*;

#[tokio::test(start_paused = true)]
async fn processes_that_start_together_share_one_request_and_so_do_their_refreshes() {
    let fleet = Fleet::new();
    let processes: Vec<_> = (0..10)
        .map(|process| {
            let reply = |turn| token(&format!("{turn}-of-{process}")).after(millis(300));
            fleet.process([reply("first"), reply("second")])
        })
        .collect();
    let first = tokens(&processes).await;
    assert!(first.iter().all(|token| *token == first[0]), "{first:?}");
    assert_eq!(requests(&processes), 1);
    // Due for a refresh, and still good.
    pass(seconds(3_000)).await;
    assert_eq!(tokens(&processes).await, first);
    pass(seconds(6)).await;
    let second = tokens(&processes).await;
    assert!(second.iter().all(|token| *token == second[0]), "{second:?}");
    assert_ne!(first[0], second[0]);
    assert_eq!(requests(&processes), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_adopted_is_as_old_as_it_is() {
    let fleet = Fleet::new();
    let [first, second] = [fleet.process([token("t1")]), fleet.process([])];
    let issued_at = fleet_now(&fleet);
    first.token().await;
    pass(seconds(1_000)).await;
    let adopted = second.cache.token().await.unwrap();
    let ends_at = adopted.requested_at().monotonic() + adopted.lifetime();
    assert!(ends_at <= issued_at + seconds(3_600), "{adopted:?}");
    assert!(ends_at > issued_at + seconds(3_599), "{adopted:?}");
    let age = second.cache.health().age.unwrap();
    assert!(age >= seconds(1_000) && age < seconds(1_001), "{age:?}");
    assert_eq!(second.source.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_time_of_the_stores_response_counts_as_age() {
    let fleet = Fleet::new();
    let [first, second] = [fleet.process([token("t1")]), fleet.process([])];
    let issued_at = fleet_now(&fleet);
    first.token().await;
    // The store reads the record late, and says that much less life.
    fleet
        .store
        .set_fault(auth_testkit::store::StoreFault::Slow(millis(200)));
    let before = fleet_now(&fleet);
    let adopted = second.cache.token().await.unwrap();
    assert_eq!(adopted.requested_at().monotonic(), before);
    let ends_at = adopted.requested_at().monotonic() + adopted.lifetime();
    assert!(ends_at <= issued_at + seconds(3_600), "{adopted:?}");
}

#[tokio::test(start_paused = true)]
async fn a_record_without_a_life_is_ignored() {
    let fleet = Fleet::new();
    let [first, second] = [fleet.process([token("t1")]), fleet.process([token("t2")])];
    first.token().await;
    let record = fleet.record(RecordKind::Token).await.unwrap();
    let key = fleet.key(RecordKind::Token);
    fleet.memory.put_without_life(&key, record.bytes);
    assert_eq!(second.token().await, "t2");
}

#[tokio::test(start_paused = true)]
async fn a_store_whose_clock_was_stopped_prolongs_no_token() {
    // The store's own clock stands still, as that of a suspended machine does.
    let stopped = auth_testkit::ManualClock::new();
    let fleet = Fleet::new();
    let fleet = Fleet {
        store: FaultyTokenStore::new(MemoryTokenStore::new(stopped), fleet.clock),
        ..fleet
    };
    let [first, second] = [fleet.process([token("t1")]), fleet.process([token("t2")])];
    first.token().await;
    pass(seconds(3_599)).await;
    assert_eq!(second.token().await, "t2");
}

#[tokio::test(start_paused = true)]
async fn a_process_whose_token_is_good_neither_waits_nor_fails_while_another_requests_one() {
    let fleet = Fleet::new();
    let slow = fleet.process([token("t1"), token("t2").after(seconds(9))]);
    let other = fleet.process([]);
    slow.token().await;
    other.token().await;
    pass(seconds(2_700)).await;
    slow.token().await;
    pass(millis(10)).await;
    let before = fleet_now(&fleet);
    assert_eq!(other.token().await, "t1");
    assert_eq!(fleet_now(&fleet), before);
    pass(seconds(10)).await;
    assert_eq!(other.token().await, "t2");
    assert_eq!(requests(&[slow, other]), 2);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_runs_out_of_patience_keeps_its_good_token_and_looks_again_in_seconds() {
    let fleet = Fleet::new();
    // Slower than the wait for another process.
    let policy = fleet.policy().with_attempt_timeout(seconds(25));
    let slow = fleet.process_with(
        fleet.clock,
        policy,
        [token("t1"), token("t2").after(seconds(20))],
    );
    let other = fleet.process([]);
    slow.token().await;
    other.token().await;
    pass(seconds(2_700)).await;
    slow.token().await;
    pass(millis(10)).await;
    other.token().await;
    pass(seconds(14)).await;
    assert!(other.cache.health().refreshing_for.is_some());
    pass(seconds(2)).await;
    let health = other.cache.health();
    assert_eq!(health.refreshing_for, None);
    assert_eq!(health.failures, 0);
    assert_eq!(health.retry_in, None);
    // Held off for two seconds, and then another look.
    other.token().await;
    assert_eq!(other.cache.health().refreshing_for, None);
    pass(seconds(2)).await;
    other.token().await;
    pass(seconds(3)).await;
    assert_eq!(other.token().await, "t2");
    assert_eq!(other.source.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_sooner_than_the_present_one_is_not_taken() {
    let fleet = Fleet::new();
    let own = fleet.process([token("t1"), token("t2")]);
    own.token().await;
    fleet.memory.forget();
    pass(seconds(2_690)).await;
    let other = fleet.process([ScriptedReply::token("short", 600.0)]);
    other.token().await;
    pass(seconds(20)).await;
    own.token().await;
    pass(seconds(1)).await;
    assert_eq!(own.token().await, "t2");
    // What it got lives longer, so it is what others take now.
    assert_eq!(fleet.process([]).token().await, "t2");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_identifies_no_token_shares_none() {
    let fleet = Fleet::new();
    let source = ScriptedSource::new(fleet.clock, [token("t1")]);
    let cache = TokenCache::builder(source)
        .clock(fleet.clock)
        .token_store(fleet.store.clone())
        .build();
    cache.token().await.unwrap();
    assert_eq!(fleet.store.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_the_wait_for_another_process() {
    let fleet = Fleet::new();
    let slow = fleet.process([token("t1").after(seconds(9))]);
    let other = fleet.process([]);
    let (leading, waiting) = (slow.clone(), other.clone());
    tokio::spawn(async move { leading.token().await });
    pass(millis(10)).await;
    let waiting = tokio::spawn(async move { waiting.cache.token().await });
    pass(seconds(1)).await;
    let before = fleet_now(&fleet);
    other.cache.shutdown().await;
    assert!(fleet_now(&fleet) - before < seconds(1));
    waiting.await.unwrap().unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_needs_a_longer_life_gets_another_token_than_an_adopted_old_one() {
    let fleet = Fleet::new();
    fleet.process([token("t1")]).token().await;
    pass(seconds(3_000)).await;
    let process = fleet.process([token("t2")]);
    assert_eq!(process.token().await, "t1");
    let long = process.cache.token_valid_for(seconds(900)).await.unwrap();
    assert_eq!(long.expose_secret(), "t2");
    // No token is valid longer than tokens are: the whole life counts, not what was left at the adoption.
    let process = fleet.process([]);
    process.cache.token_valid_for(seconds(9_000)).await.unwrap();
    assert_eq!(process.source.requests(), 0);
}

fn fleet_now(fleet: &Fleet) -> Duration {
    use auth_core::Clock as _;
    fleet.clock.now().monotonic()
}
