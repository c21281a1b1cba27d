//! Calls on a warm cache, against the least that could do the same: load a pointer, read a clock, clone a header.

use std::hint::black_box;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use auth_core::TokenCache;
use http::HeaderValue;

use crate::fixture::{Issuer, Outcome, at_once, warm_cache, warm_cache_with_store};
use crate::report::Figure;
use crate::rounds::{Plan, alternate};

pub(crate) fn measure(quick: bool) -> Outcome<Vec<Figure>> {
    let cache = warm_cache()?;
    let shared = warm_cache_with_store()?;
    let reference = Reference::new()?;
    let mut figures = Vec::new();
    for (threads, limit) in [(1, ALONE), (2, SHARED), (8, SHARED)] {
        let [authorization, token, shared_token, bare] = alternate(
            Plan::of(quick),
            threads,
            [
                &|_, calls| ask_for_header(&cache, calls),
                &|_, calls| ask_for_token(&cache, calls),
                &|_, calls| ask_for_token(&shared, calls),
                &|_, calls| ask_reference(&reference, calls),
            ],
        )?;
        for (name, measured) in [
            ("`authorization_header()`", authorization),
            ("`token()`", token),
            ("`token()` with a token store", shared_token),
        ] {
            let figure = |what, measured, reference, limit| Figure {
                group: "hot path",
                what,
                unit: "ns",
                measured,
                reference: Some(reference),
                limit,
            };
            let call = format!("{name}, threads: {threads}");
            let fastest = format!("{call}, fastest round");
            figures.push(figure(call, measured.median, bare.median, Some(limit)));
            // With several threads the fastest round is the one in which they met least.
            if threads == 1 {
                figures.push(figure(fastest, measured.fastest, bare.fastest, None));
            }
        }
    }
    Ok(figures)
}

fn ask_for_header(cache: &TokenCache<Issuer>, calls: usize) -> Option<()> {
    at_once(async {
        for _ in 0..calls {
            black_box(black_box(cache).authorization_header().await?);
        }
        Ok(())
    })
}

fn ask_for_token(cache: &TokenCache<Issuer>, calls: usize) -> Option<()> {
    at_once(async {
        for _ in 0..calls {
            black_box(black_box(cache).token().await?);
        }
        Ok(())
    })
}

fn ask_reference(reference: &Reference, calls: usize) -> Option<()> {
    for _ in 0..calls {
        black_box(black_box(reference).authorization_header()?);
    }
    Some(())
}

/// What a cache without any of the rules would do.
struct Reference(ArcSwapOption<(HeaderValue, Instant)>);

impl Reference {
    fn new() -> Outcome<Self> {
        let header = Issuer(1).issue()?.authorization_header();
        let expires_at = Instant::now() + Duration::from_secs(60 * 60);
        Ok(Self(ArcSwapOption::from_pointee((header, expires_at))))
    }

    fn authorization_header(&self) -> Option<HeaderValue> {
        let entry = self.0.load();
        let (header, expires_at) = entry.as_deref()?;
        (Instant::now() < *expires_at).then(|| header.clone())
    }
}

/// The coarse clocks must pay for the second reading and for the rules.
const ALONE: f64 = 0.8;

/// With several threads the count of the header's owners is what everybody waits for, in the reference as well.
const SHARED: f64 = 1.0;
