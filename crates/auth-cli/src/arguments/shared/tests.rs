//! Tests of which durations are accepted.

use super::*;

#[test]
fn durations_are_above_zero_and_can_be_added_to_a_clock() {
    for text in ["0", "-1", "nan", "inf", "1e19", "315360001", "x", ""] {
        assert!(seconds(text).is_err(), "{text}");
    }
    for text in [
        "0",
        "0s",
        "18446744073709551615",
        "11y",
        "315360001",
        "x",
        "",
    ] {
        assert!(duration(text).is_err(), "{text}");
    }
    assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
    assert_eq!(seconds("315360000"), Ok(LONGEST));
    assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
    assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
}
