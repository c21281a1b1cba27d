//! Warm lookups among many tenants, against a read of a plain map behind a lock.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{PoisonError, RwLock};

use auth_core::KeyedTokenCache;
use http::HeaderValue;

use crate::fixture::{Issuer, Outcome, at_once, runtime};
use crate::report::Figure;
use crate::rounds::{Plan, alternate};

pub(crate) fn measure(quick: bool) -> Outcome<Vec<Figure>> {
    let tenants = if quick { 1_000 } else { 100_000 };
    let keys: Vec<String> = (0..tenants).map(key).collect();
    let cache = KeyedTokenCache::builder(|key: &String| Issuer(key.len()))
        .max_capacity(tenants)
        .build();
    runtime()?.block_on(async {
        for key in &keys {
            cache.token(key).await?;
        }
        Ok::<_, auth_core::Error>(())
    })?;
    let plain = plain_map(&keys)?;
    let mut figures = Vec::new();
    for threads in [1, 2, 8] {
        let [ours, bare] = alternate(
            Plan::of(quick),
            threads,
            [
                &|thread, calls| {
                    at_once(async {
                        for key in scattered(&keys, thread).take(calls) {
                            black_box(cache.authorization_header(key).await?);
                        }
                        Ok(())
                    })
                },
                &|thread, calls| {
                    for key in scattered(&keys, thread).take(calls) {
                        black_box(read(&plain, key)?);
                    }
                    Some(())
                },
            ],
        )?;
        figures.push(Figure {
            group: "keyed cache",
            what: format!("lookup among {tenants} tenants, threads: {threads}"),
            unit: "ns",
            measured: ours.median,
            reference: Some(bare.median),
            limit: Some(SLOWDOWN),
        });
    }
    Ok(figures)
}

fn plain_map(keys: &[String]) -> Outcome<RwLock<HashMap<String, HeaderValue>>> {
    let mut map = HashMap::with_capacity(keys.len());
    for key in keys {
        map.insert(
            key.clone(),
            Issuer(key.len()).issue()?.authorization_header(),
        );
    }
    Ok(RwLock::new(map))
}

fn read(map: &RwLock<HashMap<String, HeaderValue>>, key: &str) -> Option<HeaderValue> {
    let map = map.read().unwrap_or_else(PoisonError::into_inner);
    map.get(key).cloned()
}

fn key(number: usize) -> String {
    format!("tenant-{number:08}")
}

/// Walks over all keys for ever, far from one to the next, so that neither side lives in the processor's caches.
fn scattered(keys: &[String], thread: usize) -> impl Iterator<Item = &String> {
    let start = thread * keys.len() / 8;
    (0..).map(move |step: usize| &keys[(start + step.wrapping_mul(STRIDE)) % keys.len()])
}

/// A prime, so that every key has its turn.
const STRIDE: usize = 7_919;

const SLOWDOWN: f64 = 1.5;
