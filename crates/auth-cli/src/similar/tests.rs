//! Tests of what counts as similar.

use super::*;

#[test]
fn a_slip_of_the_finger_is_recognized_and_another_word_is_not() {
    let known = ["client_id", "client_secret_file", "region"];
    assert_eq!(similar("client_idd", known), Some("client_id"));
    assert_eq!(similar("REGOIN", known), Some("region"));
    assert_eq!(similar("audience", known), None);
    assert_eq!(similar("", known), None);
    assert_eq!(similar("x", ["id"]), None);
}

#[test]
fn without_a_similar_name_all_are_listed() {
    assert_eq!(did_you_mean("regin", ["region"]), "did you mean region?");
    assert_eq!(did_you_mean("x", ["a", "b"]), "use one of a, b");
}
