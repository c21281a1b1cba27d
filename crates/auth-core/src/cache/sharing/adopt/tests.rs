//! Tests of how long a token of another process is used.

use super::*;

const HOUR: Duration = Duration::from_secs(3_600);
const MARGIN: Duration = Duration::from_secs(1);

/// What is left of a token of half an hour, by a record that lives that long, `age` after it was issued by this machine's wall clock.
fn left(life: u64, age: i64) -> Option<u64> {
    let token = SharedToken {
        token: "fake-token".into(),
        scope: None,
        lifetime: HOUR / 2,
        issued_at: 10 * HOUR,
    };
    let now = 36_000_i64 + age;
    let now = Duration::from_secs(now.unsigned_abs());
    remaining(&token, Duration::from_secs(life), MARGIN, now).map(|left| left.as_secs())
}

#[test]
fn the_shorter_of_the_records_life_and_the_wall_clocks_counts() {
    assert_eq!(left(1_700, 99), Some(1_700));
    // The store's clock was stopped or set back.
    assert_eq!(left(1_700, 999), Some(800));
    assert_eq!(left(9_999, 999), Some(800));
    // The record was put late, or its life was cut.
    assert_eq!(left(10, 99), Some(10));
}

#[test]
fn a_wall_clock_that_lags_behind_the_issuers_adds_nothing() {
    assert_eq!(left(1_200, -3_600), Some(1_200));
    assert_eq!(left(9_999, -3_600), Some(1_799));
}

#[test]
fn a_wall_clock_ahead_rejects_the_token() {
    assert_eq!(left(1_200, 3_600), None);
}

#[test]
fn a_token_with_less_than_a_second_left_is_of_no_use() {
    assert_eq!(left(0, 99), None);
    assert_eq!(left(1, 99), Some(1));
    assert_eq!(left(99, 1_798), Some(1));
    assert_eq!(left(99, 1_799), None);
}
