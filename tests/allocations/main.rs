//! Warm calls allocate nothing, with metrics as well.

use std::alloc::System;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use auth_core::{KeyedTokenCache, SystemClock, TokenCache};
use auth_testkit::{ScriptedReply, ScriptedSource};
use futures_util::FutureExt as _;
use metrics::atomics::AtomicU64;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Counts into one number, so that nothing but the cache can allocate.
struct Sum(Arc<AtomicU64>);

impl Recorder for Sum {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::clone(&self.0))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// One test alone: the allocator counts for the whole process.
#[tokio::test]
async fn a_warm_call_allocates_nothing_and_is_counted() {
    let source = || {
        ScriptedSource::new(
            SystemClock::new(),
            [ScriptedReply::token("not-a-real-token", 3600.0)],
        )
    };
    let cache = TokenCache::new(source());
    let keyed = KeyedTokenCache::new(move |_: &u32| source());
    cache.warm_up().await.unwrap();
    keyed.token(&7).await.unwrap();
    let calls: [(&str, &dyn Fn()); 5] = [
        ("token", &|| drop(black_box(cache.token().now_or_never()))),
        ("authorization", &|| {
            drop(black_box(cache.authorization_header().now_or_never()))
        }),
        ("peek", &|| drop(black_box(cache.cached_token()))),
        ("keyed token", &|| {
            drop(black_box(keyed.token(&7).now_or_never()))
        }),
        ("keyed authorization", &|| {
            drop(black_box(keyed.authorization_header(&7).now_or_never()))
        }),
    ];
    let counted = Arc::new(AtomicU64::new(0));
    let recorder = Sum(Arc::clone(&counted));
    metrics::with_local_recorder(&recorder, || {
        for (name, call) in calls {
            // The first call of a thread may set things up.
            call();
            // The test runner's own thread may allocate meanwhile; a call that allocates does so in each round.
            let rounds = [(); ROUNDS].map(|()| {
                let region = Region::new(ALLOCATOR);
                for _ in 0..CALLS {
                    call();
                }
                region.change().allocations
            });
            assert!(rounds.contains(&0), "{name}: {rounds:?}");
        }
    });
    // All but `peek`, which counts as no call.
    let expected = 4 * (1 + ROUNDS * CALLS);
    assert_eq!(counted.load(Ordering::Relaxed), expected as u64);
}

const ROUNDS: usize = 3;
const CALLS: usize = 100;
