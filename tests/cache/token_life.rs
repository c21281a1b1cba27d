//! The outage that the guide on the life of a token shows, with a real cache.

use std::time::Duration;

use auth_core::{ErrorKind, RefreshPolicy, TokenCache};
use auth_testkit::{ManualClock, ScriptedReply, ScriptedSource};

const GUIDE: &str = include_str!("../../crates/auth-core/docs/token-life.md");

/// The refreshes that the guide shows while callers get the token, and how many it leaves out.
fn documented() -> (Vec<u64>, usize) {
    let mut ages = Vec::new();
    let mut left_out = 0;
    for line in GUIDE.lines() {
        if line.starts_with(|first: char| first.is_ascii_digit()) && line.contains("get the token")
        {
            let (minutes, seconds) = line
                .split_whitespace()
                .next()
                .unwrap()
                .split_once(':')
                .unwrap();
            ages.push(minutes.parse::<u64>().unwrap() * 60 + seconds.parse::<u64>().unwrap());
        } else if let Some(rest) = line.strip_suffix("more failed refreshes") {
            left_out = rest.trim_start_matches('.').trim().parse().unwrap();
        }
    }
    (ages, left_out)
}

#[tokio::test]
async fn an_outage_takes_the_course_that_the_guide_shows() {
    let clock = ManualClock::new();
    let outage = std::iter::repeat_n(ErrorKind::Unavailable.into(), 100);
    let replies = [ScriptedReply::token("t1", 3_600.0)]
        .into_iter()
        .chain(outage);
    let source = ScriptedSource::new(clock.clone(), replies);
    let policy = RefreshPolicy::new()
        .with_max_attempts(1)
        .with_jitter(Some(0.0));
    let cache = TokenCache::builder(source.clone())
        .refresh_policy(policy)
        .clock(clock.clone())
        .build();
    cache.token().await.unwrap();

    let (mut ages, mut requests) = (Vec::new(), source.requests());
    let mut age = 0;
    while cache.token().await.is_ok() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        if source.requests() > requests {
            requests = source.requests();
            ages.push(age);
        }
        clock.advance(Duration::from_secs(1));
        age += 1;
    }
    assert_eq!(age, 59 * 60 + 59);

    let (documented, left_out) = documented();
    assert_eq!(documented.len() + left_out, ages.len(), "{ages:?}");
    let (first, last) = documented.split_at(documented.len() / 2);
    assert!(ages.starts_with(first) && ages.ends_with(last), "{ages:?}");
}
