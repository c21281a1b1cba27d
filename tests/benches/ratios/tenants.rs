//! Warm lookups of whole clients among many tenants, against a read of a plain map of clients behind a lock.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{PoisonError, RwLock};

use maia_auth::Client;

use crate::fixture::{Outcome, at_once, clients, runtime};
use crate::report::Figure;
use crate::rounds::{Plan, alternate};

pub(crate) fn measure(quick: bool) -> Outcome<Vec<Figure>> {
    let tenants: usize = if quick { 1_000 } else { 100_000 };
    let clients = clients(tenants)?;
    let plain = runtime()?.block_on(async {
        let mut plain = HashMap::with_capacity(tenants);
        for key in 0..tenants {
            plain.insert(key, clients.client(&key).await?);
        }
        Ok::<_, auth_core::Error>(RwLock::new(plain))
    })?;
    let mut figures = Vec::new();
    for threads in [1, 2, 8] {
        let [ours, bare] = alternate(
            Plan::of(quick),
            threads,
            [
                &|thread, calls| {
                    at_once(async {
                        for key in scattered(tenants, thread).take(calls) {
                            black_box(clients.client(&key).await?);
                        }
                        Ok(())
                    })
                },
                &|thread, calls| {
                    for key in scattered(tenants, thread).take(calls) {
                        black_box(read(&plain, key)?);
                    }
                    Some(())
                },
            ],
        )?;
        figures.push(Figure {
            group: "tenant clients",
            what: format!("`client(&key)` among {tenants} tenants, threads: {threads}"),
            unit: "ns",
            measured: ours.median,
            reference: Some(bare.median),
            limit: Some(SLOWDOWN),
        });
    }
    Ok(figures)
}

fn read(map: &RwLock<HashMap<usize, Client>>, key: usize) -> Option<Client> {
    let map = map.read().unwrap_or_else(PoisonError::into_inner);
    map.get(&key).cloned()
}

/// Walks over all keys forever, far from one to the next, so that neither side lives in the processor's caches.
fn scattered(tenants: usize, thread: usize) -> impl Iterator<Item = usize> {
    let start = thread * tenants / 8;
    (0..).map(move |step: usize| (start + step.wrapping_mul(STRIDE)) % tenants)
}

/// A prime, so that every key has its turn.
const STRIDE: usize = 7_919;

const SLOWDOWN: f64 = 1.5;
