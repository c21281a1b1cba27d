//! Counts allocations of warm calls and the bytes of a tenant, by an allocator that keeps count.

#[path = "../common/arguments.rs"]
mod arguments;
mod clients;
#[path = "../common/fixture.rs"]
mod fixture;
#[path = "../common/report.rs"]
mod report;

use std::alloc::System;
use std::hint::black_box;

use auth_core::KeyedTokenCache;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use arguments::Arguments;
use fixture::{Issuer, Outcome, at_once, runtime, warm_cache, warm_cache_with_store};
use report::Figure;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Outcome<()> {
    let arguments = Arguments::read();
    if arguments.wants("allocations") {
        report::print(&allocations()?)?;
    }
    if arguments.wants("tenants") {
        let tenants = if arguments.quick { 2_000 } else { 100_000 };
        report::print(&[bytes_per_tenant(tenants)?])?;
        report::print(&[clients::bytes_per_client(tenants)?])?;
    }
    Ok(())
}

fn allocations() -> Outcome<Vec<Figure>> {
    let cache = warm_cache()?;
    let shared = warm_cache_with_store()?;
    let key = String::from("tenant");
    let keyed = KeyedTokenCache::new(|key: &String| Issuer(key.len()));
    runtime()?.block_on(keyed.token(&key))?;
    Ok(vec![
        per_call("`authorization_header()`", || {
            at_once(cache.authorization_header())
        }),
        per_call("`token()`", || at_once(cache.token())),
        per_call("`token()` with a token store", || at_once(shared.token())),
        per_call("`cached_token()`", || cache.cached_token()),
        per_call("keyed `authorization_header()`", || {
            at_once(keyed.authorization_header(&key))
        }),
        per_call("keyed `token()`", || at_once(keyed.token(&key))),
    ])
}

/// Returns the allocations per call; none is expected, and one in a thousand calls would show.
fn per_call<T>(what: &str, call: impl Fn() -> T) -> Figure {
    // The first call of a thread may set things up.
    black_box(call());
    let region = Region::new(ALLOCATOR);
    for _ in 0..CALLS {
        black_box(call());
    }
    let change = region.change();
    let count = change.allocations + change.reallocations;
    Figure {
        group: "allocations",
        what: format!("{what}, per call"),
        unit: "",
        measured: count as f64 / CALLS as f64,
        reference: None,
        limit: Some(0.0),
    }
}

/// Returns what a warm tenant takes beyond its token, its key and its place in the map included.
fn bytes_per_tenant(tenants: usize) -> Outcome<Figure> {
    let of_tokens = bytes_of_tokens(tenants)?;
    let keyed = KeyedTokenCache::builder(|key: &usize| Issuer(*key))
        .max_capacity(tenants)
        .build();
    let runtime = runtime()?;
    // The runtime's own tables grow with the first tasks.
    runtime.block_on(async { tokio::spawn(async {}).await })?;
    let region = Region::new(ALLOCATOR);
    runtime.block_on(async {
        for number in 0..tenants {
            keyed.token(&number).await?;
        }
        Ok::<_, auth_core::Error>(())
    })?;
    // Tasks that have ended are gone with it.
    drop(runtime);
    let of_tenants = held(&region);
    if keyed.len() != tenants {
        return Err("a tenant was forgotten".into());
    }
    let bytes = (of_tenants - of_tokens) / tenants as f64;
    Ok(Figure {
        group: "keyed cache",
        what: format!("per tenant beyond its token, {tenants} tenants"),
        unit: "bytes",
        measured: bytes,
        reference: None,
        limit: Some(BYTES),
    })
}

/// Returns what so many tokens take, wherever they are kept.
fn bytes_of_tokens(tenants: usize) -> Outcome<f64> {
    let region = Region::new(ALLOCATOR);
    let tokens = (0..tenants)
        .map(|number| Issuer(number).issue())
        .collect::<Result<Vec<_>, _>>()?;
    // The vector itself is not part of the tokens.
    Ok(held(&region) - (tokens.capacity() * size_of_val(&tokens[0])) as f64)
}

/// Returns the bytes that were allocated since and are still held.
fn held(region: &Region<'_, System>) -> f64 {
    let change = region.change();
    // A reallocation is in one of the two sums, by what it grew or shrank.
    change.bytes_allocated as f64 - change.bytes_deallocated as f64
}

const CALLS: usize = 10_000;

/// A hundred thousand tenants in 100 MB, tokens aside.
const BYTES: f64 = 1024.0;
