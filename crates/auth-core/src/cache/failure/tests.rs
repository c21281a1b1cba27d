//! Tests of the cool-down's length.

use super::*;

const NOW: fn() -> Moment = || Moment::new(Duration::ZERO, Duration::ZERO);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The lengths of `count` cool-downs in a row.
fn lengths(error: &Error, remaining: Option<Duration>, count: usize) -> Vec<u64> {
    let mut previous = None;
    let mut lengths = Vec::new();
    for _ in 0..count {
        let cool_down = CoolDown::after(
            &RefreshPolicy::new(),
            previous.as_ref(),
            error.clone(),
            NOW(),
            remaining,
            0,
        );
        lengths.push(cool_down.length.as_secs());
        previous = Some(cool_down);
    }
    lengths
}

#[test]
fn retryable_failures_double_from_one_second_without_a_token() {
    for kind in [
        ErrorKind::Unavailable,
        ErrorKind::Transport,
        ErrorKind::Timeout,
        ErrorKind::Throttled,
        ErrorKind::Response,
    ] {
        let error = Error::new(kind, "down");
        assert_eq!(
            lengths(&error, None, 9),
            [1, 2, 4, 8, 16, 32, 60, 60, 60],
            "{kind:?}"
        );
    }
}

#[test]
fn with_a_usable_token_they_double_from_five_seconds_within_a_quarter_of_its_life() {
    let error = Error::new(ErrorKind::Unavailable, "down");
    assert_eq!(
        lengths(&error, Some(seconds(3_600)), 6),
        [5, 10, 20, 40, 60, 60]
    );
    assert_eq!(lengths(&error, Some(seconds(40)), 3), [5, 10, 10]);
    assert_eq!(lengths(&error, Some(seconds(2)), 3), [1, 1, 1]);
}

#[test]
fn retry_after_wins_when_it_is_longer_and_is_capped_at_five_minutes() {
    let asked = |wait| {
        lengths(
            &Error::new(ErrorKind::Throttled, "slow").with_retry_after(seconds(wait)),
            None,
            1,
        )
    };
    assert_eq!(asked(0), [1]);
    assert_eq!(asked(30), [30]);
    assert_eq!(asked(90_000), [300]);
    let with_token = Error::new(ErrorKind::Throttled, "slow").with_retry_after(seconds(90));
    assert_eq!(lengths(&with_token, Some(seconds(8)), 1), [90]);
}

#[test]
fn refused_credentials_wait_longer_each_time() {
    let error = Error::new(ErrorKind::Rejected, "no");
    assert_eq!(lengths(&error, None, 6), [5, 30, 60, 300, 300, 300]);
}

#[test]
fn refused_requests_and_settings_wait_a_minute() {
    for kind in [ErrorKind::Request, ErrorKind::Config] {
        assert_eq!(lengths(&Error::new(kind, "no"), None, 3), [60, 60, 60]);
    }
}

#[test]
fn the_count_restarts_with_another_class_or_standing() {
    let down = || Error::new(ErrorKind::Unavailable, "down");
    let first = CoolDown::after(&RefreshPolicy::new(), None, down(), NOW(), None, 0);
    let second = CoolDown::after(&RefreshPolicy::new(), Some(&first), down(), NOW(), None, 0);
    assert_eq!(second.count, 2);
    let other_standing = CoolDown::after(
        &RefreshPolicy::new(),
        Some(&second),
        down(),
        NOW(),
        Some(seconds(600)),
        0,
    );
    assert_eq!(other_standing.count, 1);
    let other_class = CoolDown::after(
        &RefreshPolicy::new(),
        Some(&second),
        Error::new(ErrorKind::Rejected, "no"),
        NOW(),
        None,
        0,
    );
    assert_eq!(other_class.count, 1);
}

#[test]
fn new_credentials_end_what_credentials_caused() {
    let ends = |kind| {
        CoolDown::after(
            &RefreshPolicy::new(),
            None,
            Error::new(kind, "no"),
            NOW(),
            None,
            0,
        )
        .ends_with_new_credentials()
    };
    assert!(ends(ErrorKind::Rejected));
    assert!(ends(ErrorKind::Config));
    assert!(!ends(ErrorKind::Unavailable));
    assert!(!ends(ErrorKind::Request));
}
