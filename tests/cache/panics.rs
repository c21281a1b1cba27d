//! Panics in the program's own code, its source and its clock, end a refresh and nothing else.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use auth_core::{AccessToken, Clock, ClockReading, ErrorKind, Result, TokenSource};
use futures_util::FutureExt as _;

use super::*;

/// A clock that panics once it is told to.
#[derive(Debug, Clone)]
struct Fragile {
    clock: ManualClock,
    is_broken: Arc<AtomicBool>,
}

impl Clock for Fragile {
    fn now(&self) -> ClockReading {
        if self.is_broken.load(Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("the clock is broken"));
        }
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.clock.sleep(duration)
    }
}

/// Breaks the clock and panics.
#[derive(Debug)]
struct Breaking(Fragile);

#[async_trait]
impl TokenSource for Breaking {
    async fn token(&self) -> Result<AccessToken> {
        tokio::task::yield_now().await;
        self.0.is_broken.store(true, Ordering::SeqCst);
        std::panic::resume_unwind(Box::new("the source is broken"))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }
}

#[tokio::test]
async fn a_clock_that_panics_while_a_panic_of_the_source_unwinds_does_not_abort_the_process() {
    let clock = Fragile {
        clock: ManualClock::new(),
        is_broken: Arc::default(),
    };
    let source = Breaking(clock.clone());
    let cache = TokenCache::builder(source).clock(clock.clone()).build();
    let caller = tokio::spawn({
        let cache = cache.clone();
        async move { cache.token().await }
    });
    settle().await;
    // The caller looks at the broken clock as well, and that panic is its own.
    assert!(caller.await.unwrap_err().is_panic());
    clock.is_broken.store(false, Ordering::SeqCst);
    clock.clock.advance(seconds(60));
    assert!(cache.health().refreshing_for.is_none());
}

#[test]
fn a_runtime_that_is_dropped_by_a_panic_does_not_abort_the_process() {
    let clock = Fragile {
        clock: ManualClock::new(),
        is_broken: Arc::default(),
    };
    let source = ScriptedSource::new(clock.clock.clone(), [ScriptedReply::hang()]);
    let cache = TokenCache::builder(source).clock(clock.clone()).build();
    let is_broken = Arc::clone(&clock.is_broken);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let cache = cache.clone();
            tokio::spawn(async move { cache.token().await });
            settle().await;
        });
        is_broken.store(true, Ordering::SeqCst);
        // Drops the runtime, and with it the refresh, while this unwinds.
        std::panic::resume_unwind(Box::new("the program is broken"));
    }));
    assert!(panicked.is_err());
}

#[tokio::test]
async fn a_second_panic_in_a_row_is_a_failure_though_nobody_calls_again() {
    let setup = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::panic(),
        ScriptedReply::panic(),
    ]);
    setup.token().await;
    setup.clock.advance(seconds(2_700));
    let mut changes = setup.cache.subscribe();
    setup.token().await;
    settle().await;
    setup.token().await;
    settle().await;
    let health = changes.changed().now_or_never().unwrap();
    assert_eq!(health.failures, 1);
    let (_, error) = health.last_failure.unwrap();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
