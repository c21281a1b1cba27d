//! Tests of how much of an answer is read before it is known not to refuse the token.

use std::io;

use super::*;

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

const REFUSAL: &str = r#"{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}"#;

#[test]
fn a_large_answer_is_known_by_its_beginning() {
    let large = format!("[{}1]", "\"AuthenticationError\",".repeat(50_000));
    for body in [
        format!(r#"{{"data":{{"things":{large}}}}}"#),
        format!(r#"{{"errors":[{{"message":"no"}}],"data":{large}}}"#),
        format!(r#"{{"errors":[{{"message":"no"}},{large}],"data":null}}"#),
        format!(r#"{{"errors":[{REFUSAL}],"data":{large}}}"#),
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
        format!(r#"{{"errors":[{REFUSAL}],"data":null}}"#),
        format!(r#"{{"data":null,"errors":[{REFUSAL},{{"odd":[1]}}]}}"#),
        format!(r#"{{"extensions":{{"a":[{{}}]}},"errors":[{REFUSAL}]}} "#),
        format!(r#"{{"err\u006frs":[{REFUSAL}]}}"#),
    ] {
        assert!(read(&body).0, "{body}");
    }
    for body in [
        format!(r#"{{"errors":[{REFUSAL}],"data":null"#),
        format!(r#"{{"errors":[{REFUSAL}]}} more"#),
        format!(r#"{{"errors":{REFUSAL}}}"#),
        format!(r#"{{"errors":[{{"odd":true}},{REFUSAL}]}}"#),
        format!(r#"{{"nested":{{"errors":[{REFUSAL}]}}}}"#),
        r#"{"errors":null,"data":null}"#.to_owned(),
        "{}".to_owned(),
        String::new(),
    ] {
        assert!(!read(&body).0, "{body}");
    }
}
