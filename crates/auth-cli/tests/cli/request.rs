//! Tests of `vauth request`: bodies as they came, status and headers on demand, 22 for what the API refuses.

use auth_testkit::{EmulatedVendor, Fault};
use serde_json::Value;

use crate::nobody::pipe_without_reader;
use crate::support::{command, environment, start, vauth};

#[tokio::test]
async fn the_body_is_printed_as_it_came() {
    let body = "{\"id\": 1,\r\n\"name\": \"\u{fc}\"}";
    for vendor in crate::support::VENDORS {
        let emulator = start(vendor).await;
        emulator.inject_api_fault(Fault::body(200, "application/json", body));
        let path = match vendor {
            EmulatedVendor::Datasaur => "/api/v1/users",
            EmulatedVendor::Maia => "/dpc/v1/projects",
            _ => "/api/v1/apps",
        };
        let run = vauth(
            &["request", vendor.as_str(), "GET", path],
            &environment(&emulator),
        );
        assert_eq!(run.stdout(), body);
        assert_eq!(emulator.api_requests(), 1);
    }
}

#[tokio::test]
async fn a_body_of_any_bytes_survives() {
    let emulator = start(EmulatedVendor::Maia).await;
    let bytes = [0, 159, 146, 150, b'\n', 255];
    emulator.inject_api_fault(Fault::body(200, "application/octet-stream", bytes));
    let arguments = ["request", "maia", "GET", "/dpc/v1/projects"];
    let output = command(&arguments, &environment(&emulator))
        .output()
        .unwrap();
    assert_eq!(output.stdout, bytes);
}

#[tokio::test]
async fn a_query_is_part_of_the_path() {
    let emulator = start(EmulatedVendor::Maia).await;
    let arguments = ["request", "maia", "GET", "/dpc/v1/projects?page=2&size=25"];
    let text = vauth(&arguments, &environment(&emulator)).stdout();
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["page"], 2);
    assert_eq!(body["results"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn status_and_headers_come_first_when_asked_for() {
    let emulator = start(EmulatedVendor::Runai).await;
    let arguments = ["request", "runai", "GET", "/api/v1/apps", "-i"];
    let text = vauth(&arguments, &environment(&emulator)).stdout();
    let (head, body) = text.split_once("\n\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\n"), "{head}");
    assert!(head.contains("\ncontent-type: application/json"), "{head}");
    assert!(
        serde_json::from_str::<Value>(body).unwrap().is_array(),
        "{body}"
    );
}

#[tokio::test]
async fn a_body_is_sent_as_json() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let query = r#"{"query":"{ me { id } }"}"#;
    let arguments = ["request", "datasaur", "POST", "/graphql", "-d", query];
    let text = vauth(&arguments, &environment(&emulator)).stdout();
    assert_eq!(text, r#"{"data":{"me":{"id":"1"}}}"#);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_is_no_success() {
    let emulator = start(EmulatedVendor::Runai).await;
    for status in [301, 302, 303, 307, 308] {
        emulator.inject_api_fault(Fault::status(status));
        let arguments = ["request", "runai", "GET", "/api/v1/apps"];
        let line = vauth(&arguments, &environment(&emulator)).failure(22);
        assert!(
            line.contains(&format!("status {status}"))
                && line.contains("redirects are not followed"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn what_the_api_refuses_is_printed_and_ends_with_22() {
    let cases = [
        (
            EmulatedVendor::Datasaur,
            "/api/v1/nothing",
            r#"{"message":"Not Found"}"#,
        ),
        (
            EmulatedVendor::Maia,
            "/dpc/v1/nothing",
            r#"{"message":"Not Found"}"#,
        ),
    ];
    for (vendor, path, body) in cases {
        let emulator = start(vendor).await;
        let run = vauth(
            &["request", vendor.as_str(), "GET", path],
            &environment(&emulator),
        );
        assert_eq!(run.stdout, body);
        let line = run.failure(22);
        assert!(
            line.contains("status 404") && line.contains("check the path"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn statuses_from_400_on_end_with_22_and_none_below() {
    let emulator = start(EmulatedVendor::Runai).await;
    let environment = environment(&emulator);
    for status in [400, 401, 403, 429, 500, 503, 599] {
        emulator.inject_api_fault(Fault::status(status));
        let run = vauth(&["request", "runai", "GET", "/api/v1/apps"], &environment);
        let line = run.failure(22);
        assert!(line.contains(&format!("status {status}")), "{line}");
    }
    for status in [204, 304, 399] {
        emulator.inject_api_fault(Fault::status(status));
        let arguments = ["request", "runai", "GET", "/api/v1/apps", "-i"];
        let text = vauth(&arguments, &environment).stdout();
        assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{text}");
    }
}

#[tokio::test]
async fn a_refusal_outranks_a_reader_who_has_gone() {
    let emulator = start(EmulatedVendor::Maia).await;
    let arguments = ["request", "maia", "GET", "/dpc/v1/nothing"];
    let output = command(&arguments, &environment(&emulator))
        .stdout(pipe_without_reader())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(22), "{output:?}");
}

#[tokio::test]
async fn a_failed_sign_in_sends_no_request() {
    let emulator = start(EmulatedVendor::Maia).await;
    emulator.disable_client();
    let run = vauth(
        &["request", "maia", "GET", "/dpc/v1/projects"],
        &environment(&emulator),
    );
    assert_eq!(run.stdout, "");
    run.failure(3);
    assert_eq!(emulator.api_requests(), 0);
}
