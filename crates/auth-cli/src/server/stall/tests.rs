//! Tests of the limit on the time without progress, on tokio's paused clock.

use std::future::poll_fn;

use super::*;

/// Waits until the limit is over, and returns how long that took.
async fn over(stall: &mut Stall) -> Duration {
    let started = Instant::now();
    poll_fn(|context| stall.poll_over(context)).await;
    started.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_over_after_the_limit() {
    let mut stall = Stall::new(Duration::from_secs(10));
    assert_eq!(over(&mut stall).await, Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn progress_starts_the_limit_anew() {
    let mut stall = Stall::new(Duration::from_secs(10));
    for _ in 0..5 {
        let waited = tokio::time::timeout(Duration::from_secs(8), over(&mut stall)).await;
        assert!(waited.is_err());
        stall.progress();
    }
    assert_eq!(over(&mut stall).await, Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn the_time_between_two_waits_does_not_count() {
    let mut stall = Stall::new(Duration::from_secs(10));
    let waited = tokio::time::timeout(Duration::from_secs(1), over(&mut stall)).await;
    assert!(waited.is_err());
    stall.progress();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(over(&mut stall).await, Duration::from_secs(10));
}
