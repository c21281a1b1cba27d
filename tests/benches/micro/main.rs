//! Single calls under divan, which tells times and allocations per call: for whoever works on the hot path.
//!
//! The figures that are promised come from `ratios` and `memory`; these have no reference and no round of their own.

#[path = "../common/fixture.rs"]
mod fixture;

use std::hint::black_box;

use auth_core::KeyedTokenCache;
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};

use fixture::{Issuer, at_once, runtime, warm_cache};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(threads = [1, 2, 8])]
fn authorization_header(bencher: Bencher<'_, '_>) {
    let cache = warm_cache();
    bencher.counter(ItemsCount::new(CALLS)).bench(|| {
        let cache = cache.as_ref().ok()?;
        at_once(async {
            for _ in 0..CALLS {
                black_box(cache.authorization_header().await?);
            }
            Ok(())
        })
    });
}

#[divan::bench(threads = [1, 2, 8])]
fn token(bencher: Bencher<'_, '_>) {
    let cache = warm_cache();
    bencher.counter(ItemsCount::new(CALLS)).bench(|| {
        let cache = cache.as_ref().ok()?;
        at_once(async {
            for _ in 0..CALLS {
                black_box(cache.token().await?);
            }
            Ok(())
        })
    });
}

#[divan::bench(threads = [1, 2, 8])]
fn cached_token(bencher: Bencher<'_, '_>) {
    let cache = warm_cache();
    bencher.counter(ItemsCount::new(CALLS)).bench(|| {
        let cache = cache.as_ref().ok()?;
        for _ in 0..CALLS {
            black_box(cache.cached_token()?);
        }
        Some(())
    });
}

#[divan::bench(threads = [1, 2, 8])]
fn keyed_authorization(bencher: Bencher<'_, '_>) {
    let key = String::from("tenant");
    let cache = KeyedTokenCache::new(|key: &String| Issuer(key.len()));
    let warm = runtime().and_then(|runtime| Ok(runtime.block_on(cache.token(&key))?));
    bencher.counter(ItemsCount::new(CALLS)).bench(|| {
        warm.as_ref().ok()?;
        at_once(async {
            for _ in 0..CALLS {
                black_box(cache.authorization_header(&key).await?);
            }
            Ok(())
        })
    });
}

/// Calls per iteration: what it costs to set up the awaiting is not the call's.
const CALLS: usize = 100;
