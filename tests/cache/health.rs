//! What a cache says of itself, and when it says that something changed.

use auth_core::{CacheState, ErrorKind};

use super::*;

#[tokio::test]
async fn health_follows_a_token_through_its_life() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ErrorKind::Unavailable.into(),
        ScriptedReply::token("t2", 3600.0),
    ]);
    let health = setup.cache.health();
    assert_eq!(health.state, CacheState::Empty);
    assert!(health.age.is_none() && health.last_success.is_none() && health.last_failure.is_none());

    setup.token().await;
    setup.clock.advance(seconds(100));
    let health = setup.cache.health();
    assert_eq!(health.state, CacheState::Fresh);
    assert_eq!(health.age, Some(seconds(100)));
    assert_eq!(health.expires_in, Some(seconds(3_499)));
    assert_eq!(health.last_success, Some(seconds(100)));

    setup.clock.advance(seconds(2_600));
    setup.token().await;
    settle().await;
    setup.clock.advance(seconds(2));
    let health = setup.cache.health();
    assert_eq!(health.state, CacheState::Stale);
    assert_eq!(health.failures, 1);
    let (ago, error) = health.last_failure.unwrap();
    assert_eq!((ago, error.kind()), (seconds(2), ErrorKind::Unavailable));
    assert_eq!(health.retry_in, Some(seconds(3)));

    setup.clock.advance(seconds(4));
    setup.token().await;
    settle().await;
    let health = setup.cache.health();
    assert_eq!((health.state, health.failures), (CacheState::Fresh, 0));
    assert!(health.retry_in.is_none());
    assert!(health.last_failure.is_some(), "history stays");
}

#[tokio::test]
async fn health_says_how_long_a_refresh_has_been_running() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0).after(seconds(5))]);
    let cache = setup.cache.clone();
    let caller = tokio::spawn(async move { cache.token().await });
    settle().await;
    setup.clock.advance(seconds(2));
    assert_eq!(setup.cache.health().refreshing_for, Some(seconds(2)));
    setup.clock.advance(seconds(3));
    caller.await.unwrap().unwrap();
    assert!(setup.cache.health().refreshing_for.is_none());
}

#[tokio::test]
async fn a_subscriber_sees_the_latest_condition_only() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ]);
    let mut changes = setup.cache.subscribe();
    let token = setup.cache.token().await.unwrap();
    assert_eq!(changes.changed().await.state, CacheState::Fresh);

    setup.clock.advance(seconds(60));
    setup.cache.invalidate(&token);
    setup.token().await;
    assert_eq!(
        changes.changed().await.state,
        CacheState::Fresh,
        "the discard before is not queued"
    );
}

#[tokio::test]
async fn a_discarded_token_is_a_change() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0)]);
    let token = setup.cache.token().await.unwrap();
    let mut changes = setup.cache.subscribe();
    setup.clock.advance(seconds(60));
    setup.cache.invalidate(&token);
    assert_eq!(changes.changed().await.state, CacheState::Revoked);
}

#[tokio::test]
async fn warm_up_says_at_start_what_is_wrong() {
    let setup = Setup::new([ErrorKind::InvalidCredentials.into()]);
    assert_eq!(
        setup.cache.warm_up().await.unwrap_err().kind(),
        ErrorKind::InvalidCredentials
    );
}
