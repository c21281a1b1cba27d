//! Ten thousand callers on an empty cache: ours, a bare shared future, and the caches of other crates.

#[path = "../../common/report.rs"]
mod report;
mod peers;

use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};

use auth_core::{AccessToken, Clock as _, SystemClock, TokenCache, TokenSource};
use futures_util::FutureExt as _;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use report::Figure;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    // As the other benches: two workers, as many as the reference machine has cores.
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let (callers, rounds) = if is_quick { (100, 1) } else { (CALLERS, 21_usize) };
    // One peer's HTTP client has no TLS provider of its own, and wants one for plain http as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let endpoint = peers::token_endpoint(&runtime)?;
    let mut times = [const { Vec::new() }; CASES];
    for round in 0..rounds {
        for turn in 0..CASES {
            // No case always comes first.
            let case = (turn + round) % CASES;
            let took = match case {
                0 => ours(&runtime, callers)?,
                1 => shared_future(&runtime, callers)?,
                2 => peers::aliri(&runtime, callers)?,
                3 => peers::huskarl(&runtime, callers)?,
                _ => peers::google(&runtime, callers, &endpoint)?,
            };
            times[case].push(took.as_secs_f64() * 1e3);
        }
    }
    let [ours, shared, others @ ..] = times.map(median);
    let mut figures = vec![figure(
        callers,
        "a bare shared future",
        ours,
        shared,
        Some(OF_SHARED),
    )];
    let best = others.iter().copied().fold(f64::INFINITY, f64::min);
    figures.push(figure(callers, "the best peer", ours, best, Some(1.0)));
    for (name, other) in peers::NAMES.into_iter().zip(others) {
        figures.push(figure(callers, name, ours, other, None));
    }
    Ok(report::print(&figures)?)
}

fn figure(
    callers: usize,
    against: &str,
    measured: f64,
    reference: f64,
    limit: Option<f64>,
) -> Figure {
    Figure {
        group: "stampede",
        what: format!("{callers} callers, against {against}"),
        unit: "ms",
        measured,
        reference: Some(reference),
        limit,
    }
}

/// Starts every caller as a task of its own and waits for all of them.
fn stampede<F, T>(
    runtime: &Runtime,
    callers: usize,
    call: impl FnOnce() -> Outcome<Box<dyn FnMut() -> F>>,
) -> Outcome<Duration>
where
    F: Future<Output = Outcome<T>> + Send + 'static,
    T: Send + 'static,
{
    runtime.block_on(async {
        let started = Instant::now();
        let mut call = call()?;
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

#[derive(Debug)]
struct Slow;

#[async_trait::async_trait]
impl TokenSource for Slow {
    async fn token(&self) -> auth_core::Result<AccessToken> {
        tokio::time::sleep(ANSWERS_AFTER).await;
        issue()
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }
}

fn issue() -> auth_core::Result<AccessToken> {
    AccessToken::new(text(), SystemClock::new().now(), LIFETIME)
}

fn ours(runtime: &Runtime, callers: usize) -> Outcome<Duration> {
    stampede(runtime, callers, || {
        let cache = TokenCache::new(Slow);
        Ok(Box::new(move || {
            let cache = cache.clone();
            async move { Ok(cache.token().await?) }
        }))
    })
}

fn shared_future(runtime: &Runtime, callers: usize) -> Outcome<Duration> {
    stampede(runtime, callers, || {
        let shared = async {
            tokio::time::sleep(ANSWERS_AFTER).await;
            issue()
        }
        .boxed()
        .shared();
        Ok(Box::new(move || shared.clone().map(|token| Ok(token?))))
    })
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn text() -> String {
    "0".repeat(TOKEN_LENGTH)
}

const CASES: usize = 5;

const CALLERS: usize = 10_000;

/// A near token endpoint; the longer it took, the less the rest would show.
const ANSWERS_AFTER: Duration = Duration::from_millis(20);

const LIFETIME: Duration = Duration::from_secs(60 * 60);

const TOKEN_LENGTH: usize = 1200;

const OF_SHARED: f64 = 1.15;
