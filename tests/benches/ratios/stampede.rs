//! Thousands of callers on an empty cache, against the same callers on one shared future.

use std::future::Future;
use std::time::{Duration, Instant};

use auth_core::{AccessToken, SystemClock, TokenCache};
use auth_testkit::{ScriptedReply, ScriptedSource};
use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::fixture::{Issuer, Outcome, runtime};
use crate::report::Figure;
use crate::rounds::median;

pub(crate) fn measure(quick: bool) -> Outcome<Vec<Figure>> {
    let runtime = runtime()?;
    let mut figures = Vec::new();
    for callers in [1_000, 10_000] {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        let mut most_requests = 0;
        for round in 0..if quick { 2 } else { 31_usize } {
            // No case always comes first.
            for turn in 0..2 {
                if (turn + round).is_multiple_of(2) {
                    let (took, requests) = on_cache(&runtime, callers)?;
                    ours.push(milliseconds(took));
                    most_requests = most_requests.max(requests);
                } else {
                    bare.push(milliseconds(on_shared_future(&runtime, callers)?));
                }
            }
        }
        figures.push(Figure {
            group: "stampede",
            what: format!("{callers} callers, until all are served"),
            unit: "ms",
            measured: median(ours),
            reference: Some(median(bare)),
            limit: Some(SLOWDOWN),
        });
        figures.push(Figure {
            group: "stampede",
            what: format!("{callers} callers, token requests"),
            unit: "",
            measured: most_requests as f64,
            reference: None,
            limit: Some(1.0),
        });
    }
    Ok(figures)
}

fn on_cache(runtime: &Runtime, callers: usize) -> Outcome<(Duration, u64)> {
    let reply = ScriptedReply::token("0".repeat(TOKEN_LENGTH), LIFETIME).after(ANSWERS_AFTER);
    let source = ScriptedSource::new(SystemClock::new(), [reply.repeat()]);
    let cache = TokenCache::new(source.clone());
    let took = stampede(runtime, callers, || {
        let cache = cache.clone();
        async move { cache.token().await }
    })?;
    Ok((took, source.requests()))
}

fn on_shared_future(runtime: &Runtime, callers: usize) -> Outcome<Duration> {
    let shared = async {
        tokio::time::sleep(ANSWERS_AFTER).await;
        Issuer(1).issue()
    }
    .boxed()
    .shared();
    stampede(runtime, callers, || shared.clone())
}

/// Starts every caller as a task of its own and waits for all of them.
fn stampede<F>(runtime: &Runtime, callers: usize, mut call: impl FnMut() -> F) -> Outcome<Duration>
where
    F: Future<Output = auth_core::Result<AccessToken>> + Send + 'static,
{
    runtime.block_on(async {
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..callers {
            tasks.spawn(call());
        }
        while let Some(served) = tasks.join_next().await {
            served??;
        }
        Ok(started.elapsed())
    })
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A near token endpoint; the longer it took, the less the rest would show.
const ANSWERS_AFTER: Duration = Duration::from_millis(20);

const LIFETIME: f64 = 3600.0;

const TOKEN_LENGTH: usize = 1200;

const SLOWDOWN: f64 = 1.15;
