//! The blocking facade: outside runtimes, inside them, and while they are in the middle of a refresh of the same cache.

use std::sync::mpsc;
use std::thread;

use auth_core::{BlockingTokenCache, ErrorKind, SystemClock};
use tokio::runtime::Builder;

use super::*;

/// Fails instead of hanging for ever if `work` deadlocks.
pub(crate) fn within_limit<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(seconds(20)).unwrap()
}

/// On real time: the facade's thread sleeps on its own runtime.
pub(crate) fn real(
    replies: impl IntoIterator<Item = ScriptedReply>,
) -> (ScriptedSource, TokenCache<ScriptedSource>) {
    let source = ScriptedSource::new(SystemClock::new(), replies);
    let policy = RefreshPolicy::new().with_max_attempts(1);
    let cache = TokenCache::builder(source.clone())
        .refresh_policy(policy)
        .clock(SystemClock::new())
        .build();
    (source, cache)
}

#[test]
fn without_any_runtime_a_token_is_got_once() {
    let (source, cache) = real([ScriptedReply::token("t1", 3600.0)]);
    let blocking = BlockingTokenCache::new(cache).unwrap();
    let token = within_limit(move || {
        let header = blocking.authorization_header().unwrap();
        assert_eq!(header, "Bearer t1");
        blocking.token().unwrap()
    });
    assert_eq!(token.expose_secret(), "t1");
    assert_eq!(source.requests(), 1);
}

#[test]
fn a_stale_token_is_refreshed_behind_on_the_facades_thread() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ]);
    let blocking = BlockingTokenCache::new(setup.cache.clone()).unwrap();
    assert_eq!(blocking.token().unwrap().expose_secret(), "t1");
    let (sender, changed) = mpsc::channel();
    let mut changes = setup.cache.subscribe();
    setup.clock.advance(seconds(2_700));
    assert_eq!(blocking.token().unwrap().expose_secret(), "t1");
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(changes.changed());
        sender.send(())
    });
    changed.recv_timeout(seconds(20)).unwrap();
    assert_eq!(blocking.token().unwrap().expose_secret(), "t2");
}

#[test]
fn inside_a_runtime_it_neither_panics_nor_deadlocks() {
    let (_, cache) = real([ScriptedReply::token("t1", 3600.0)]);
    let token = within_limit(|| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { BlockingTokenCache::new(cache).unwrap().token().unwrap() })
    });
    assert_eq!(token.expose_secret(), "t1");
}

#[test]
fn it_never_waits_for_a_refresh_that_only_the_blocked_thread_could_drive() {
    let (source, cache) = real([ScriptedReply::hang(), ScriptedReply::token("t2", 3600.0)]);
    let token = within_limit(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let asked = cache.clone();
            tokio::spawn(async move { asked.token().await });
            settle().await;
            assert_eq!(source.requests(), 1, "a refresh runs on this very thread");
            BlockingTokenCache::new(cache).unwrap().token().unwrap()
        })
    });
    assert_eq!(token.expose_secret(), "t2");
}

#[test]
fn async_callers_share_the_facades_refresh() {
    let (source, cache) =
        real([ScriptedReply::token("t1", 3600.0).after(Duration::from_millis(50))]);
    let asked = cache.clone();
    let blocking = BlockingTokenCache::new(cache).unwrap();
    let tokens = within_limit(move || {
        let blocked = thread::spawn(move || blocking.token().unwrap());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let awaited = runtime.block_on(asked.token()).unwrap();
        [awaited, blocked.join().unwrap()]
    });
    assert!(tokens.iter().all(|token| token.expose_secret() == "t1"));
    assert_eq!(source.requests(), 1);
}

#[test]
fn a_failure_and_a_shutdown_reach_the_blocked_caller() {
    let (_, cache) = real([ErrorKind::InvalidCredentials.into()]);
    let kinds = within_limit(move || {
        let blocking = BlockingTokenCache::new(cache.clone()).unwrap();
        let rejected = blocking.token().unwrap_err().kind();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(cache.shutdown());
        [rejected, blocking.token().unwrap_err().kind()]
    });
    assert_eq!(kinds, [ErrorKind::InvalidCredentials, ErrorKind::Closed]);
}

#[test]
fn when_the_facade_is_gone_the_cache_works_on_its_callers_runtimes_again() {
    let (source, cache) = real([ScriptedReply::token("t1", 3600.0)]);
    drop(BlockingTokenCache::new(cache.clone()).unwrap());
    let token = within_limit(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(cache.token()).unwrap()
    });
    assert_eq!(token.expose_secret(), "t1");
    assert_eq!(source.requests(), 1);
}
