//! One cache on every kind of runtime, on several, on a dead one, and on one that is alive but no longer driven.

use std::sync::LazyLock;
use std::task::{Context, Waker};
use std::thread;

use auth_core::{ErrorKind, StaticTokenSource};
use tokio::runtime::{Builder, Runtime};

use super::*;

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_cache_made_outside_any_runtime_works_on_both_kinds() {
    for runtime in [current_thread(), multi_thread()] {
        let setup = Setup::new([ScriptedReply::token("t1", 3600.0)]);
        assert_eq!(runtime.block_on(setup.token()), "t1");
        assert_eq!(runtime.block_on(setup.token()), "t1");
        assert_eq!(setup.source.requests(), 1);
    }
}

#[test]
fn many_threads_of_one_runtime_make_one_request() {
    let setup = Arc::new(Setup::new([ScriptedReply::token("t1", 3600.0)]));
    multi_thread().block_on(async {
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..500 {
            let setup = Arc::clone(&setup);
            callers.spawn(async move { setup.token().await });
        }
        assert!(callers.join_all().await.iter().all(|token| token == "t1"));
    });
    assert_eq!(setup.source.requests(), 1);
}

#[test]
fn a_static_cache_outlives_the_runtime_it_was_first_used_on() {
    static CACHE: LazyLock<TokenCache<StaticTokenSource>> =
        LazyLock::new(|| TokenCache::new(StaticTokenSource::new("fake").unwrap()));
    for _ in 0..3 {
        assert!(current_thread().block_on(CACHE.token()).is_ok());
    }
}

#[test]
fn a_refresh_whose_runtime_was_shut_down_is_taken_over_at_once() {
    let setup = Setup::new([ScriptedReply::hang(), ScriptedReply::token("t2", 3600.0)]);
    let first = current_thread();
    first.block_on(async {
        let cache = setup.cache.clone();
        tokio::spawn(async move { cache.token().await });
        settle().await;
    });
    assert_eq!(setup.source.requests(), 1);
    drop(first);
    assert_eq!(current_thread().block_on(setup.token()), "t2");
}

#[test]
fn a_refresh_whose_runtime_is_alive_but_not_driven_is_taken_over_when_it_is_overdue() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0)]);
    // Starts the refresh and returns before it could go on.
    let undriven = current_thread();
    undriven.block_on(async {
        let mut caller = Box::pin(setup.cache.token());
        assert!(
            caller
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
    });
    let second = current_thread();
    second.block_on(async {
        let cache = setup.cache.clone();
        let caller = tokio::spawn(async move { cache.token().await });
        settle().await;
        setup.clock.advance(seconds(31) - Duration::from_nanos(1));
        settle().await;
        assert!(
            !caller.is_finished(),
            "within its deadline the refresh may still land"
        );
        assert_eq!(
            setup.source.requests(),
            0,
            "the undriven task has not asked yet"
        );
        setup.clock.advance(Duration::from_nanos(1));
        settle().await;
        assert!(caller.is_finished(), "the waiter itself takes over");
        assert_eq!(caller.await.unwrap().unwrap().expose_secret(), "t1");
    });
    // Driven again, the dead refresh neither asks nor touches what came meanwhile.
    undriven.block_on(settle());
    assert_eq!(setup.source.requests(), 1);
    assert_eq!(second.block_on(setup.token()), "t1");
}

#[test]
fn two_refreshes_whose_runtimes_were_shut_down_are_a_failure_with_a_cool_down() {
    let setup = Setup::new([
        ScriptedReply::hang(),
        ScriptedReply::hang(),
        ScriptedReply::token("t3", 3600.0),
    ]);
    for _ in 0..2 {
        current_thread().block_on(async {
            let cache = setup.cache.clone();
            tokio::spawn(async move { cache.token().await });
            settle().await;
        });
    }
    assert_eq!(setup.source.requests(), 2, "the first death is forgiven");
    let third = current_thread();
    let error = third.block_on(setup.cache.token()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.retry_after(), Some(seconds(1)));
    assert_eq!(setup.source.requests(), 2, "the second one holds");
    setup.clock.advance(seconds(1));
    assert_eq!(third.block_on(setup.token()), "t3");
}

