//! Callers that never stop, over refreshes whose endpoint is slow or down, against the same callers on a constant token.

use std::future::Future;
use std::hint::black_box;
use std::time::{Duration, Instant};

use auth_core::{ErrorKind, RefreshPolicy, SystemClock, TokenCache};
use auth_testkit::{ScriptedReply, ScriptedSource};
use http::HeaderValue;
use tokio::task::JoinSet;

use crate::fixture::{Issuer, Outcome, runtime};
use crate::report::Figure;
use crate::waits::{Waits, over, quantile};

pub(crate) fn measure(quick: bool) -> Outcome<Vec<Figure>> {
    let mut figures = slow(if quick { 2.0 } else { 30.0 })?;
    figures.extend(down(if quick { 2.0 } else { 16.0 })?);
    Ok(figures)
}

/// A token of two seconds, renewed again and again by an endpoint that takes its time.
fn slow(seconds: f64) -> Outcome<Vec<Figure>> {
    let lifetime = 2.0;
    let reply = || ScriptedReply::token("0".repeat(TOKEN_LENGTH), lifetime);
    // The first answer is quick, so that the load starts on a whole token.
    let source = ScriptedSource::new(SystemClock::new(), [reply(), reply().after(SLOW).repeat()]);
    let waits = load(&source, Duration::from_secs_f64(seconds))?;
    // One request per token, each renewed when its last third begins; the first one, and one that may still be running.
    let most_requests = (seconds / (lifetime * STALE_FROM)).ceil() + 1.0;
    Ok(figures(
        "endpoint slow (200 ms)",
        waits,
        source.requests(),
        most_requests,
    ))
}

/// A token that cannot be renewed, up to the moment it expires.
fn down(lifetime: f64) -> Outcome<Vec<Figure>> {
    let source = ScriptedSource::new(
        SystemClock::new(),
        [
            ScriptedReply::token("0".repeat(TOKEN_LENGTH), lifetime),
            ScriptedReply::from(ErrorKind::Unavailable).repeat(),
        ],
    );
    let usable = lifetime * EXPIRES_FROM;
    let waits = load(&source, Duration::from_secs_f64(usable) - CLOCK_LAG)?;
    // A refresh sends three requests, and a second passes between two of them.
    let refreshes = (usable - lifetime * STALE_FROM).ceil() + 1.0;
    Ok(figures(
        "endpoint down",
        waits,
        source.requests(),
        1.0 + 3.0 * refreshes,
    ))
}

fn figures(case: &str, mut waits: Waits, requests: u64, most_requests: f64) -> Vec<Figure> {
    let figure = |what: &str, unit, measured, reference, limit| Figure {
        group: "steady load",
        what: format!("{case}: {what}"),
        unit,
        measured,
        reference,
        limit,
    };
    let asked = [waits.cache.len() as f64, waits.constant.len() as f64];
    let (long, unavoidable) = (over(&waits.cache), over(&waits.constant));
    let mut figures = vec![
        figure("calls over 5 ms", "", long, Some(unavoidable), Some(1.0)),
        figure("errors", "", waits.errors as f64, None, Some(0.0)),
        figure(
            "token requests",
            "",
            requests as f64,
            None,
            Some(most_requests),
        ),
        figure("calls", "", asked[0], Some(asked[1]), None),
    ];
    for (name, share) in SHARES {
        let measured = quantile(&mut waits.cache, share);
        let reference = quantile(&mut waits.constant, share);
        figures.push(figure(name, "µs", measured, Some(reference), None));
    }
    figures
}

/// Lets the callers ask for that long, counted from before the first token.
fn load(source: &ScriptedSource, duration: Duration) -> Outcome<Waits> {
    let header = Issuer(1).issue()?.authorization_header();
    // The latest that a refresh may start, so that the figures do not depend on a draw.
    let policy = RefreshPolicy::new().with_jitter(Some(0.0));
    let cache = TokenCache::builder(source.clone())
        .refresh_policy(policy)
        .clock(SystemClock::new())
        .build();
    runtime()?.block_on(async {
        let until = Instant::now() + duration;
        cache.warm_up().await?;
        let mut callers = JoinSet::new();
        for number in 0..CALLERS {
            callers.spawn(call(number, cache.clone(), header.clone(), until));
        }
        let mut waits = Waits::default();
        while let Some(seen) = callers.join_next().await {
            waits = waits.merge(seen?);
        }
        // A reference of a few samples would have no slow ones, nor would it be one.
        if waits.cache.len() != waits.constant.len() {
            return Err("the cache and the constant token were not asked equally often".into());
        }
        Ok(waits)
    })
}

async fn call(
    number: usize,
    cache: TokenCache<ScriptedSource>,
    constant: HeaderValue,
    until: Instant,
) -> Waits {
    let mut waits = Waits::default();
    while Instant::now() < until {
        // Both at the same moment, and neither always first; decided before either is counted.
        let cache_first = (number + waits.cache.len()).is_multiple_of(2);
        for is_cache in [cache_first, !cache_first] {
            if is_cache {
                let (wait, answer) = timed(cache.authorization_header()).await;
                waits.cache.push(wait);
                waits.errors += usize::from(answer.is_err());
            } else {
                let (wait, _) = timed(async { black_box(&constant).clone() }).await;
                waits.constant.push(wait);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    waits
}

async fn timed<T>(call: impl Future<Output = T>) -> (Duration, T) {
    let started = Instant::now();
    let answer = black_box(call.await);
    (started.elapsed(), answer)
}

const SHARES: [(&str, f64); 4] = [
    ("wait, median", 0.5),
    ("wait, 99 %", 0.99),
    ("wait, 99.9 %", 0.999),
    ("wait, worst", 1.0),
];

const CALLERS: usize = 8;

/// The shortest that tokio's timer can wait.
const PAUSE: Duration = Duration::from_millis(1);

const SLOW: Duration = Duration::from_millis(200);

/// The coarse clocks lag by up to 10 ms, and a caller may be as late.
const CLOCK_LAG: Duration = Duration::from_millis(50);

/// Where a short token goes stale, and where it is no longer handed out: shares of its life, by the default policy.
const STALE_FROM: f64 = 0.65;
const EXPIRES_FROM: f64 = 0.9;

const TOKEN_LENGTH: usize = 1200;
