//! The choice of the map behind the keyed cache: reads with a few inserts among them, on each candidate.

use std::hint::black_box;
use std::sync::Arc;

use crate::candidates::{Dash, Map, Moka, Papaya, Scc, Std};
use crate::fixture::Outcome;
use crate::report::Figure;
use crate::rounds::{Plan, alternate};

pub(crate) fn measure(quick: bool) -> Outcome<Vec<Figure>> {
    let tenants = if quick { 1_000 } else { 10_000 };
    // The second half is what inserts draw from.
    let keys: Vec<String> = (0..2 * tenants)
        .map(|number| format!("tenant-{number:08}"))
        .collect();
    let plain = Std::default();
    let dash = Dash::default();
    let papaya = Papaya::default();
    let moka = Moka::new(2 * tenants as u64);
    let scc = Scc::default();
    let maps: [&dyn Map; 5] = [&plain, &dash, &papaya, &moka, &scc];
    for map in maps {
        for (number, key) in keys[..tenants].iter().enumerate() {
            map.insert(key.clone(), Arc::new(number));
        }
    }
    let mut figures = Vec::new();
    for threads in [1, 2, 8] {
        for (load, insert_every) in [("reads", usize::MAX), ("1 % inserts", 100)] {
            let work = |map: &dyn Map, thread, calls| mix(map, &keys, thread, calls, insert_every);
            let measured = alternate(
                Plan::of(quick),
                threads,
                [
                    &|thread, calls| work(maps[0], thread, calls),
                    &|thread, calls| work(maps[1], thread, calls),
                    &|thread, calls| work(maps[2], thread, calls),
                    &|thread, calls| work(maps[3], thread, calls),
                    &|thread, calls| work(maps[4], thread, calls),
                ],
            )?;
            for (name, per_call) in NAMES.into_iter().zip(measured) {
                figures.push(Figure {
                    group: "keyed map",
                    what: format!("{name}; {load}, threads: {threads}"),
                    unit: "ns",
                    measured: per_call.median,
                    reference: Some(measured[0].median),
                    limit: None,
                });
            }
        }
    }
    Ok(figures)
}

fn mix(
    map: &dyn Map,
    keys: &[String],
    thread: usize,
    calls: usize,
    insert_every: usize,
) -> Option<()> {
    let (known, others) = keys.split_at(keys.len() / 2);
    let mut position = thread * known.len() / 8;
    for call in 1..=calls {
        position = (position + STRIDE) % known.len();
        if call % insert_every == 0 {
            map.insert(others[position].clone(), Arc::new(call));
        } else {
            black_box(map.get(&known[position])?);
        }
    }
    Some(())
}

const NAMES: [&str; 5] = ["std", "dashmap", "papaya", "moka", "scc"];

/// A prime, so that every key has its turn.
const STRIDE: usize = 7_919;
