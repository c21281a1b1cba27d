//! Tests of which headers a request may have.

use super::*;
use crate::error::ErrorKind;

fn refused(name: &str, value: &str) -> String {
    let error = checked(name, value.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    error.to_string()
}

#[test]
fn a_header_that_can_be_sent_is_taken_as_it_is() {
    for (name, value) in [
        ("x-trace", "a, b"),
        ("If-Match", "\"etag\""),
        ("cookie", "a=b"),
        ("x-name", "ümlaut"),
    ] {
        let (_, sent) = checked(name, value.as_bytes()).unwrap();
        assert_eq!(sent.as_bytes(), value.as_bytes());
    }
}

#[test]
fn what_the_client_owns_is_refused_by_name() {
    for name in [
        "Authorization",
        "host",
        "Content-Length",
        "transfer-encoding",
        "connection",
        "expect",
        "te",
        "upgrade",
        "proxy-authorization",
        "Idempotency-Key",
    ] {
        let message = refused(name, "fake-value");
        let name = name.to_ascii_lowercase();
        assert!(
            message.contains(&format!("the header {name} is set by the client")),
            "{message}"
        );
        assert!(!message.contains("fake-value"), "{message}");
    }
}

#[test]
fn what_cannot_be_sent_is_refused_without_its_value() {
    let message = refused("x-trace", "fake\r\nvalue");
    assert!(
        message.contains("x-trace") && !message.contains("fake"),
        "{message}"
    );
    let message = refused("x-key: fake-secret", "");
    assert!(
        message.contains("\"x-key\"") && !message.contains("fake"),
        "{message}"
    );
    assert!(refused("", "a").contains("is empty or contains"));
}
