//! Tests of the margins, the refresh window and the jitter.

use super::*;

fn timing(lifetime: u64, jitter: f64) -> (f64, f64) {
    let token = AccessToken::new("fake", moment(100), Duration::from_secs(lifetime)).unwrap();
    let policy = RefreshPolicy::new().with_jitter(Some(jitter));
    let timing = policy.timing(&token, moment(100));
    (
        timing.refresh_at.as_secs_f64(),
        timing.expire_at.as_secs_f64(),
    )
}

fn moment(seconds: u64) -> ClockReading {
    ClockReading::new(Duration::from_secs(seconds), Duration::from_secs(seconds))
}

#[test]
fn a_token_is_served_until_one_second_before_its_end_and_a_tenth_of_a_short_life() {
    assert_eq!(timing(5, 0.0).1, 4.5);
    assert_eq!(timing(3_600, 0.0).1, 3_599.0);
}

#[test]
fn the_refresh_margin_is_a_tenth_of_the_lifetime_and_at_most_ten_seconds() {
    assert_eq!(timing(40, 0.0).0, 40.0 - 4.0 - 10.0);
    assert_eq!(timing(400, 0.0).0, 400.0 - 10.0 - 100.0);
}

#[test]
fn a_token_is_never_due_after_its_end() {
    let token = AccessToken::new("fake", moment(0), Duration::from_secs(60)).unwrap();
    let policy = RefreshPolicy::new()
        .with_expiry_margin(Duration::from_secs(60))
        .with_refresh_margin(Duration::ZERO)
        .with_refresh_window(Duration::ZERO)
        .with_jitter(Some(0.0));
    let timing = policy.timing(&token, moment(0));
    assert_eq!(timing.refresh_at, timing.expire_at);
}

#[test]
fn the_window_is_a_quarter_of_the_lifetime_and_at_most_an_hour() {
    assert_eq!(timing(3_600, 0.0).0, 2_690.0);
    assert_eq!(timing(86_400, 0.0).0, 86_390.0 - 3_600.0);
}

#[test]
fn jitter_only_ever_refreshes_earlier_by_at_most_five_minutes() {
    assert_eq!(timing(600, 0.5).0, 590.0 - 150.0 - 30.0);
    assert_eq!(timing(86_400, 1.0).0, 86_390.0 - 3_600.0 - 300.0);
}

#[test]
fn jitter_is_drawn_anew_for_each_token_unless_it_is_fixed() {
    let token = AccessToken::new("fake", moment(0), Duration::from_secs(3_600)).unwrap();
    let policy = RefreshPolicy::new();
    let draws: Vec<_> = (0..16)
        .map(|_| policy.timing(&token, moment(0)).refresh_at)
        .collect();
    assert!(draws.iter().any(|draw| *draw != draws[0]), "{draws:?}");
}

#[test]
fn the_anchor_is_the_earlier_of_the_tokens_and_the_requests_on_each_clock() {
    let token = AccessToken::new(
        "fake",
        ClockReading::new(Duration::from_secs(7), Duration::from_secs(50)),
        Duration::from_secs(60),
    )
    .unwrap();
    let timing = RefreshPolicy::new().timing(&token, moment(20));
    assert_eq!(
        timing.anchor,
        ClockReading::new(Duration::from_secs(7), Duration::from_secs(20))
    );
    let timing = RefreshPolicy::new().timing(&token, moment(5));
    assert_eq!(
        timing.anchor,
        moment(5),
        "a token from the future is as old as its request"
    );
}

#[cfg(feature = "store")]
#[test]
fn a_token_of_another_process_is_due_as_early_and_up_to_half_a_window_later() {
    let token = AccessToken::new("fake", moment(0), Duration::from_secs(1_801)).unwrap();
    let due = |jitter| {
        let policy = RefreshPolicy::new().with_jitter(Some(jitter));
        let own = policy.timing(&token, moment(0)).refresh_at;
        let remaining = Duration::from_secs(1_800);
        let adopted = policy.adopted_timing(&token, moment(0), Duration::ZERO, remaining);
        assert_eq!(adopted.expire_at, remaining);
        (own.as_secs_f64(), adopted.refresh_at.as_secs_f64())
    };
    let ((latest, earliest_adopted), (earliest, latest_adopted)) = (due(0.0), due(1.0));
    assert!((earliest - earliest_adopted).abs() < 1e-6);
    let half_a_window = 1_801.0 / 8.0;
    assert!((latest + half_a_window - latest_adopted).abs() < 1e-6);
}

#[cfg(feature = "store")]
#[test]
fn an_old_token_of_another_process_is_due_when_a_new_one_would_be() {
    let hour = Duration::from_secs(3_600);
    let policy = RefreshPolicy::new().with_jitter(Some(1.0));
    let whole = AccessToken::new("fake", moment(0), hour).unwrap();
    let due = policy.timing(&whole, moment(0)).refresh_at;
    let policy = RefreshPolicy::new().with_jitter(Some(0.0));
    for age in [0, 600, 2_000, 2_600].map(Duration::from_secs) {
        let rest = AccessToken::new("fake", moment(0), hour - age).unwrap();
        let adopted = policy.adopted_timing(&rest, moment(0), age, hour - age);
        assert_eq!(adopted.refresh_at, due.saturating_sub(age), "{age:?}");
    }
}
