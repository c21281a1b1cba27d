//! Tests of what is saved from an answer that is broken.

use super::*;

fn secret_of(body: &str) -> Option<String> {
    let secret = Members::read(body.as_bytes()).client_secret()?;
    Some(secret.expose_secret().to_owned())
}

#[test]
fn a_secret_is_saved_from_whatever_still_holds_it() {
    for body in [
        r#"{"id":"7","clientSecret":"fake"}"#,
        r#"{"id":7,"secret":"fake"}"#,
        r#"{"clientSecret":"","secret":"fake"}"#,
        r#"{"clientSecret":"fake","clientSecret":null}"#,
        r#"{"clientSecret":"fake","id":"7"#,
        r#"{"clientSecret":"fake","#,
        r#"{"clientSecret":"fake"} and more"#,
        r#"{"clientSecret":"fake","id":tru}"#,
        r#"[{"clientSecret":"fake"}]"#,
        "\u{feff}{\"clientSecret\":\"fake\"}",
        r#"{"id":{"deep":[1]},"name":null,"clientSecret":"fake"}"#,
    ] {
        assert_eq!(secret_of(body).as_deref(), Some("fake"), "{body}");
    }
    assert_eq!(
        secret_of(r#"{"clientSecret":12345}"#).as_deref(),
        Some("12345")
    );
}

#[test]
fn half_a_secret_is_none() {
    for body in [
        "",
        "null",
        "7",
        "[]",
        "{}",
        "<html>",
        r#""fake""#,
        r#"{"clientSecret":"fak"#,
        r#"{"clientSecret":""}"#,
        r#"{"clientSecret":" "}"#,
        r#"{"clientSecret":null}"#,
        r#"{"clientSecret":["fake"]}"#,
        r#"{"clientSecret":true}"#,
    ] {
        assert_eq!(secret_of(body), None, "{body}");
    }
}

#[test]
fn an_answer_that_is_not_whole_says_so() {
    assert!(Members::read(br#"{"id":"7"}"#).is_whole);
    for body in [r#"{"id":"7""#, r#"{"id":"7"}x"#, "", "text"] {
        assert!(!Members::read(body.as_bytes()).is_whole, "{body}");
    }
}
