//! Single calls under divan, which tells times and allocations per call: for whoever works on the hot path.
//!
//! The figures that are promised come from `ratios` and `memory`; these have no reference and no round of their own.

#[path = "../common/fixture.rs"]
mod fixture;

use auth_core::KeyedTokenCache;
use divan::{AllocProfiler, Bencher};

use fixture::{Issuer, at_once, runtime, warm_cache};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(threads = [1, 2, 8])]
fn authorization(bencher: Bencher<'_, '_>) {
    let cache = warm_cache().ok();
    bencher.bench(|| {
        cache
            .as_ref()
            .and_then(|cache| at_once(cache.authorization()))
    });
}

#[divan::bench(threads = [1, 2, 8])]
fn token(bencher: Bencher<'_, '_>) {
    let cache = warm_cache().ok();
    bencher.bench(|| cache.as_ref().and_then(|cache| at_once(cache.token())));
}

#[divan::bench(threads = [1, 2, 8])]
fn peek(bencher: Bencher<'_, '_>) {
    let cache = warm_cache().ok();
    bencher.bench(|| cache.as_ref().and_then(|cache| cache.peek()));
}

#[divan::bench(threads = [1, 2, 8])]
fn keyed_authorization(bencher: Bencher<'_, '_>) {
    let key = String::from("tenant");
    let cache = KeyedTokenCache::new(|key: &String| Issuer(key.len()));
    let warm = runtime().and_then(|runtime| Ok(runtime.block_on(cache.token(&key))?));
    bencher.bench(|| warm.is_ok().then(|| at_once(cache.authorization(&key))));
}
