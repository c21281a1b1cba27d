//! Every fault, at every vendor, as often as it says.

use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, Fault};
use serde_json::Value;

use crate::support::{VENDORS, call, get, send, sign_in};

#[tokio::test]
async fn a_fault_is_given_once_unless_told_otherwise() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        emulator.inject_token_fault(Fault::status(503));
        assert_eq!(sign_in(&emulator).status, 503, "{vendor}");
        assert_eq!(sign_in(&emulator).status, 200);
        emulator.inject_token_fault(Fault::status(500).times(2));
        emulator.inject_token_fault(Fault::status(400).times(0));
        emulator.inject_token_fault(Fault::status(502));
        let statuses: Vec<_> = (0..4).map(|_| sign_in(&emulator).status).collect();
        assert_eq!(statuses, [500, 500, 502, 200]);
        assert_eq!(emulator.token_requests(), 6);
    }
}

#[tokio::test]
async fn a_fault_for_ever_ends_when_faults_are_cleared() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let token = sign_in(&emulator).token();
    emulator.inject_token_fault(Fault::empty().forever());
    emulator.inject_token_fault(Fault::status(500));
    emulator.inject_api_fault(Fault::status(500).forever());
    for _ in 0..5 {
        assert_eq!(
            (sign_in(&emulator).status, call(&emulator, &token).status),
            (200, 500)
        );
        assert!(sign_in(&emulator).body.is_empty());
    }
    emulator.clear_faults();
    assert_eq!(call(&emulator, &token).status, 200);
    assert!(!sign_in(&emulator).token().is_empty());
}

#[tokio::test]
async fn faults_of_the_api_and_of_the_token_endpoint_keep_apart() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        emulator.inject_api_fault(Fault::status(429).retry_after(Duration::from_millis(1500)));
        let token = sign_in(&emulator).token();
        get(&emulator, "/");
        let refused = call(&emulator, &token);
        assert_eq!(
            (refused.status, refused.header("retry-after")),
            (429, Some("2"))
        );
        assert_eq!(call(&emulator, &token).status, 200);
        emulator.inject_token_fault(Fault::status(500));
        assert_eq!(call(&emulator, &token).status, 200);
        assert_eq!(sign_in(&emulator).status, 500);
    }
}

