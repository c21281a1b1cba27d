//! A cache that was shut down hands out nothing, and leaves nothing running.

use auth_core::{CacheState, ErrorKind};

use super::*;

#[tokio::test]
async fn after_shutdown_nothing_is_handed_out_and_nothing_is_asked() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0)]);
    setup.token().await;
    setup.cache.shutdown().await;
    assert_eq!(
        setup.cache.token().await.unwrap_err().kind(),
        ErrorKind::Closed
    );
    assert_eq!(
        setup.cache.authorization_header().await.unwrap_err().kind(),
        ErrorKind::Closed
    );
    assert!(setup.cache.cached_token().is_none());
    assert_eq!(setup.cache.health().state, CacheState::Closed);
    assert_eq!(setup.source.requests(), 1);
}

#[tokio::test]
async fn a_running_refresh_may_end_and_its_waiters_are_told() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0).after(seconds(2))]);
    let cache = setup.cache.clone();
    let caller = tokio::spawn(async move { cache.token().await });
    settle().await;
    let cache = setup.cache.clone();
    let shutdown = tokio::spawn(async move { cache.shutdown().await });
    settle().await;
    assert!(!shutdown.is_finished(), "it waits for the refresh");
    setup.clock.advance(seconds(2));
    shutdown.await.unwrap();
    assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn a_refresh_that_hangs_is_ended_at_the_limit() {
    let setup = Setup::new([ScriptedReply::hang()]);
    let cache = setup.cache.clone();
    let caller = tokio::spawn(async move { cache.token().await });
    settle().await;
    let cache = setup.cache.clone();
    let shutdown = tokio::spawn(async move { cache.shutdown().await });
    settle().await;
    setup.clock.advance(seconds(5));
    shutdown.await.unwrap();
    assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn shutting_down_twice_or_at_rest_is_fine() {
    let setup = Setup::new([]);
    setup.cache.shutdown().await;
    setup.cache.shutdown().await;
    assert_eq!(setup.source.requests(), 0);
}
