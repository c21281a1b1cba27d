//! Tests of the commands that are named: a shell reads each word as one.

use std::path::PathBuf;

use super::*;

#[test]
fn a_word_is_quoted_such_that_a_shell_reads_it_as_one() {
    for (word, written) in [
        ("nightly-import.secret", "nightly-import.secret"),
        ("", "''"),
        ("two words", "'two words'"),
        ("7; rm -rf ~", "'7; rm -rf ~'"),
        ("it's", r"'it'\''s'"),
        ("$(id)", "'$(id)'"),
    ] {
        assert_eq!(quoted(word), written);
    }
}

#[test]
fn the_command_for_a_new_secret_is_the_one_that_was_given() {
    let secret = SecretArguments {
        secret_file: Some(PathBuf::from("my secret")),
        show_secret: false,
    };
    let kind = Kind::client("service account", "service-accounts");
    let words = Words::create(kind, "a", &secret);
    assert_eq!(
        words.without_secret(Some("7"), "is lost"),
        "service account a exists now with the id 7, and its secret is lost: get a new secret with \
         `vauth runai service-accounts regenerate-secret 7 --secret-file 'my secret'`, or remove it with \
         `vauth runai service-accounts delete 7`"
    );
    let maybe = words.maybe();
    assert!(
        maybe.contains("`vauth runai service-accounts list`")
            && maybe.contains("-secret ID --secret-file"),
        "{maybe}"
    );
}
