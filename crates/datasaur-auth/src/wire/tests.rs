//! Tests of how Datasaur says that a token is no good.

use super::*;

fn refuses(status: u16, body: &'static str) -> bool {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = status.try_into().unwrap();
    refuses_token(&response)
}

const REFUSAL: &str = r#"{"errors":[{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}],"data":null}"#;

#[test]
fn an_authentication_error_without_data_counts_whatever_the_status() {
    for status in [200, 400, 401] {
        assert!(refuses(status, REFUSAL), "{status}");
    }
    assert!(refuses(
        200,
        r#"{"errors":[{"extensions":{"type":"AuthenticationError"}}]}"#
    ));
}

#[test]
fn every_other_answer_passes_through() {
    for body in [
        r#"{"data":{"me":{"id":"1"}}}"#,
        r#"{"errors":[{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}],"data":{"me":null}}"#,
        r#"{"errors":[{"message":"x","extensions":{"type":"ForbiddenError"}}],"data":null}"#,
        r#"{"errors":[{"message":"AuthenticationError"}],"data":null}"#,
        r#"{"errors":[{"message":"x","extensions":{"code":"UNAUTHENTICATED"}}],"data":null}"#,
        r#"{"errors":[{"extensions":{"type":"X"}},{"extensions":{"type":"AuthenticationError"}}],"data":null}"#,
        "AuthenticationError",
        "",
    ] {
        assert!(!refuses(200, body), "{body}");
    }
    assert!(!refuses(403, "{}"));
}

#[test]
fn a_rest_401_counts() {
    assert!(refuses(401, r#"{"message":"Unauthorized"}"#));
}
