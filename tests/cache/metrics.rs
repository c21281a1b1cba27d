//! The metrics that crates/auth-core/docs/observability.md promises, counted by a recorder.

use std::collections::BTreeMap;

use auth_core::ErrorKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use super::*;

/// Runs `story` under a recorder and returns every counter as `name{labels}`, and how many values each histogram took.
fn recorded(story: impl AsyncFnOnce()) -> BTreeMap<String, u64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    ::metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(story());
    });
    let snapshot = snapshotter.snapshot().into_vec();
    snapshot
        .into_iter()
        .map(|(key, _, _, value)| {
            let labels: Vec<String> = key
                .key()
                .labels()
                .map(|label| format!("{}={}", label.key(), label.value()))
                .collect();
            let count = match value {
                DebugValue::Counter(count) => count,
                DebugValue::Histogram(values) => values.len() as u64,
                DebugValue::Gauge(_) => 0,
            };
            (
                format!("{}{{{}}}", key.key().name(), labels.join(",")),
                count,
            )
        })
        .collect()
}

#[test]
fn look_ups_requests_and_refreshes_are_counted_by_what_they_came_to() {
    let metrics = recorded(async || {
        let setup = Setup::new([
            ScriptedReply::token("t1", 3600.0).after(seconds(1)),
            ErrorKind::Unavailable.into(),
            ErrorKind::InvalidCredentials.into(),
        ]);
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let cache = setup.cache.clone();
            callers.spawn(async move { cache.token().await.is_ok() });
        }
        settle().await;
        setup.clock.advance(seconds(1));
        callers.join_all().await;
        setup.token().await;
        setup.clock.advance(seconds(2_700));
        setup.token().await;
        settle().await;
        setup.clock.advance(seconds(3_600));
        setup.cache.token().await.unwrap_err();
        setup.cache.token().await.unwrap_err();
    });
    let expected = [
        ("auth_token_lookups_total{source=token,result=waited}", 2),
        ("auth_token_lookups_total{source=token,result=joined}", 2),
        ("auth_token_lookups_total{source=token,result=fresh}", 1),
        ("auth_token_lookups_total{source=token,result=stale}", 1),
        (
            "auth_token_lookups_total{source=token,result=failed_fast}",
            1,
        ),
        ("auth_token_requests_total{source=token,outcome=ok}", 1),
        (
            "auth_token_requests_total{source=token,outcome=unavailable}",
            1,
        ),
        (
            "auth_token_requests_total{source=token,outcome=invalid_credentials}",
            1,
        ),
        (
            "auth_token_refresh_duration_seconds{source=token,outcome=ok}",
            1,
        ),
        (
            "auth_token_refresh_duration_seconds{source=token,outcome=unavailable}",
            1,
        ),
        (
            "auth_token_refresh_duration_seconds{source=token,outcome=invalid_credentials}",
            1,
        ),
    ];
    let expected = expected
        .map(|(name, count)| (name.to_owned(), count))
        .into();
    assert_eq!(metrics, expected);
}
