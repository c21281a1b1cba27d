//! `docs/benchmarks.md`: the figures, where they come from and how to read them.

use std::collections::BTreeSet;

use super::figure::Figure;
use super::machine::Machine;
use super::table::{self, number};
use crate::flags::BenchOptions;

/// Renders the document.
pub(crate) fn of(figures: &[Figure], machine: &Machine, options: BenchOptions) -> String {
    let (maps, others): (Vec<_>, Vec<_>) = figures.iter().partition(|figure| is_of_map(figure));
    let Machine {
        cores,
        model,
        rustc,
        date,
    } = machine;
    format!(
        "{INTRODUCTION}\n{}\n{MEASURED}\n\n* command: `{}`\n* date: {date}\n* machine: {cores} cores, {model}\n* compiler: {rustc}\n\n{HOW_TO_READ}\n{}",
        table::of(others),
        command(options),
        pivot(&maps)
    )
}

fn command(options: BenchOptions) -> String {
    let flags = [
        (options.quick, " --quick"),
        (options.build, " --build"),
        (options.write, " --write"),
    ];
    let flags = flags.into_iter().filter(|(given, _)| *given);
    flags.fold("cargo xtask bench".to_owned(), |command, (_, flag)| {
        command + flag
    })
}

/// Renders the candidates side by side, one line per load.
fn pivot(figures: &[&Figure]) -> String {
    let cells: Vec<(&str, &str, f64)> = figures
        .iter()
        .filter_map(|figure| {
            let (map, load) = figure.what.split_once("; ")?;
            Some((map, load, figure.measured))
        })
        .collect();
    let maps = in_order(cells.iter().map(|cell| cell.0));
    let mut text = format!(
        "| load | {} |\n|---|{}\n",
        maps.join(" | "),
        "---|".repeat(maps.len())
    );
    for load in in_order(cells.iter().map(|cell| cell.1)) {
        text.push_str(&format!("| {load} |"));
        for map in &maps {
            let cell = cells
                .iter()
                .find(|cell| cell.0 == *map && cell.1 == load)
                .map(|cell| number(cell.2))
                .unwrap_or_default();
            text.push_str(&format!(" {cell} |"));
        }
        text.push('\n');
    }
    text
}

/// Drops what was there before and keeps the order.
fn in_order<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    words.filter(|word| seen.insert(*word)).collect()
}

fn is_of_map(figure: &Figure) -> bool {
    figure.group == "keyed map"
}

const INTRODUCTION: &str = "\
# Benchmarks

Written by `cargo xtask bench`; edit `xtask/src/bench` instead.

![Ratios of the hot path, and waits under steady load](benchmarks.svg)
";

const MEASURED: &str = "## How it was measured";

const HOW_TO_READ: &str = "\
## How to read it

* Figures of different runs or machines cannot be compared.
  So every target is a ratio against a reference that was measured in the same run, in short alternating rounds.
* A time is the median of its rounds.
  On a shared machine, the median depends on the other load; the fastest round, shown for one thread, depends on it less.
* With several threads, a time is the duration of the round divided by all its calls, so it decreases if threads do not block each other.
* The hot path's reference loads a pointer with `arc-swap`, reads `Instant::now()` and clones the header of the same token.
  It has none of the cache's rules.
  The feature `store` is compiled in; with a token store, the cache's token is in a store as well.
* The stampede's reference is a future that all callers share, by `Shared` of `futures-util`; the token comes after 20 ms in both.
  The peers are measured in a process of their own, in alternating rounds with our cache and another shared future.
* A small JSON call goes to a server in another process on loopback, so that the processor time is the client's alone; the wall clock has the server in it.
  The reference is `reqwest` with its defaults, which parses the URL and sets the header by hand for each call.
  What the reference does not do is in the figure: a time limit for the whole exchange, a bound on the body, a second attempt where a kept
  connection had been closed, and the headers `user-agent` and `accept-encoding`.
* The proxy's references are forwarders that replace `host` and `authorization` and do nothing else: no limits, no checks, no metrics.
  Each forwarder, the API and the callers, who send one small GET after the other, are processes of their own; the wall clock has all of them in it.
* Under steady load, eight callers ask every millisecond, each time for the cache's token and for a constant one.
  What takes long for both is the machine; what takes long for the cache alone would be the cache.
* The lookup's reference is a read of `RwLock<HashMap<String, HeaderValue>>` with the same keys.
* The processor time of a build is that of cargo and all it starts, with an empty target folder.
  Each program is built once, one after the other, so of all figures this is the one that other work on the machine moves most.
* A promise that is met or missed by a few hundredths may be missed or met in the next run.

## What the profiles say

* A small JSON call: in user code, with 64 calls at once, `perf` finds a third more samples than with bare reqwest, the server's included in both: allocator and vectors a tenth
  of the reference, this crate's own code 8 %, tokio's timers and wake-ups 4 %, reqwest and hyper 3 %, copies of memory 3 %, URLs and
  headers 2 %, the rest in pieces below 1 %.
  What they pay for: a time limit for the whole exchange, whose timer tokio inserts and removes under one lock of the runtime, the copy of
  the headers that a resend needs, three boxed futures of object-safe traits, the parsed path that becomes part of a whole URI, and two
  more headers to encode.
  Without any of these the call would lack a guarantee, so the target of 1.10 is not reached. The kernel's part was not sampled.
* A header from a warm cache: cloning and dropping a `HeaderValue` takes 14 ns, loading the entry, reading a coarse clock and deciding 10 ns.
  What comes on top is probably the copying of the header's 40 bytes at each level of a future: the samples gather at loads of what was
  just written in smaller pieces. An earlier commit was measured at 0.55 times the reference, and three rewritings of this one at 0.9 to 1.1,
  while the reference itself moved between 41 and 61 ns; `token()`, which copies 8 bytes, stays at 0.5.
* A lookup among many tenants: a plain map touches four lines of memory that are in no cache (control bytes, bucket, key and the header's
  count), a tenant's cache seven, since the published entry is behind the cache and the times are beside the header.
  The ratio is that of these waits, and grows with what else the machine does to its memory.
* A build: by the durations that `cargo build --timings` reports, of the time that a program with a vendor crate takes beyond bare reqwest, a third is `auth-core`, a third what `oauth2` brings
  (chrono, rand, sha2, zerocopy, version 1 of thiserror with a second syn), and a twelfth the vendor crate.
  By the same durations the ratio is 1.32, and would be about 1.2 without `oauth2`; `auth-core` alone has no function that stands out (`cargo llvm-lines`: the largest
  is 1.5 % of it).

## Maps that could hold the tenants

Nanoseconds per call among 10,000 keys, where a share of the calls inserts another one; [DESIGN](DESIGN.md) draws the conclusions.
";

#[cfg(test)]
mod tests;
