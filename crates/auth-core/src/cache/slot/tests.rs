//! Tests of what no caller can see from outside: when a dead refresh counts, and what a closed slot still holds.

use super::*;

fn at(seconds: u64) -> ClockReading {
    let since_start = Duration::from_secs(seconds);
    ClockReading::new(since_start, since_start)
}

fn token(lifetime: u64) -> AccessToken {
    AccessToken::new("fake", at(0), Duration::from_secs(lifetime)).unwrap()
}

fn credentials() -> CurrentCredentials {
    CurrentCredentials {
        revision: 0,
        identity: None,
    }
}

/// Starts a refresh now, on the runtime of the test.
fn begin(slot: &mut Slot, now: ClockReading) -> u64 {
    let runtime = slot.runtime().unwrap();
    slot.begin_refresh(now, 0, runtime.id()).id
}

fn succeed(slot: &mut Slot, policy: &RefreshPolicy, now: ClockReading, token: AccessToken) {
    let id = begin(slot, now);
    let timing = policy.timing(&token, now);
    assert!(
        slot.succeed(policy, id, now, token, timing, credentials())
            .is_some()
    );
}

#[cfg(feature = "store")]
#[tokio::test]
async fn a_discarded_token_is_not_adopted() {
    let policy = RefreshPolicy::new();
    let mut slot = Slot::default();
    let rejected = token(3_600);
    succeed(&mut slot, &policy, at(0), rejected.clone());
    assert!(slot.report(&policy, at(60), &rejected, Verdict::InvalidToken));
    let timing = policy.timing(&rejected, at(0));
    assert!(!slot.may_adopt(&rejected, timing, at(60)));
}

#[tokio::test]
async fn a_dead_refresh_that_nobody_noticed_ended_when_its_lifespan_did() {
    let policy = RefreshPolicy::new();
    let mut slot = Slot::default();
    let first = begin(&mut slot, at(0));
    let abandoned = slot.abandon(&policy, first, at(10)).unwrap();
    assert!(abandoned.end().is_none());
    let second = begin(&mut slot, at(20));
    // Noticed an hour later: the cool-down is long over, and the death was within a minute of the first.
    let abandoned = slot.abandon(&policy, second, at(3_600)).unwrap();
    let error = abandoned.end().unwrap();
    assert_eq!(error.kind(), crate::error::ErrorKind::Unavailable);
    assert_eq!(slot.retry_in(at(3_600)), None);
    assert_eq!(
        slot.retry_in(at(51)),
        Some(Duration::from_secs(1)),
        "20 s and a lifespan of 31 s"
    );
}

#[tokio::test]
async fn a_closed_slot_holds_no_token_and_returns_what_runs() {
    let policy = RefreshPolicy::new();
    let mut slot = Slot::default();
    let rejected = token(3_600);
    succeed(&mut slot, &policy, at(0), rejected.clone());
    assert!(slot.report(&policy, at(60), &rejected, Verdict::Unauthorized));
    assert!(slot.is_invalid(&policy, &rejected, at(60)));
    begin(&mut slot, at(60));

    assert!(slot.close().is_some());
    assert!(!slot.is_invalid(&policy, &rejected, at(60)));
    assert!(slot.entry().is_none() && slot.refresh().is_none());
    assert_eq!(slot.state(at(60), &policy), CacheState::Closed);
}

#[tokio::test]
async fn a_refresh_that_brings_back_the_present_token_holds_the_next_one_off() {
    let policy = RefreshPolicy::new().with_jitter(Some(0.0));
    let mut slot = Slot::default();
    let decide = |slot: &Slot, now| slot.decide(now, &policy, Need::Any, Some(&credentials()));
    // Requested at 0 by a cache below, handed on at 2,990 and once more at 3,000.
    succeed(&mut slot, &policy, at(2_990), token(3_600));
    assert_eq!(decide(&slot, at(2_990)), Some(Decision::ServeAndRefresh));
    succeed(&mut slot, &policy, at(3_000), token(3_600));
    assert_eq!(decide(&slot, at(3_000)), Some(Decision::Serve));
    assert_eq!(decide(&slot, at(3_004)), Some(Decision::Serve));
    assert_eq!(decide(&slot, at(3_005)), Some(Decision::ServeAndRefresh));
    assert_eq!(
        decide(&slot, at(3_599)),
        Some(Decision::Start),
        "past its end nothing is held off"
    );
}

#[tokio::test]
async fn a_caller_who_needs_a_longer_life_starts_a_refresh_unless_the_source_has_none() {
    let policy = RefreshPolicy::new().with_jitter(Some(0.0));
    let mut slot = Slot::default();
    let token = token(3_600);
    succeed(&mut slot, &policy, at(0), token.clone());
    let decide = |slot: &Slot, now, token| {
        slot.decide(now, &policy, Need::Beyond(token), Some(&credentials()))
    };
    assert_eq!(decide(&slot, at(1), &token), Some(Decision::Start));
    let other = AccessToken::new("other", at(0), Duration::from_secs(60)).unwrap();
    assert_eq!(
        decide(&slot, at(1), &other),
        Some(Decision::Serve),
        "somebody has renewed it meanwhile"
    );
    succeed(&mut slot, &policy, at(3_000), token.clone());
    assert_eq!(decide(&slot, at(3_001), &token), Some(Decision::Serve));
}
