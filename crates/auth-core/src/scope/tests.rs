//! Tests of scope parsing.

use super::*;

#[test]
fn names_are_kept_in_order_and_joined_by_single_spaces() {
    let scope = Scope::parse("  read  write ").unwrap();
    assert_eq!(scope.as_str(), "read write");
    assert_eq!(scope.iter().collect::<Vec<_>>(), ["read", "write"]);
}

#[test]
fn an_empty_list_and_illegal_characters_are_refused() {
    for text in ["", "  ", "a\"b", "a\\b", "a\tb", "ä"] {
        assert!(Scope::parse(text).is_err(), "{text:?} was accepted");
    }
}
