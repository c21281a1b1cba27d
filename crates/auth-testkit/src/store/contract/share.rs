//! What becomes of processes that share a token through a store, also if the store fails or lies.

use std::sync::Arc;
use std::time::Duration;

use auth_core::store::TokenStore;
use auth_core::{AccessToken, Clock};

use super::super::StoreFault;
use super::world::{Fleet, Process};
use super::{LONG, StoreUnderTest};

/// Twenty processes that start together cause one token request.
pub async fn one_request(test: &impl StoreUnderTest) {
    let fleet = Fleet::new(test);
    let processes: Vec<Process> = (0..20).map(|_| fleet.process("shared")).collect();
    let callers: Vec<_> = processes
        .iter()
        .map(|process| {
            let cache = process.cache.clone();
            tokio::spawn(async move { cache.token().await })
        })
        .collect();
    for caller in callers {
        let token = caller.await.unwrap().unwrap();
        assert_eq!(text(&token), "shared");
    }
    assert_eq!(requests(&processes), 1);
    let record = fleet.token_record().await.unwrap();
    let is_shown = record.bytes.windows(6).any(|bytes| bytes == b"shared");
    assert!(!is_shown, "the store sees the token");
}

/// What is no record of ours is ignored and replaced.
pub async fn garbage(test: &impl StoreUnderTest) {
    let fleet = Fleet::new(test);
    let [token, lease, failure] = fleet.keys().await;
    for key in [&token, &failure] {
        fleet.store.put(key, b"garbage", LONG).await.unwrap();
    }
    let (first, second) = (fleet.process("first"), fleet.process("second"));
    assert_eq!(first.token().await, "first");
    assert_eq!(second.token().await, "first");
    // Under the name of the lease it is another holder's, which never ends if it has no life.
    let fleet = Fleet::new(test);
    let [_, foreign, _] = fleet.keys().await;
    assert_ne!(foreign, lease);
    fleet.store.put(&foreign, b"garbage", LONG).await.unwrap();
    assert_eq!(fleet.process("third").token().await, "third");
}

/// Processes with another secret share nothing.
pub async fn wrong_key(test: &impl StoreUnderTest) {
    let (fleet, other) = (Fleet::new(test), Fleet::new(test));
    assert_eq!(fleet.process("ours").token().await, "ours");
    assert_eq!(other.process("theirs").token().await, "theirs");
    assert_eq!(fleet.process("unused").token().await, "ours");
}

/// Another tenant's record, copied over ours, does not open.
pub async fn copied_record(test: &impl StoreUnderTest) {
    let fleet = Fleet::new(test);
    let other = fleet.other();
    assert_eq!(other.process("theirs").token().await, "theirs");
    let record = other.token_record().await.unwrap();
    let [token, ..] = fleet.keys().await;
    fleet.store.put(&token, &record.bytes, LONG).await.unwrap();
    assert_eq!(fleet.process("ours").token().await, "ours");
    assert_eq!(fleet.process("unused").token().await, "ours");
}

/// Wall clocks that are an hour off never lengthen a token's life, and cost a token request at most.
pub async fn wrong_clocks(test: &impl StoreUnderTest) {
    for (ours, theirs) in [(0, 0), (0, -3_600), (3_600, 0), (0, 3_600), (-3_600, 0)] {
        let fleet = Fleet::new(test);
        let first = fleet.process_with_wall_off("first", ours);
        let second = fleet.process_with_wall_off("second", theirs);
        assert_eq!(first.token().await, "first");
        let issued_at = fleet_now(test);
        let token = second.cache.token().await.unwrap();
        let is_ahead = theirs > ours;
        let expected = if is_ahead { "second" } else { "first" };
        assert_eq!(text(&token), expected, "{ours} {theirs}");
        // However the second process's clock is set, it knows when the token ends.
        let ends_at = token.requested_at().monotonic() + token.lifetime();
        let latest = issued_at + Duration::from_secs(3_600) + TICK;
        assert!(is_ahead || ends_at <= latest, "{ours} {theirs}");
    }
}

/// A store that loses everything costs one token request, and no error.
pub async fn fail_over(test: &impl StoreUnderTest) {
    let fleet = Fleet::new(test);
    let [first, second] = [fleet.process("first"), fleet.process("second")];
    assert_eq!(first.token().await, "first");
    test.forget(&fleet.keys().await).await;
    assert_eq!(first.token().await, "first");
    assert_eq!(second.token().await, "second");
    assert_eq!(fleet.process("third").token().await, "second");
}

/// A store that is slow, but within the limit of a call, is used; a slower one is not waited for.
pub async fn slow_store(test: &impl StoreUnderTest) {
    let fleet = Fleet::new(test);
    fleet
        .store
        .set_fault(StoreFault::Slow(Duration::from_millis(20)));
    assert_eq!(fleet.process("first").token().await, "first");
    assert_eq!(fleet.process("second").token().await, "first");
    fleet.store.set_fault(StoreFault::Slow(LONG));
    by_itself(test, &fleet).await;
}

/// A store that is down costs nothing.
pub async fn store_down(test: &impl StoreUnderTest) {
    let fleet = Fleet::new(test);
    fleet.store.set_fault(StoreFault::Down);
    by_itself(test, &fleet).await;
}

/// A store that accepts calls and never responds is not waited for.
pub async fn store_silent(test: &impl StoreUnderTest) {
    let fleet = Fleet::new(test);
    fleet.store.set_fault(StoreFault::Silent);
    by_itself(test, &fleet).await;
}

/// A process requests a token by itself, in time, and leaves the store alone for a while.
async fn by_itself(test: &impl StoreUnderTest, fleet: &Fleet) {
    let process = fleet.process("own");
    let (started, before) = (fleet_now(test), fleet.store.calls());
    assert_eq!(process.token().await, "own");
    let took = fleet_now(test).saturating_sub(started);
    let calls = fleet.store.calls() - before;
    // The time may be that of a busy machine, so the calls are what is counted.
    assert!(calls <= MAX_CALLS, "{calls} calls of a store that fails");
    assert!(took < LONG / 2, "the store cost {took:?}");
    assert_eq!(process.source.requests(), 1);
    fleet.store.set_fault(None);
}

/// The text of a token that the test made up.
fn text(token: &AccessToken) -> String {
    token.expose_secret().to_owned()
}

fn fleet_now(test: &impl StoreUnderTest) -> Duration {
    let clock: Arc<dyn Clock> = test.clock();
    clock.now().monotonic()
}

fn requests(processes: &[Process]) -> u64 {
    let sources = processes.iter().map(|process| &process.source);
    sources.map(|source| source.requests()).sum()
}

/// By how much the clock of a process may be late at most, where it is a coarse one, while the store's is exact.
const TICK: Duration = Duration::from_millis(20);

/// The first call of a token request, and that of its result; a third one would go to a store that is known to fail.
const MAX_CALLS: u64 = 2;
