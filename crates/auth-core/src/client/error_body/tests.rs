//! Tests of how an error object is read by default.

use bytes::Bytes;
use http::{Method, Response};

use super::*;
use crate::client::ApiRequest;

fn read(status: u16, body: &str) -> Option<ApiErrorBody> {
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = status.try_into().unwrap();
    let request = ApiRequest::new(Method::GET, "/fake");
    ApiErrorBody::read(&ApiResponse::from_http(&request, response))
}

#[test]
fn the_usual_members_are_read() {
    for (body, message, code) in [
        (r#"{"message":"m"}"#, Some("m"), None),
        (r#"{"message":"m","code":"c"}"#, Some("m"), Some("c")),
        (
            r#"{"title":"t","detail":"d","status":400}"#,
            Some("d"),
            None,
        ),
        (r#"{"title":"t"}"#, Some("t"), None),
        (
            r#"{"error":"e","error_description":"d"}"#,
            Some("d"),
            Some("e"),
        ),
        (r#"{"error":"e"}"#, None, Some("e")),
        (r#"{"message":"m","code":7,"title":[]}"#, Some("m"), None),
        (r#"{"message":{},"detail":"d"}"#, Some("d"), None),
        ("\u{feff}{\"message\":\"m\"}", Some("m"), None),
        ("[]", None, None),
        ("<html>", None, None),
        ("", None, None),
    ] {
        let error = read(400, body).unwrap();
        assert_eq!((error.message(), error.code()), (message, code), "{body}");
    }
}

#[test]
fn a_success_is_not_an_error() {
    assert!(read(200, r#"{"message":"created"}"#).is_none());
}
