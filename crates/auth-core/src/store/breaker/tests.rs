//! Tests of when a store is called that has failed.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// The pauses after consecutive failures, in seconds.
fn pauses(failures: usize) -> Vec<u64> {
    let breaker = Breaker::default();
    let mut now = Duration::ZERO;
    let mut pauses = Vec::new();
    for _ in 0..failures {
        assert!(breaker.admits(now));
        breaker.fail(now, now);
        let failed_at = now;
        while !{
            now += SECOND;
            now - failed_at > MAX_PAUSE
                || breaker.lock().open_until.is_some_and(|until| until <= now)
        } {
            assert!(!breaker.admits(now));
        }
        pauses.push((now - failed_at).as_secs());
    }
    pauses
}

#[test]
fn the_pause_doubles_from_five_seconds_to_a_minute() {
    assert_eq!(pauses(6), [5, 10, 20, 40, 60, 60]);
}

#[test]
fn after_the_pause_one_call_tries_for_all() {
    let breaker = Breaker::default();
    breaker.fail(Duration::ZERO, Duration::ZERO);
    assert!(breaker.admits(5 * SECOND));
    assert!(!breaker.admits(5 * SECOND));
    // It was cancelled and never came back.
    assert!(breaker.admits(6 * SECOND));
}

#[test]
fn a_success_closes_the_breaker_and_starts_over() {
    let breaker = Breaker::default();
    assert!(!breaker.succeed(Duration::ZERO));
    assert!(breaker.fail(Duration::ZERO, Duration::ZERO));
    assert!(breaker.is_open());
    assert!(breaker.admits(5 * SECOND));
    assert!(!breaker.fail(5 * SECOND, 5 * SECOND));
    assert!(breaker.admits(15 * SECOND));
    assert!(breaker.succeed(15 * SECOND));
    assert!(!breaker.is_open());
    assert!(breaker.fail(15 * SECOND, 15 * SECOND));
    assert!(!breaker.admits(19 * SECOND));
    assert!(breaker.admits(20 * SECOND));
}

#[test]
fn calls_that_fail_together_count_once() {
    let breaker = Breaker::default();
    let limit = Duration::from_millis(250);
    assert!(breaker.fail(Duration::ZERO, limit));
    for _ in 0..5 {
        assert!(!breaker.fail(Duration::ZERO, limit));
    }
    assert!(!breaker.admits(5 * SECOND));
    assert!(breaker.admits(5 * SECOND + limit));
}

#[test]
fn a_success_that_began_before_the_failure_does_not_close_the_breaker() {
    let breaker = Breaker::default();
    assert!(breaker.fail(SECOND, 2 * SECOND));
    assert!(!breaker.succeed(SECOND));
    assert!(!breaker.admits(3 * SECOND));
    assert!(breaker.succeed(7 * SECOND));
}
