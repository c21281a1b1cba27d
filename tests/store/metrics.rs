//! What is counted and logged of shared refreshes and of the store.

use auth_testkit::store::StoreFault;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use super::*;

#[test]
fn refreshes_are_counted_by_how_they_got_their_token_and_the_store_has_a_gauge() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    ::metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        runtime.unwrap().block_on(story(&snapshotter));
    });
}

async fn story(snapshotter: &Snapshotter) {
    let fleet = Fleet::new();
    let policy = fleet.policy().with_attempt_timeout(seconds(25));
    let slow = fleet.process_with(
        fleet.clock,
        policy,
        [token("t1"), token("t2").after(seconds(20))],
    );
    let other = fleet.process([]);
    slow.token().await;
    assert_eq!(counted(snapshotter, "result=fetched"), Some(1.0));
    assert_eq!(counted(snapshotter, "outcome=ok"), None);
    other.token().await;
    assert_eq!(counted(snapshotter, "result=adopted"), Some(1.0));
    pass(seconds(2_700)).await;
    slow.token().await;
    pass(millis(10)).await;
    other.token().await;
    pass(seconds(17)).await;
    assert_eq!(counted(snapshotter, "result=kept"), Some(1.0));
    fleet.store.set_fault(StoreFault::Down);
    fleet.process([token("t3")]).token().await;
    assert_eq!(counted(snapshotter, "store=memory"), Some(1.0));
}

/// Returns the value of the first counter or gauge of sharing with this label, and starts over.
fn counted(snapshotter: &Snapshotter, label: &str) -> Option<f64> {
    let snapshot = snapshotter.snapshot().into_vec();
    snapshot.into_iter().find_map(|(key, _, _, value)| {
        let key = key.key();
        let is_ours = ["auth_token_shared_refreshes_total", "auth_token_store_down"];
        let has_label = key
            .labels()
            .any(|own| format!("{}={}", own.key(), own.value()) == label);
        if !is_ours.contains(&key.name()) || !has_label {
            return None;
        }
        match value {
            DebugValue::Counter(count) => Some(count as f64),
            DebugValue::Gauge(value) => Some(value.into_inner()),
            DebugValue::Histogram(_) => None,
        }
    })
}