#[test]
fn a_stale_token_is_refreshed_elsewhere_when_its_refresh_is_stuck_on_an_undriven_runtime() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ]);
    let undriven = current_thread();
    undriven.block_on(setup.token());
    setup.clock.advance(seconds(2_700));
    // Serves the stale token and starts a refresh that nobody drives.
    assert_eq!(undriven.block_on(setup.token()), "t1");
    let second = current_thread();
    second.block_on(async {
        assert_eq!(setup.token().await, "t1");
        setup.clock.advance(seconds(32));
        assert_eq!(
            setup.token().await,
            "t1",
            "the stale path buries the dead refresh and starts another"
        );
        settle().await;
        assert_eq!(setup.token().await, "t2");
    });
}

#[test]
fn without_a_runtime_a_valid_token_is_served_and_a_missing_one_is_an_error() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0)]);
    let poll = || {
        let mut caller = Box::pin(setup.cache.token());
        caller
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    };
    let std::task::Poll::Ready(Err(error)) = poll() else {
        unreachable!("no error at once");
    };
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(setup.source.requests(), 0);

    current_thread().block_on(setup.token());
    setup.clock.advance(seconds(2_700));
    assert!(
        matches!(poll(), std::task::Poll::Ready(Ok(_))),
        "a stale token is still valid"
    );
}

#[test]
fn callers_on_several_runtimes_share_one_request() {
    let setup = Arc::new(Setup::new([ScriptedReply::token("t1", 3600.0)]));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let setup = Arc::clone(&setup);
            thread::spawn(move || current_thread().block_on(setup.token()))
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), "t1");
    }
    assert!(
        setup.source.requests() <= 2,
        "a runtime that ended mid-flight costs one more at most"
    );
    assert_eq!(setup.source.max_concurrency(), 1);
}

#[test]
fn a_caller_without_a_runtime_cannot_join_a_refresh_and_does_not_panic() {
    let setup = Setup::new([ScriptedReply::hang()]);
    let runtime = current_thread();
    runtime.block_on(async {
        let cache = setup.cache.clone();
        tokio::spawn(async move { cache.token().await });
        settle().await;
    });
    let poll = |future: std::pin::Pin<Box<dyn Future<Output = bool>>>| {
        let mut future = future;
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    };
    let cache = setup.cache.clone();
    let asked = poll(Box::pin(async move {
        cache
            .token()
            .await
            .is_err_and(|error| error.kind() == ErrorKind::Config)
    }));
    assert!(matches!(asked, std::task::Poll::Ready(true)));
    let cache = setup.cache.clone();
    let shut_down = poll(Box::pin(async move {
        cache.shutdown().await;
        true
    }));
    assert!(matches!(shut_down, std::task::Poll::Ready(true)));
}

#[test]
fn a_runtime_without_timers_is_an_error_that_says_so() {
    let cache = TokenCache::new(StaticTokenSource::new("fake").unwrap());
    let runtime = Builder::new_current_thread().build().unwrap();
    let error = runtime.block_on(cache.token()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("enable_time"), "{error}");
    // Nothing was held against the cache: the next caller has a better runtime.
    assert!(current_thread().block_on(cache.token()).is_ok());
}

#[test]
fn a_caller_within_a_runtime_that_was_shut_down_gets_an_error() {
    let cache = TokenCache::new(StaticTokenSource::new("fake").unwrap());
    let runtime = multi_thread();
    let handle = runtime.handle().clone();
    drop(runtime);
    let _entered = handle.enter();
    let mut context = Context::from_waker(Waker::noop());
    let mut caller = Box::pin(cache.token());
    let outcome = caller.as_mut().poll(&mut context);
    assert!(
        matches!(outcome, std::task::Poll::Ready(Err(_))),
        "{outcome:?}"
    );
    let mut shutdown = Box::pin(cache.shutdown());
    assert!(shutdown.as_mut().poll(&mut context).is_ready());
}