#[tokio::test]
async fn a_status_brings_the_vendors_own_body() {
    let rows = [
        (EmulatedVendor::Datasaur, 400, JSON_UTF8, "invalid_request"),
        (EmulatedVendor::Datasaur, 401, JSON_UTF8, "invalid_client"),
        (EmulatedVendor::Datasaur, 500, JSON_UTF8, "server_error"),
        (EmulatedVendor::Datasaur, 503, HTML, "nginx"),
        (EmulatedVendor::Maia, 401, JSON, "invalid_client"),
        (EmulatedVendor::Maia, 403, JSON, "access_denied"),
        (EmulatedVendor::Maia, 500, JSON, "unknown_error"),
        (EmulatedVendor::Maia, 429, TEXT, "Too Many Requests"),
        (EmulatedVendor::Runai, 401, JSON, "invalid_client"),
        (EmulatedVendor::Runai, 400, JSON, "invalid_request"),
        (EmulatedVendor::Runai, 503, JSON, r#""code":503"#),
        (EmulatedVendor::Runai, 502, HTML, "nginx"),
    ];
    for (vendor, status, content_type, part) in rows {
        let emulator = Emulator::start(vendor).await.unwrap();
        emulator.inject_token_fault(Fault::status(status));
        let reply = sign_in(&emulator);
        assert_eq!(reply.status, status, "{vendor}");
        assert_eq!(
            reply.header("content-type"),
            Some(content_type),
            "{vendor} {status}"
        );
        assert!(
            reply.text().contains(part),
            "{vendor} {status}: {}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn a_status_at_the_api_brings_the_apis_body() {
    let rows = [
        (
            EmulatedVendor::Datasaur,
            "/graphql",
            401,
            "AuthenticationError",
        ),
        (EmulatedVendor::Datasaur, "/graphql", 500, "GraphQLError"),
        (
            EmulatedVendor::Datasaur,
            "/api/v1/users",
            403,
            r#"{"message":"Forbidden"}"#,
        ),
        (
            EmulatedVendor::Maia,
            "/dpc/v1/projects",
            401,
            "Unauthorized",
        ),
        (
            EmulatedVendor::Maia,
            "/dpc/v1/projects",
            403,
            "IP not allowed for any organization",
        ),
        (
            EmulatedVendor::Runai,
            "/api/v1/apps",
            401,
            "Issuer is not familiar.",
        ),
        (EmulatedVendor::Runai, "/api/v1/apps", 500, r#""code":500"#),
    ];
    for (vendor, path, status, part) in rows {
        let emulator = Emulator::start(vendor).await.unwrap();
        emulator.inject_api_fault(Fault::status(status));
        let reply = get(&emulator, path);
        assert_eq!(reply.status, status, "{vendor} {path}");
        assert!(
            reply.text().contains(part),
            "{vendor} {path}: {}",
            reply.text()
        );
        assert_eq!(emulator.unauthorized_responses(), u64::from(status == 401));
    }
}

#[tokio::test]
async fn version_1_of_runai_keeps_its_own_error_object() {
    let emulator = Emulator::start(EmulatedVendor::Runai).await.unwrap();
    let url = format!("{}/api/v1/token", emulator.base_url());
    for status in [400, 401, 503] {
        emulator.inject_token_fault(Fault::status(status));
        let reply = send("POST", &url, &[], b"");
        assert_eq!(
            (reply.status, reply.json()["code"].as_u64()),
            (status, Some(status.into()))
        );
    }
}

#[tokio::test]
async fn answers_that_only_look_right() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        emulator.inject_token_fault(Fault::html());
        let html = sign_in(&emulator);
        assert_eq!(
            (html.status, html.header("content-type")),
            (200, Some(HTML))
        );
        assert!(html.text().contains("<html"));

        emulator.inject_token_fault(Fault::empty());
        let empty = sign_in(&emulator);
        assert_eq!((empty.status, empty.body.len()), (200, 0));

        emulator.inject_token_fault(Fault::redirect("https://elsewhere.example/login?next=1"));
        let redirect = sign_in(&emulator);
        assert_eq!(redirect.status, 302);
        assert_eq!(
            redirect.header("location"),
            Some("https://elsewhere.example/login?next=1")
        );

        emulator.inject_token_fault(Fault::oversized());
        let oversized = sign_in(&emulator);
        assert_eq!(
            (oversized.status, oversized.header("content-type")),
            (200, Some(JSON))
        );
        assert!(oversized.body.len() > 1 << 20);
        // Read to its end it would work, so that a client that does not stop is found out.
        assert_eq!(oversized.token(), "not-a-real-token");
        assert_eq!(oversized.json()["expiresIn"], Value::from(3600));

        emulator.inject_token_fault(Fault::body(418, "text/x-tea", "short\0stout").times(1));
        let body = sign_in(&emulator);
        assert_eq!(
            (body.status, body.header("content-type")),
            (418, Some("text/x-tea"))
        );
        assert_eq!(body.body, b"short\0stout");

        emulator.inject_token_fault(Fault::status(204));
        assert_eq!(sign_in(&emulator).status, 204);
    }
}

#[tokio::test]
async fn a_slow_answer_is_a_proper_one() {
    let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
    emulator.inject_token_fault(Fault::slow(Duration::from_millis(1)));
    emulator.inject_api_fault(Fault::slow(Duration::from_millis(1)));
    let token = sign_in(&emulator).token();
    assert_eq!(call(&emulator, &token).status, 200);
}

#[test]
#[should_panic(expected = "between 200 and 999")]
fn a_status_that_is_none_is_refused_at_once() {
    let _ = Fault::status(99);
}

#[test]
#[should_panic(expected = "cannot stand in a header")]
fn a_location_that_is_none_is_refused_at_once() {
    let _ = Fault::redirect("https://example.com/\r\nset-cookie: a=b");
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const JSON_UTF8: &str = "application/json; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
