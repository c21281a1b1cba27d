//! The lease: renewed as long as it takes, ended by its holder's death, and never another's to release.

use auth_core::store::PutIfAbsent;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_while_the_endpoint_is_slow() {
    let fleet = Fleet::new();
    let slow = || [token("t1").after(seconds(8))];
    let processes = [(); 5].map(|()| fleet.process(slow()));
    assert_eq!(tokens(&processes).await, ["t1"; 5]);
    assert_eq!(requests(&processes), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_released_as_soon_as_the_token_is_there() {
    let fleet = Fleet::new();
    fleet.process([token("t1")]).token().await;
    assert!(fleet.record(RecordKind::Lease).await.is_none());
    assert!(fleet.record(RecordKind::Token).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn another_holders_lease_is_not_released() {
    let fleet = Fleet::new();
    let process = fleet.process([token("t1").after(millis(500))]);
    let leading = process.clone();
    let leading = tokio::spawn(async move { leading.token().await });
    pass(millis(100)).await;
    // A fail-over lost the lease, and another process has it now.
    let lease = fleet.key(RecordKind::Lease);
    fleet.memory.forget();
    let taken = fleet
        .memory
        .put_if_absent(&lease, b"another holder", seconds(5));
    assert_eq!(taken.await.unwrap(), PutIfAbsent::Put);
    assert_eq!(leading.await.unwrap(), "t1");
    let held = fleet.memory.get(&lease).await.unwrap().unwrap();
    assert_eq!(held.bytes, "another holder");
}

#[tokio::test(start_paused = true)]
async fn the_death_of_a_holder_costs_the_rest_of_its_lease() {
    let fleet = Fleet::new();
    let (holder, other) = (
        fleet.process([ScriptedReply::hang()]),
        fleet.process([token("t1")]),
    );
    kill_while_it_leads(holder).await;
    let started = tokio::time::Instant::now();
    assert_eq!(other.token().await, "t1");
    let took = started.elapsed();
    assert!(took > seconds(4) && took < millis(5_400), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_death_of_a_holder_costs_less_while_the_token_of_the_others_ends_soon() {
    let fleet = Fleet::new();
    let [holder, other] = [ScriptedReply::hang(), ScriptedReply::token("t2", 6.0)]
        .map(|next| fleet.process([ScriptedReply::token("t1", 6.0), next]));
    holder.token().await;
    other.token().await;
    // Due after 3.9 s, and gone after 5.4 s.
    pass(millis(3_950)).await;
    kill_while_it_leads(holder).await;
    pass(millis(1_400)).await;
    let started = tokio::time::Instant::now();
    let replies = other.token().await;
    assert!(
        started.elapsed() < millis(900),
        "{replies} {:?}",
        started.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn after_two_dead_holders_a_process_without_a_token_goes_by_itself() {
    let fleet = Fleet::new();
    fleet.process([token("t0")]).token().await;
    let lease = fleet.key(RecordKind::Lease);
    let started = tokio::time::Instant::now();
    let waiting = fleet.process([token("t1")]);
    let mut caller = None;
    // Each time that the lease ends, another process is faster, and dies.
    for holder in ["first", "second", "third"] {
        fleet.memory.forget();
        let life = seconds(5);
        let claim = fleet.memory.put_if_absent(&lease, holder.as_bytes(), life);
        assert_eq!(claim.await.unwrap(), PutIfAbsent::Put);
        let waiting = waiting.clone();
        caller.get_or_insert_with(|| tokio::spawn(async move { waiting.token().await }));
        pass(millis(4_950)).await;
    }
    assert_eq!(caller.unwrap().await.unwrap(), "t1");
    // It would wait for the third holder until its lease ends after fifteen seconds.
    assert!(started.elapsed() < seconds(15), "{:?}", started.elapsed());
    assert_eq!(
        fleet.memory.get(&lease).await.unwrap().unwrap().bytes,
        "third"
    );
}

#[tokio::test(start_paused = true)]
async fn a_process_without_a_token_waits_for_no_more_than_twenty_seconds() {
    let fleet = Fleet::new();
    let policy = fleet.policy().with_attempt_timeout(seconds(29));
    let holder = fleet.process_with(fleet.clock, policy, [token("t1").after(seconds(28))]);
    let leading = holder.clone();
    tokio::spawn(async move { leading.cache.token().await });
    pass(millis(10)).await;
    let policy = fleet.policy().with_jitter(Some(0.999));
    let waiting = fleet.process_with(fleet.clock, policy, [token("t2")]);
    let started = tokio::time::Instant::now();
    assert_eq!(waiting.token().await, "t2");
    let took = started.elapsed();
    assert!(took > seconds(19) && took < seconds(21), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_arrived_between_the_look_and_the_lease_is_taken() {
    let fleet = Fleet::new();
    let (first, second) = (fleet.process([token("t1")]), fleet.process([token("t2")]));
    // The first process gets its token, and releases its lease, just before the second one claims it.
    let leading = first.clone();
    let interposed = Interposed::before_the_first_claim(&fleet, move || {
        let leading = leading.clone();
        Box::pin(async move {
            leading.token().await;
        })
    });
    let cache = TokenCache::builder(second.source.clone())
        .clock(fleet.clock)
        .token_store(interposed)
        .build();
    assert_eq!(cache.token().await.unwrap().expose_secret(), "t1");
    assert_eq!(requests(&[first, second]), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lease_of_something_else_holds_nobody_up() {
    let fleet = Fleet::new();
    fleet.process([token("t1")]).token().await;
    let lease = fleet.key(RecordKind::Lease);
    for life in [None, Some(seconds(3_600))] {
        fleet.memory.forget();
        match life {
            None => fleet.memory.put_without_life(&lease, "foreign"),
            Some(life) => fleet.memory.put(&lease, b"foreign", life).await.unwrap(),
        }
        let started = tokio::time::Instant::now();
        assert_eq!(fleet.process([token("t2")]).token().await, "t2");
        assert_eq!(started.elapsed(), Duration::ZERO);
        // What it got is shared all the same.
        assert_eq!(fleet.process([]).token().await, "t2");
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_without_the_lease_leaves_a_token_that_lives_longer() {
    let fleet = Fleet::new();
    fleet.process([token("t1")]).token().await;
    let lease = fleet.key(RecordKind::Lease);
    fleet.memory.forget();
    fleet.memory.put_without_life(&lease, "foreign");
    let short = ScriptedReply::token("short", 600.0).after(seconds(2));
    let (slow, quick) = (fleet.process([short]), fleet.process([token("long")]));
    let caller = slow.clone();
    let caller = tokio::spawn(async move { caller.token().await });
    pass(seconds(1)).await;
    quick.token().await;
    assert_eq!(caller.await.unwrap(), "short");
    assert_eq!(fleet.process([]).token().await, "long");
}

/// Lets a process begin a token request, and kills it.
async fn kill_while_it_leads(process: Process) {
    let leading = process.clone();
    let leading = tokio::spawn(async move { leading.cache.token().await.map(drop) });
    pass(millis(100)).await;
    leading.abort();
    let _ = leading.await;
    // The last clone ends the refresh, which leaves the lease behind.
    drop(process);
}
