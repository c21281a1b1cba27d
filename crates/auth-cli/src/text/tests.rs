//! Tests of the one line.

use super::*;

#[test]
fn a_line_stays_one_line() {
    assert_eq!(
        one_line("a\nb\r\u{1b}[2Jc\u{85}d\u{2028}e\tf"),
        "a b \u{fffd}[2Jc d e f"
    );
    assert_eq!(one_line("\u{202e}nimda"), "\u{fffd}nimda");
}

#[test]
fn a_long_message_is_cleaned_and_not_cut() {
    let text = format!("{} {}\u{1b}", "long ".repeat(99), "x".repeat(999));
    let line = one_line(&text);
    assert_eq!(line.chars().count(), text.chars().count() - 1);
    assert!(line.ends_with("xx\u{fffd}"), "{line}");
}
