//! Measures several cases in short alternating rounds, so that noise falls on all of them alike.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::fixture::Outcome;

/// Does something that many times, on the thread of that number; `None` if it could not be done.
pub(crate) type Case<'a> = &'a (dyn Fn(usize, usize) -> Option<()> + Sync);

/// How long one call took, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PerCall {
    pub(crate) median: f64,
    /// In the fastest round: what the machine can do when it is left alone.
    pub(crate) fastest: f64,
}

/// How many rounds, and how long each takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) round: Duration,
}

impl Plan {
    /// Enough rounds for a median that holds still; a round is longer than a slice of the scheduler.
    pub(crate) fn of(quick: bool) -> Self {
        if quick {
            Self {
                rounds: 3,
                round: Duration::from_micros(200),
            }
        } else {
            Self {
                rounds: 61,
                round: Duration::from_millis(8),
            }
        }
    }
}

/// Measures each case: the time from the first thread's start to the last one's end, over all calls.
pub(crate) fn alternate<const N: usize>(
    plan: Plan,
    threads: usize,
    cases: [Case<'_>; N],
) -> Outcome<[PerCall; N]> {
    let calls = calibrate(plan, threads, cases[0])?;
    let mut figures = [const { Vec::new() }; N];
    for round in 0..plan.rounds {
        for turn in 0..N {
            // No case always comes first.
            let number = (turn + round) % N;
            let took = time(threads, calls, cases[number])?;
            figures[number].push(took.as_nanos() as f64 / (threads * calls) as f64);
        }
    }
    Ok(figures.map(|figures| PerCall {
        fastest: figures.iter().copied().fold(f64::INFINITY, f64::min),
        median: median(figures),
    }))
}

/// Returns the middle one; of nothing, nothing.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Finds how many calls per thread fill a round.
fn calibrate(plan: Plan, threads: usize, case: Case<'_>) -> Outcome<usize> {
    let mut calls = 16;
    while time(threads, calls, case)? < plan.round && calls < MOST_CALLS {
        calls *= 2;
    }
    Ok(calls)
}

fn time(threads: usize, calls: usize, case: Case<'_>) -> Outcome<Duration> {
    if threads == 1 {
        let started = Instant::now();
        case(0, calls).ok_or(FAILED)?;
        return Ok(started.elapsed());
    }
    let barrier = Barrier::new(threads);
    let spans = thread::scope(|scope| {
        let barrier = &barrier;
        let work = |thread| {
            move || {
                barrier.wait();
                let started = Instant::now();
                let done = case(thread, calls);
                (started, Instant::now(), done)
            }
        };
        let handles: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(work(thread)))
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.join().map_err(|_| "a measured thread panicked"))
            .collect::<Result<Vec<_>, _>>()
    })?;
    if spans.iter().any(|span| span.2.is_none()) {
        return Err(FAILED.into());
    }
    let first = spans.iter().map(|span| span.0).min();
    let last = spans.iter().map(|span| span.1).max();
    Ok(first
        .zip(last)
        .map(|(first, last)| last - first)
        .unwrap_or_default())
}

/// A call that fails is quick, and its time would pass for a good one.
const FAILED: &str = "a measured call failed or had to wait";

/// A case that takes no time at all would be calibrated for ever.
const MOST_CALLS: usize = 1 << 24;
