//! Tests of the cool-down's length.

use super::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The lengths of `count` cool-downs in a row.
fn lengths(error: &Error, remaining: Option<Duration>, count: usize) -> Vec<u64> {
    let mut counts = FailureCounts::default();
    (0..count)
        .map(|_| length(&mut counts, error.kind(), error.retry_after(), remaining))
        .collect()
}

fn length(
    counts: &mut FailureCounts,
    kind: ErrorKind,
    retry_after: Option<Duration>,
    remaining: Option<Duration>,
) -> u64 {
    let error = Error::new(kind, "no");
    let error = match retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    };
    counts
        .count(&RefreshPolicy::new(), &error, remaining)
        .as_secs()
}

#[test]
fn retryable_failures_double_from_one_second_without_a_token() {
    for kind in [
        ErrorKind::Unavailable,
        ErrorKind::Transport,
        ErrorKind::Timeout,
        ErrorKind::Throttled,
        ErrorKind::InvalidResponse,
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
    let call_with_token = Error::new(ErrorKind::Throttled, "slow").with_retry_after(seconds(90));
    assert_eq!(lengths(&call_with_token, Some(seconds(8)), 1), [90]);
}

#[test]
fn refused_credentials_wait_longer_each_time() {
    let error = Error::new(ErrorKind::InvalidCredentials, "no");
    assert_eq!(lengths(&error, None, 6), [5, 30, 60, 300, 300, 300]);
}

#[test]
fn refused_requests_and_settings_wait_a_minute() {
    for kind in [ErrorKind::TokenRequestRefused, ErrorKind::Config] {
        assert_eq!(lengths(&Error::new(kind, "no"), None, 3), [60, 60, 60]);
    }
}

#[test]
fn each_class_counts_by_itself() {
    let mut counts = FailureCounts::default();
    let mut next = |kind| length(&mut counts, kind, None, None);
    assert_eq!(next(ErrorKind::InvalidCredentials), 5);
    assert_eq!(next(ErrorKind::Unavailable), 1);
    assert_eq!(next(ErrorKind::InvalidCredentials), 30);
    assert_eq!(next(ErrorKind::Config), 60);
    assert_eq!(next(ErrorKind::Timeout), 2);
    assert_eq!(next(ErrorKind::InvalidCredentials), 60);
}

#[test]
fn the_loss_of_the_last_token_restarts_the_count_of_what_passes_by_itself_alone() {
    let mut counts = FailureCounts::default();
    let token = Some(seconds(3_600));
    for (kind, remaining, expected) in [
        (ErrorKind::Unavailable, token, 5),
        (ErrorKind::InvalidCredentials, token, 5),
        (ErrorKind::Unavailable, token, 10),
        (ErrorKind::Unavailable, None, 1),
        (ErrorKind::Unavailable, None, 2),
        (ErrorKind::InvalidCredentials, None, 30),
    ] {
        let length = length(&mut counts, kind, None, remaining);
        assert_eq!(length, expected, "{kind:?} {remaining:?}");
    }
}

#[test]
fn new_credentials_end_what_credentials_caused() {
    let ends = |kind| ends_with_new_credentials(&Error::new(kind, "no"));
    assert!(ends(ErrorKind::InvalidCredentials));
    assert!(ends(ErrorKind::Config));
    assert!(!ends(ErrorKind::Unavailable));
    assert!(!ends(ErrorKind::TokenRequestRefused));
}

#[test]
fn a_source_that_returned_a_token_already_due_is_left_alone_for_seconds() {
    assert_eq!(hold_off(&RefreshPolicy::new(), seconds(600)), seconds(5));
    assert_eq!(hold_off(&RefreshPolicy::new(), seconds(12)), seconds(3));
    assert_eq!(hold_off(&RefreshPolicy::new(), seconds(1)), seconds(1));
}
