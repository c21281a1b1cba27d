//! Faults that other libraries have or had, and the test that shows that this cache has none of them.
//!
//! What a scenario or another test tells already is listed in [`TOLD_ELSEWHERE`]; the rest is told here.

use std::fs;
use std::path::Path;
use std::task::{Context, Poll, Waker};

use auth_core::{Clock, ErrorKind};
use tokio::task::JoinSet;

use super::*;

/// The library, its fault, and the file below `tests` that tells of it, with the test's name where the file has many.
const TOLD_ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "google-cloud-auth",
        "one permanent error ends the refreshing task for ever",
        "scenarios/recovery-from-refusals.json",
    ),
    (
        "google-cloud-auth",
        "callers panic on the channel of a refreshing task that is gone",
        "cache/runtimes.rs: a_refresh_whose_runtime_was_shut_down_is_taken_over_at_once",
    ),
    (
        "google-cloud-auth, gcp_auth",
        "the monotonic clock alone tells a token's age, which suspend stops",
        "scenarios/suspend.json",
    ),
    (
        "gcp_auth",
        "a permanent 401 is asked about five times in a row",
        "scenarios/attempts-stop-at-a-refusal.json",
    ),
    (
        "azure_identity",
        "a hanging refresh of a valid token holds its callers up",
        "scenarios/stale-refresh-hangs.json",
    ),
    (
        "azure_core",
        "after a 401 the rejected token is handed out again",
        "scenarios/refused-token-handed-back.json",
    ),
    (
        "aws-smithy-runtime",
        "those who wait for a failing refresh fail one after another, each with a request of its own",
        "scenarios/shared-failure.json",
    ),
    (
        "aliri_tokens",
        "a short token looks fresh until after its end",
        "scenarios/margin-of-a-short-token.json",
    ),
    (
        "most",
        "a refresh is lost when the caller that started it gives up",
        "scenarios/cancelled-leader.json",
    ),
    (
        "several",
        "an old token's refusal discards the new one",
        "scenarios/invalidate-only-the-current-token.json",
    ),
    (
        "tame-oauth",
        "the key of a kept token leaves out whose it is",
        "cache/identity.rs: the_token_of_the_former_id_is_not_served_when_the_new_one_is_refused",
    ),
    (
        "a vendor's sample in Go",
        "a missing lifetime is read as zero, and every call asks",
        "contract/runai.rs: a_zero_or_missing_lifetime_never_means_expired",
    ),
];

#[test]
fn each_fault_that_is_told_elsewhere_is_told_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (library, fault, place) in TOLD_ELSEWHERE {
        let (file, test) = place.split_once(": ").unwrap_or((place, "\"steps\""));
        let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
        assert!(text.contains(test), "{library}: {fault}: not in {place}");
    }
}

/// azure_identity holds a lock over the token request once a valid token is in its last minutes.
#[tokio::test]
async fn in_the_last_moment_of_a_token_nobody_queues_behind_its_refresh() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0), ScriptedReply::hang()]);
    setup.token().await;
    setup
        .clock
        .advance(seconds(3_599) - Duration::from_nanos(1));
    for _ in 0..100 {
        assert_eq!(at_once(setup.token()), Some("t1".to_owned()));
    }
    settle().await;
    assert_eq!(setup.source.requests(), 2, "the refresh hangs meanwhile");
    assert_eq!(at_once(setup.token()), Some("t1".to_owned()));
    setup.clock.advance(Duration::from_nanos(1));
    assert_eq!(at_once(setup.token()), None, "and then everybody waits");
}

/// aliri_tokens asks again every 15 s for ever, which is 240 times an hour and locks accounts.
#[tokio::test]
async fn refused_credentials_are_asked_about_fifteen_times_in_an_hour_of_calls() {
    let setup = Setup::new([ScriptedReply::from(ErrorKind::InvalidCredentials).repeat()]);
    for _ in 0..3_600 {
        let error = setup.cache.token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
        setup.clock.advance(seconds(1));
    }
    // After 5, 30 and 60 s, then every 300 s.
    assert_eq!(setup.source.requests(), 15);
}

/// aws-smithy-runtime lets each waiter time out in its turn: the last of N waits N times as long.
#[tokio::test]
async fn those_who_wait_for_a_hanging_refresh_are_told_at_one_moment() {
    let setup = Setup::new([ScriptedReply::hang()]);
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let cache = setup.cache.clone();
        callers.spawn(async move { cache.token().await.unwrap_err().kind() });
    }
    settle().await;
    setup.clock.advance(seconds(10));
    let kinds = callers.join_all().await;
    assert_eq!(kinds, [ErrorKind::Timeout; 100]);
    assert_eq!(setup.source.requests(), 1);
}

/// Several libraries drop whatever they hold when told of a 401: a hundred refused requests are then a hundred refreshes.
#[tokio::test]
async fn a_hundred_refusals_of_one_token_are_one_refresh() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0).after(seconds(1)),
    ]);
    let rejected = setup.cache.token().await.unwrap();
    setup.clock.advance(seconds(60));
    let mut callers = JoinSet::new();
    for index in 0..100 {
        let (cache, rejected, clock) = (setup.cache.clone(), rejected.clone(), setup.clock.clone());
        callers.spawn(async move {
            // Some learn of it at once, some while the refresh runs, some long after it.
            clock.sleep(seconds(index) / 4).await;
            cache.invalidate(&rejected);
            cache.token().await.unwrap().expose_secret().to_owned()
        });
    }
    for _ in 0..120 {
        settle().await;
        setup.clock.advance(Duration::from_millis(250));
    }
    let tokens = callers.join_all().await;
    assert!(tokens.iter().all(|token| token == "t2"), "{tokens:?}");
    assert_eq!(setup.source.requests(), 2);
}

/// Returns what a future has at its first poll.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
