//! Tests of what the demo says when something did not hold.

use super::expectation::Expectations;
use super::*;

#[test]
fn each_failed_expectation_is_named_with_its_vendor() {
    let mut expectations = Expectations::default();
    expectations.equal("one token request", 1, 3);
    expectations.equal("no failed call", 0, 0);
    let report = Report {
        vendor: Vendor::Maia,
        calls: 7,
        token_requests: 3,
        worst_wait: Duration::from_millis(4),
        connections: 64,
        expectations,
    };
    let text = text(&[report], 1, 2, Duration::from_millis(5_940));
    assert!(
        text.contains("\nFAILED maia: one token request: expected 1, saw 3\n"),
        "{text}"
    );
    assert!(!text.contains("no failed call"), "{text}");
    assert!(
        text.ends_with("\n1 of 2 expectations were met, in 5.9 s.\n"),
        "{text}"
    );
}
