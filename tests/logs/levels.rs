//! How loud a failing refresh is; alone in its process, since a subscriber is for all of it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod log;

use std::time::Duration;

use auth_core::{ErrorKind, RefreshPolicy, TokenCache};
use auth_testkit::{ManualClock, ScriptedReply, ScriptedSource};

use crate::log::Log;

#[test]
fn a_failure_is_a_warning_when_its_kind_changes_and_a_detail_when_it_repeats() {
    let log = Log::install();
    let clock = ManualClock::new();
    let replies = [
        ScriptedReply::token("t1", 3_600.0),
        // Behind a token that is still valid.
        ErrorKind::Unavailable.into(),
        ErrorKind::Unavailable.into(),
        ErrorKind::Throttled.into(),
        ErrorKind::Throttled.into(),
        ErrorKind::Unavailable.into(),
        // After a success the same kind is news again.
        ScriptedReply::token("t2", 3_600.0),
        ErrorKind::Unavailable.into(),
        // Nothing is left to serve, and the second death in a row is a failure.
        ScriptedReply::panic(),
        ScriptedReply::panic(),
    ];
    let source = ScriptedSource::new(clock.clone(), replies);
    let policy = RefreshPolicy::new()
        .with_max_attempts(1)
        .with_jitter(Some(0.0));
    let cache = TokenCache::builder(source.clone())
        .refresh_policy(policy)
        .clock(clock.clone())
        .build();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        // Each wait is longer than the cool-down, and all of them together shorter than a token's stale time.
        for wait in [2_690, 60, 60, 60, 60, 60, 2_690, 3_600] {
            let _ = cache.token().await;
            settle().await;
            clock.advance(Duration::from_secs(wait));
        }
        let error = cache.token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        // In the cool-down: no refresh, so no line.
        cache.token().await.unwrap_err();
    });
    assert_eq!(source.requests(), 10);
    assert_eq!(
        refreshes(&log.text()),
        [
            "DEBUG refreshed",
            "WARN unavailable",
            "DEBUG unavailable",
            "WARN throttled",
            "DEBUG throttled",
            "WARN unavailable",
            "DEBUG refreshed",
            "WARN unavailable",
            "WARN unavailable",
        ]
    );
}

/// The level of each line on the end of a refresh, and what it says of it.
fn refreshes(log: &str) -> Vec<String> {
    log.lines()
        .filter_map(|line| {
            let level = line.split_whitespace().nth(1)?;
            let what = if line.contains("token refreshed") {
                "refreshed"
            } else if line.contains("token refresh failed") {
                line.split("kind=\"").nth(1)?.split('"').next()?
            } else {
                return None;
            };
            Some(format!("{level} {what}"))
        })
        .collect()
}

async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
