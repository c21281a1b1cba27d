//! Tests of the commands that are named: a shell reads each word as one.

use std::path::PathBuf;

use super::*;

#[test]
fn the_command_for_a_new_secret_is_the_one_that_was_given() {
    let secret = SecretArguments {
        secret_file: Some(PathBuf::from("my secret")),
        show_secret: false,
    };
    let holder = SecretHolder::client("service account", "service-accounts");
    let messages = SecretMessages::create(holder, "a", &secret);
    assert_eq!(
        messages.without_secret(Some("7"), "is lost"),
        "service account a exists now with the id 7, and its secret is lost: get a new secret with \
         `vauth runai service-accounts regenerate-secret 7 --secret-file 'my secret'`, or remove it with \
         `vauth runai service-accounts delete 7`"
    );
    let maybe = messages.maybe();
    assert!(
        maybe.contains("`vauth runai service-accounts list`")
            && maybe.contains("-secret ID --secret-file"),
        "{maybe}"
    );
}
