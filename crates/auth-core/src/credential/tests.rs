//! Tests of an id with its secret.

use super::*;

#[test]
fn the_error_says_which_of_the_two_is_bad() {
    let bad_id =
        Credentials::of_settings("MAIA_CLIENT_ID", " a", "MAIA_CLIENT_SECRET", "b").unwrap_err();
    assert!(bad_id.to_string().starts_with("MAIA_CLIENT_ID "));
    let bad_secret =
        Credentials::of_settings("MAIA_CLIENT_ID", "a", "MAIA_CLIENT_SECRET", "b ").unwrap_err();
    assert!(bad_secret.to_string().starts_with("MAIA_CLIENT_SECRET "));
}
