//! A store that fails at any step: the process goes by itself, as if there were none.

use auth_testkit::store::StoreFault;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_at_any_moment_fails_no_call_and_costs_half_a_second() {
    // The calls of a leader, each of them 20 ms, and the token request of 100 ms in between.
    for at in (0..260).step_by(10) {
        for fault in [StoreFault::Down, StoreFault::Silent] {
            let fleet = Fleet::new();
            fleet.store.set_fault(StoreFault::Slow(millis(20)));
            let process = fleet.process([token("t1").after(millis(100))]);
            let started = tokio::time::Instant::now();
            let caller = process.clone();
            let caller = tokio::spawn(async move { caller.token().await });
            pass(millis(at)).await;
            fleet.store.set_fault(fault);
            assert_eq!(caller.await.unwrap(), "t1");
            let took = started.elapsed();
            assert!(took <= millis(100 + 500), "{fault:?} at {at}: {took:?}");
            assert_eq!(process.source.requests(), 1, "{fault:?} at {at}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_that_waits_for_another_one_goes_by_itself_when_the_store_fails() {
    let fleet = Fleet::new();
    let slow = fleet.process([token("t1").after(seconds(8))]);
    let other = fleet.process([token("t2")]);
    let leading = slow.clone();
    tokio::spawn(async move { leading.token().await });
    pass(millis(10)).await;
    let caller = other.clone();
    let caller = tokio::spawn(async move { caller.token().await });
    pass(seconds(1)).await;
    fleet.store.set_fault(StoreFault::Silent);
    let started = tokio::time::Instant::now();
    assert_eq!(caller.await.unwrap(), "t2");
    assert!(started.elapsed() < millis(500), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_down_is_left_alone_for_longer_and_longer_and_used_again() {
    let fleet = Fleet::new();
    fleet.store.set_fault(StoreFault::Down);
    let process = fleet.process([ScriptedReply::token("t", 2.0).repeat()]);
    let mut calls = Vec::new();
    for second in 0..80 {
        process.token().await;
        let made = fleet.store.calls();
        if calls.last().is_none_or(|(_, last)| *last != made) {
            calls.push((second, made));
        }
        pass(seconds(1)).await;
    }
    let pauses: Vec<u64> = calls.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(pauses.len() >= 4, "{calls:?}");
    for (pause, least) in pauses.iter().zip([5, 10, 20, 40]) {
        assert!((least..least + 4).contains(pause), "{pauses:?}");
    }
    fleet.store.set_fault(None);
    let mut seconds_until_used = 0;
    while fleet.memory.dump().is_empty() {
        process.token().await;
        pass(seconds(1)).await;
        seconds_until_used += 1;
        assert!(seconds_until_used < 70);
    }
}

#[tokio::test(start_paused = true)]
async fn two_caches_of_one_handle_leave_the_store_alone_together() {
    let fleet = Fleet::new();
    fleet.store.set_fault(StoreFault::Down);
    let shared = SharedStore::new(fleet.store.clone());
    for text in ["t1", "t2"] {
        let source = ScriptedSource::sharing(id(), fleet.clock, [token(text)]);
        let cache = TokenCache::builder(source)
            .clock(fleet.clock)
            .token_store(shared.clone())
            .build();
        cache.token().await.unwrap();
    }
    // The first look reads two records at once.
    assert!(fleet.store.calls() <= 2, "{}", fleet.store.calls());
}

#[tokio::test(start_paused = true)]
async fn the_refresh_that_finds_the_store_up_again_shares_its_token() {
    let fleet = Fleet::new();
    fleet.store.set_fault(StoreFault::Down);
    let first = fleet.process([token("t0"), token("t1")]);
    first.token().await;
    pass(seconds(60)).await;
    // It is up again, and takes a moment, as stores do that are not in memory.
    fleet.store.set_fault(StoreFault::Slow(millis(20)));
    let rejected = first.cache.cached_token().unwrap();
    first.cache.invalidate(&rejected);
    assert_eq!(first.token().await, "t1");
    let kinds: Vec<_> = fleet
        .memory
        .dump()
        .iter()
        .map(|(key, _)| key.kind())
        .collect();
    assert!(kinds.contains(&RecordKind::Token), "{kinds:?}");
}
