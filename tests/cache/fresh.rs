//! Tokens without waiting, tokens that are kept fresh at rest, and tokens for long work.

use auth_core::{CacheState, ErrorKind};

use super::*;

#[tokio::test]
async fn a_token_is_tried_for_without_waiting_and_its_refresh_begins() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ]);
    assert!(setup.cache.try_token().unwrap().is_none());
    settle().await;
    let tried = || {
        setup
            .cache
            .try_token()
            .unwrap()
            .unwrap()
            .expose_secret()
            .to_owned()
    };
    assert_eq!(tried(), "t1");
    setup.clock.advance(seconds(2_700));
    assert_eq!(tried(), "t1", "it is due and valid");
    settle().await;
    assert_eq!(tried(), "t2");
}

#[tokio::test]
async fn trying_fails_as_waiting_does() {
    let setup = Setup::new([ErrorKind::InvalidCredentials.into()]);
    assert!(setup.cache.try_token().unwrap().is_none());
    settle().await;
    let error = setup.cache.try_token().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(error.retry_after(), Some(seconds(5)));
    setup.cache.shutdown().await;
    assert_eq!(
        setup.cache.try_token().unwrap_err().kind(),
        ErrorKind::Closed
    );
}

#[test]
fn without_a_runtime_trying_is_an_error_and_not_a_panic() {
    let setup = Setup::new([]);
    assert_eq!(
        setup.cache.try_token().unwrap_err().kind(),
        ErrorKind::Config
    );
}

/// Moves time second by second, as it would pass.
async fn pass(setup: &Setup, time: u64) {
    for _ in 0..time {
        setup.clock.advance(seconds(1));
        settle().await;
    }
}

#[tokio::test]
async fn a_kept_token_is_fresh_before_the_first_call_and_after_an_hour_without_one() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 600.0),
        ErrorKind::Unavailable.into(),
        ScriptedReply::token("t2", 600.0),
    ]);
    let cache = setup.cache.clone();
    let keeping = tokio::spawn(async move { cache.keep_fresh().await });
    settle().await;
    assert_eq!(setup.cache.health().state, CacheState::Fresh);
    assert_eq!(setup.source.requests(), 1);
    // Due after 440 s; that fails and is tried again after the cool-down.
    pass(&setup, 439).await;
    assert_eq!(setup.source.requests(), 1);
    pass(&setup, 2).await;
    assert_eq!(setup.source.requests(), 2);
    pass(&setup, 6).await;
    assert_eq!(setup.source.requests(), 3);
    assert_eq!(setup.cache.cached_token().unwrap().expose_secret(), "t2");
    keeping.abort();
    settle().await;
    pass(&setup, 3_600).await;
    assert_eq!(
        setup.source.requests(),
        3,
        "nothing runs once it is dropped"
    );
}

#[tokio::test]
async fn a_kept_token_is_replaced_when_the_api_rejects_it() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 600.0),
        ScriptedReply::token("t2", 600.0),
    ]);
    let cache = setup.cache.clone();
    let keeping = tokio::spawn(async move { cache.keep_fresh().await });
    settle().await;
    pass(&setup, 60).await;
    let rejected = setup.cache.cached_token().unwrap();
    setup.cache.invalidate(&rejected);
    settle().await;
    assert_eq!(setup.cache.cached_token().unwrap().expose_secret(), "t2");
    keeping.abort();
}

#[tokio::test]
async fn keeping_ends_with_a_shutdown() {
    let setup = Setup::new([ScriptedReply::token("t1", 600.0)]);
    let cache = setup.cache.clone();
    let keeping = tokio::spawn(async move { cache.keep_fresh().await });
    settle().await;
    setup.cache.shutdown().await;
    settle().await;
    assert!(keeping.is_finished());
}

#[tokio::test]
async fn suspended_machines_have_a_fresh_token_a_minute_after_they_wake() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ]);
    let cache = setup.cache.clone();
    let keeping = tokio::spawn(async move { cache.keep_fresh().await });
    settle().await;
    setup.clock.suspend(seconds(7_200));
    pass(&setup, 61).await;
    assert_eq!(setup.cache.cached_token().unwrap().expose_secret(), "t2");
    keeping.abort();
}

#[tokio::test]
async fn who_needs_a_token_for_longer_waits_for_a_new_one() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ]);
    setup.token().await;
    setup.clock.advance(seconds(1_000));
    assert_eq!(valid_for(&setup, 2_000).await, "t1");
    assert_eq!(valid_for(&setup, 3_000).await, "t2");
    assert_eq!(setup.source.requests(), 2);
}

#[tokio::test]
async fn who_needs_more_than_there_is_gets_the_longest_and_no_refresh_with_each_call() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0)]);
    for _ in 0..100 {
        assert_eq!(valid_for(&setup, 100_000).await, "t1");
    }
    assert_eq!(setup.source.requests(), 1);
}

#[tokio::test]
async fn where_no_new_token_can_be_had_the_present_one_is_returned() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ErrorKind::Unavailable.into(),
    ]);
    setup.token().await;
    setup.clock.advance(seconds(1_000));
    assert_eq!(valid_for(&setup, 3_000).await, "t1");
    assert_eq!(valid_for(&setup, 3_000).await, "t1");
    assert_eq!(setup.source.requests(), 2, "the cool-down holds");
}

async fn valid_for(setup: &Setup, duration: u64) -> String {
    let token = setup.cache.token_valid_for(seconds(duration)).await;
    token.unwrap().expose_secret().to_owned()
}
