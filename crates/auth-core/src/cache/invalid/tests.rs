//! Tests of which rejections are believed, and of how long a rejected token is kept away.

use super::*;
use crate::cache::policy::RefreshPolicy;

const HOUR: u64 = 3_600;

fn at(seconds: u64) -> ClockReading {
    let since_start = Duration::from_secs(seconds);
    ClockReading::new(since_start, since_start)
}

fn token(text: &str, lifetime: u64) -> AccessToken {
    AccessToken::new(text, at(0), Duration::from_secs(lifetime)).unwrap()
}

/// Rejects a token of this life that was requested at 0, at these ages; returns which rejections were believed.
fn believed(
    invalid: &mut InvalidTokens,
    lifetime: u64,
    rejections: &[(u64, Verdict)],
) -> Vec<bool> {
    let token = token("fake", lifetime);
    let policy = RefreshPolicy::new();
    rejections
        .iter()
        .map(|(age, verdict)| {
            let since = Duration::from_secs(*age);
            invalid.is_discarded(&policy, &token, since, at(*age), *verdict)
        })
        .collect()
}

#[test]
fn a_token_must_be_ten_seconds_old_or_a_quarter_of_its_life() {
    use Verdict::Unauthorized;
    let ages = [(9, Unauthorized), (10, Unauthorized)];
    assert_eq!(
        believed(&mut InvalidTokens::default(), HOUR, &ages),
        [false, true]
    );
    let ages = [(1, Unauthorized), (2, Unauthorized)];
    assert_eq!(
        believed(&mut InvalidTokens::default(), 8, &ages),
        [false, true]
    );
}

#[test]
fn that_age_doubles_with_each_in_a_row_up_to_five_minutes() {
    let mut invalid = InvalidTokens::default();
    for least in [10, 20, 40, 80, 160, 300, 300] {
        let ages = [
            (least - 1, Verdict::Unauthorized),
            (least, Verdict::Unauthorized),
        ];
        assert_eq!(
            believed(&mut invalid, HOUR, &ages),
            [false, true],
            "{least}"
        );
    }
}

#[test]
fn an_accepted_token_or_one_that_lived_long_ends_the_doubling() {
    let old = [(10, Verdict::Unauthorized)];
    let mut invalid = InvalidTokens::default();
    assert_eq!(believed(&mut invalid, HOUR, &old), [true]);
    assert_eq!(believed(&mut invalid, HOUR, &old), [false]);
    invalid.accept();
    assert_eq!(believed(&mut invalid, HOUR, &old), [true]);

    for _ in 0..3 {
        believed(&mut invalid, HOUR, &[(300, Verdict::Unauthorized)]);
    }
    assert_eq!(
        believed(&mut invalid, HOUR, &[(301, Verdict::Unauthorized)]),
        [true]
    );
    assert_eq!(invalid.in_a_row(), 1, "it lived long, so it is the first");
}

#[test]
fn a_token_that_was_rejected_from_the_start_did_not_live_long() {
    use Verdict::Unauthorized;
    let mut invalid = InvalidTokens::default();
    for _ in 0..8 {
        believed(&mut invalid, 24 * HOUR, &[(300, Unauthorized)]);
    }
    let ages = [(1, Unauthorized), (299, Unauthorized), (301, Unauthorized)];
    assert_eq!(
        believed(&mut invalid, 24 * HOUR, &ages),
        [false, false, true]
    );
    assert_eq!(invalid.in_a_row(), 9);
}

#[test]
fn an_explicit_rejection_is_believed_at_any_age_for_the_first_in_a_row() {
    let mut invalid = InvalidTokens::default();
    let explicit = [(0, Verdict::InvalidToken)];
    assert_eq!(believed(&mut invalid, HOUR, &explicit), [true]);
    assert_eq!(believed(&mut invalid, HOUR, &explicit), [false]);
    assert_eq!(
        believed(&mut invalid, HOUR, &[(20, Verdict::InvalidToken)]),
        [true]
    );
}

#[test]
fn an_api_that_accepts_and_rejects_in_turn_costs_no_token_for_each_request() {
    let mut invalid = InvalidTokens::default();
    let mut discarded = 0;
    for _ in 0..100 {
        invalid.accept();
        discarded += believed(&mut invalid, HOUR, &[(0, Verdict::InvalidToken)])
            .iter()
            .filter(|believed| **believed)
            .count();
    }
    assert_eq!(discarded, MAX_EARLY as usize, "the next after minutes");
}

#[test]
fn a_rejected_token_gets_another_chance_once_the_age_in_force_has_passed() {
    let policy = RefreshPolicy::new();
    let mut invalid = InvalidTokens::default();
    let token = token("fake", 24 * HOUR);
    assert!(invalid.is_discarded(
        &policy,
        &token,
        Duration::from_secs(100),
        at(100),
        Verdict::Unauthorized
    ));
    // One in a row: twice ten seconds.
    assert!(invalid.contains(&policy, &token, at(119)));
    assert!(!invalid.contains(&policy, &token, at(120)));
}

#[test]
fn only_the_last_few_are_remembered_and_none_after_clearing() {
    let policy = RefreshPolicy::new().with_remembered_invalid_tokens(2);
    let mut invalid = InvalidTokens::default();
    let tokens = ["t1", "t2", "t3"].map(|text| token(text, 24 * HOUR));
    for token in &tokens {
        assert!(invalid.is_discarded(
            &policy,
            token,
            Duration::from_secs(400),
            at(400),
            Verdict::Unauthorized
        ));
    }
    let contained = |invalid: &InvalidTokens| {
        tokens
            .each_ref()
            .map(|token| invalid.contains(&policy, token, at(401)))
    };
    assert_eq!(contained(&invalid), [false, true, true]);
    invalid.clear();
    assert_eq!(contained(&invalid), [false; 3]);
}
