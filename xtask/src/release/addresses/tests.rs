//! Tests of the two addresses.

use super::*;

#[test]
fn an_unknown_repository_is_a_skip_and_a_wrong_one_a_failure() {
    let of =
        |addresses: [&'static str; 2]| of_repositories(&[("a", addresses[0]), ("b", addresses[1])]);
    assert_eq!(of(["https://example.org/x"; 2]), Outcome::passed());
    assert!(matches!(of([""; 2]), Outcome::Skipped(reason) if reason.contains("`repository`")));
    // One crate that does not inherit it.
    assert!(
        matches!(of(["https://example.org/x", ""]), Outcome::Failed(fault) if fault.starts_with("b: "))
    );
    assert!(matches!(of(["git@example.org:x"; 2]), Outcome::Failed(_)));
}

#[test]
fn an_unknown_contact_is_a_skip_and_a_missing_line_a_failure() {
    let known = "# Security\n\nContact: <mailto:security@example.org>\n";
    assert_eq!(
        of_contact(known),
        Outcome::Passed("<mailto:security@example.org>".to_owned())
    );
    for unknown in ["Contact:\n", "Contact: not known yet\n"] {
        assert!(
            matches!(of_contact(unknown), Outcome::Skipped(_)),
            "{unknown}"
        );
    }
    assert!(matches!(of_contact("# Security\n"), Outcome::Failed(_)));
}
