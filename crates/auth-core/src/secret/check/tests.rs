//! Tests of which ids and secrets are taken.

use super::*;
use crate::error::ErrorKind;

#[test]
fn copying_mistakes_are_refused_by_name_and_not_repeated() {
    for (value, said) in [
        ("", "is empty"),
        (" fake", "white space"),
        ("fake ", "white space"),
        ("fake\u{a0}", "white space"),
        ("fake\n", "control character"),
        ("fa\0ke", "control character"),
        ("fa\u{85}ke", "control character"),
    ] {
        let error = check_credential("client_secret", value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(
            text.starts_with("client_secret ") && text.contains(said),
            "{value:?}: {text}"
        );
        assert!(!format!("{error:?}").contains("fake"), "{error:?}");
    }
}

#[test]
fn an_inner_space_and_any_letter_are_legal() {
    for value in ["a b", "pässwörd", "x"] {
        assert!(check_credential("client_secret", value).is_ok(), "{value}");
    }
}
