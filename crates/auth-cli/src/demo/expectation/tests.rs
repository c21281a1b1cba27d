//! Tests of the expectations: which hold, and how the others are named.

use super::*;

#[test]
fn what_holds_is_counted_and_not_named() {
    let mut expectations = Expectations::default();
    expectations.equal("equal", 1, 1);
    expectations.at_least("at least", 1, 1);
    expectations.at_most("at most", 1, 1);
    expectations.none("none", None);
    assert_eq!((expectations.len(), expectations.failed()), (4, 0));
}

#[test]
fn what_does_not_hold_is_named_with_what_was_seen() {
    let mut expectations = Expectations::default();
    expectations.equal("equal", 1, 2);
    expectations.at_least("at least", 1, 0);
    expectations.at_most("at most", 1, 2);
    expectations.none("none", Some("fake"));
    let failures: Vec<_> = expectations.failures().collect();
    assert_eq!(
        failures,
        [
            "equal: expected 1, saw 2",
            "at least: expected 1 or more, saw 0",
            "at most: expected 1 or fewer, saw 2",
            "none: the first: fake",
        ]
    );
}
