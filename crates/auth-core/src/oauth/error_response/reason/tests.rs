//! Tests of the shapes in which servers, frameworks and gateways say why.

use super::*;

fn read(body: &str) -> (Option<String>, Option<String>) {
    let Reason { code, message } = Reason::read(body.as_bytes());
    (code, message)
}

#[test]
fn the_reason_is_found_in_every_usual_shape() {
    for (body, code, message) in [
        (
            r#"{"error":"invalid_client","error_description":"Bad pair"}"#,
            "invalid_client",
            "Bad pair",
        ),
        (
            r#"{"error":"Unauthorized","status":401,"message":"Bad pair","path":"/t"}"#,
            "Unauthorized",
            "Bad pair",
        ),
        (
            r#"{"error":{"code":"bad_pair","message":"Bad pair"}}"#,
            "bad_pair",
            "Bad pair",
        ),
        (
            r#"{"error":{"code":401,"message":"Bad pair","status":"UNAUTHENTICATED"}}"#,
            "UNAUTHENTICATED",
            "Bad pair",
        ),
        (
            r#"{"errors":[{"code":"E1","detail":"Bad pair"},{"detail":"x"}]}"#,
            "E1",
            "Bad pair",
        ),
        (
            r#"{"fault":{"faultstring":"Bad pair","detail":{"errorcode":"oauth.v2.X"}}}"#,
            "oauth.v2.X",
            "Bad pair",
        ),
        (
            r#"{"errorCode":"E1","errorMessage":"Bad pair"}"#,
            "E1",
            "Bad pair",
        ),
        (r#"{"Code":"E1","Message":"Bad pair"}"#, "E1", "Bad pair"),
    ] {
        assert_eq!(
            read(body),
            (Some(code.to_owned()), Some(message.to_owned())),
            "{body}"
        );
    }
    for body in [
        r#"{"message":"Bad pair"}"#,
        r#"{"type":"about:blank","title":"Bad","status":401,"detail":"Bad pair"}"#,
        r#"{"status":"error","message":"Bad pair"}"#,
        r#"{"code":400,"message":"Bad pair"}"#,
        r#"{"error":null,"detail":"Bad pair"}"#,
        r#"{"detail":{"msg":"Bad pair"}}"#,
        r#"{"errors":["Bad pair"]}"#,
        r#"["Bad pair"]"#,
        r#""Bad pair""#,
        "Bad pair",
        "  Bad pair\n",
        "\u{feff}{\"message\":\"Bad pair\"}",
        "<!doctype html><html><head><TITLE> Bad pair </title></head></html>",
    ] {
        assert_eq!(read(body), (None, Some("Bad pair".to_owned())), "{body}");
    }
}

#[test]
fn a_sentence_in_the_place_of_the_code_is_kept() {
    let code = Some("Bad pair".to_owned());
    assert_eq!(read(r#"{"error":"Bad pair"}"#), (code, None));
}

#[test]
fn what_says_nothing_has_no_reason() {
    for body in [
        "",
        "  ",
        "{}",
        "[]",
        "null",
        "7",
        "{\"a\":1}",
        "{\"error\":",
        "<html></html>",
        r#"{"error":{"code":1}}"#,
    ] {
        assert_eq!(read(body), (None, None), "{body}");
    }
    let nested = format!("{}1{}", r#"{"error":"#.repeat(100), "}".repeat(100));
    assert_eq!(read(&nested), (None, None));
    let too_deep = "[".repeat(100_000);
    assert_eq!(read(&too_deep), (None, None));
    assert_eq!(
        Reason::read(b"\xff\xfe\0").message.as_deref(),
        Some("\u{fffd}\u{fffd}\0")
    );
}

#[test]
fn an_error_without_a_token_is_no_success() {
    for body in [
        r#"{"error":"invalid_client"}"#,
        r#"{"error":{"code":1}}"#,
        r#"{"errors":[{"message":"x"}]}"#,
        r#"{"success":false,"message":"x"}"#,
        r#"{"error":"x","access_token":""}"#,
        r#"{"error":"x","access_token":null}"#,
    ] {
        assert!(Reason::is_in(body.as_bytes()), "{body}");
    }
    for body in [
        r#"{"access_token":"t","error":null}"#,
        r#"{"access_token":"t","error":""}"#,
        r#"{"accessToken":"t","errors":[]}"#,
        r#"{"accessToken":"t","error":"x"}"#,
        r#"{"key":"t"}"#,
        r#"{"key":"t","error":null}"#,
        "[]",
        "{",
    ] {
        assert!(!Reason::is_in(body.as_bytes()), "{body}");
    }
}
