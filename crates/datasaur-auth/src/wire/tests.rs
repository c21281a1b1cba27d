//! Tests of how Datasaur says that a token is no good, and of how much of an answer is read for that.

use std::io;

use super::*;

fn refuses(status: u16, body: &'static str) -> bool {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = status.try_into().unwrap();
    is_invalid_token(&response)
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
fn a_byte_order_mark_hides_no_refusal() {
    let marked = |body: &str| Bytes::from(format!("\u{feff}{body}"));
    assert!(refuses_graphql(&marked(REFUSAL)));
    assert!(GraphqlBody::read(&marked(r#"{"data":{}}"#)).is_some());
}

#[test]
fn a_member_has_an_id() {
    let id = |json: &str| serde_json::from_str::<Member>(json).map(|member| member.id.0);
    assert_eq!(id(r#"{"id":"7"}"#).unwrap(), "7");
    assert_eq!(
        id(r#"{"id":18446744073709551615}"#).unwrap(),
        "18446744073709551615"
    );
    for none in [r#"{"id":""}"#, r#"{"id":null}"#, r#"{"id":1.5}"#, "{}"] {
        assert!(id(none).is_err(), "{none}");
    }
}

#[test]
fn a_rest_401_counts() {
    assert!(refuses(401, r#"{"message":"Unauthorized"}"#));
}

#[test]
fn errors_make_an_answer_at_every_status_and_data_only_with_a_success() {
    let is_answer = |status: u16, body: &str| {
        serde_json::from_str::<GraphqlBody<'_>>(body)
            .is_ok_and(|body| body.is_answer(status.try_into().unwrap()))
    };
    for (status, body, expected) in [
        (200, r#"{"data":{}}"#, true),
        (200, r#"{"data":{},"errors":[]}"#, true),
        (200, r#"{"data":null,"errors":[{}]}"#, true),
        (400, r#"{"errors":[{"message":"x"}]}"#, true),
        (500, r#"{"errors":[null]}"#, true),
        (400, r#"{"data":{}}"#, false),
        (200, r#"{"data":null}"#, false),
        (200, r#"{"errors":[]}"#, false),
        (200, r#"{"errors":"x"}"#, false),
        (200, "{}", false),
        (200, "[]", false),
        (400, r#"{"message":"x"}"#, false),
    ] {
        assert_eq!(is_answer(status, body), expected, "{status} {body}");
    }
}

#[test]
fn an_error_without_the_usual_members_is_still_an_error() {
    assert_eq!(read_graphql_error("7"), (None, None));
    assert_eq!(
        read_graphql_error(r#"{"message":"x","extensions":null}"#),
        (Some("x".to_owned()), None)
    );
    assert_eq!(
        read_graphql_error(r#"{"message":7,"extensions":{"type":"Y"}}"#),
        (None, Some("Y".to_owned()))
    );
}

#[test]
fn an_id_is_text_or_a_number() {
    for body in [r#"{"me":{"id":"7"}}"#, r#"{"me":{"id":7,"more":[]}}"#] {
        let data: MeData = serde_json::from_str(body).unwrap();
        assert_eq!(data.me.unwrap().id.0, "7");
    }
}

/// Gives one byte at a time, and counts them.
struct Counting<'a> {
    body: &'a [u8],
    read: usize,
}

impl io::Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(&byte) = self.body.get(self.read) else {
            return Ok(0);
        };
        buffer[0] = byte;
        self.read += 1;
        Ok(1)
    }
}

/// Returns the verdict and the number of bytes that it took.
fn read(body: &str) -> (bool, usize) {
    let mut reader = Counting {
        body: body.as_bytes(),
        read: 0,
    };
    let mut json = serde_json::Deserializer::from_reader(&mut reader);
    let is_refused = is_refusal(&mut json);
    drop(json);
    assert_eq!(refuses_graphql(body.as_bytes()), is_refused);
    (is_refused, reader.read)
}

const REFUSING_ERROR: &str =
    r#"{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}"#;

#[test]
fn a_large_answer_is_known_by_its_beginning() {
    let large = format!("[{}1]", "\"AuthenticationError\",".repeat(50_000));
    for body in [
        format!(r#"{{"data":{{"things":{large}}}}}"#),
        format!(r#"{{"errors":[{{"message":"no"}}],"data":{large}}}"#),
        format!(r#"{{"errors":[{{"message":"no"}},{large}],"data":null}}"#),
        format!(r#"{{"errors":[{REFUSING_ERROR}],"data":{large}}}"#),
        format!(r#"{{"errors":[],"data":{large}}}"#),
        large.clone(),
        format!("<html>{large}"),
    ] {
        let (is_refused, bytes) = read(&body);
        assert!(!is_refused);
        assert!(bytes < 128, "{bytes} of {} bytes", body.len());
    }
}

#[test]
fn a_refusal_is_read_to_its_end_in_whatever_order_it_comes() {
    for body in [
        format!(r#"{{"errors":[{REFUSING_ERROR}],"data":null}}"#),
        format!(r#"{{"data":null,"errors":[{REFUSING_ERROR},{{"odd":[1]}}]}}"#),
        format!(r#"{{"extensions":{{"a":[{{}}]}},"errors":[{REFUSING_ERROR}]}} "#),
        format!(r#"{{"err\u006frs":[{REFUSING_ERROR}]}}"#),
    ] {
        assert!(read(&body).0, "{body}");
    }
    for body in [
        format!(r#"{{"errors":[{REFUSING_ERROR}],"data":null"#),
        format!(r#"{{"errors":[{REFUSING_ERROR}]}} more"#),
        format!(r#"{{"errors":{REFUSING_ERROR}}}"#),
        format!(r#"{{"errors":[{{"odd":true}},{REFUSING_ERROR}]}}"#),
        format!(r#"{{"nested":{{"errors":[{REFUSING_ERROR}]}}}}"#),
        r#"{"errors":null,"data":null}"#.to_owned(),
        "{}".to_owned(),
        String::new(),
    ] {
        assert!(!read(&body).0, "{body}");
    }
}
