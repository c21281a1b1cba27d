//! What the list of tokens must do that no request can show.

use super::*;

fn moment(seconds: u64) -> ClockReading {
    ClockReading::new(Duration::from_secs(seconds), Duration::from_secs(seconds))
}

#[test]
fn expired_tokens_are_forgotten_when_others_are_issued() {
    let mut tokens = IssuedTokens::default();
    for second in 0..100_000 {
        tokens.add(
            second.to_string(),
            moment(second),
            Duration::from_secs(60),
            Owner::default(),
        );
        assert!(tokens.tokens.len() <= SWEEP_AT_LEAST, "at second {second}");
    }
    assert!(tokens.owner("99999", moment(99_999)).is_some());
    assert!(tokens.owner("99939", moment(99_999)).is_none());
}

#[test]
fn tokens_that_are_still_good_are_kept_however_many() {
    let mut tokens = IssuedTokens::default();
    for number in 0..10_000 {
        tokens.add(
            number.to_string(),
            moment(0),
            Duration::from_secs(60),
            Owner::default(),
        );
    }
    assert!((0..10_000).all(|number: u32| tokens.owner(&number.to_string(), moment(59)).is_some()));
}
