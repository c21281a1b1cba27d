//! What a test can assert about the requests that an emulator received.

use std::collections::HashMap;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator};
use http::Method;
use serde_json::{Value, json};

use crate::foreign::{okta, portal, start_on};
use crate::support::{JSON, VENDORS, call, get, get_with, post_basic, send, sign_in};

#[tokio::test]
async fn requests_are_returned_in_order_with_all_their_parts() {
    let emulator = okta().start().await.unwrap();
    let fields = [
        ("grant_type", "client_credentials"),
        ("audience", "api://default"),
        ("scope", "okta.users.read"),
    ];
    let token = post_basic(&emulator, "other-client", "not-a-real-secret-2", &fields).token();
    get_with(&emulator, "/api/v1/users?after=2&q=a%20b&q=c", &token);
    get_with(&emulator, "/api/v1/users/3", &token);
    get(&emulator, "/nowhere");

    let received = emulator.received_requests();
    let lines: Vec<_> = received
        .iter()
        .map(|request| format!("{} {}", request.method(), request.path()))
        .collect();
    assert_eq!(
        lines,
        [
            "POST /oauth2/v1/token",
            "GET /api/v1/users",
            "GET /api/v1/users/3",
            "GET /nowhere"
        ]
    );
    let sent = received[0].form_pairs();
    let sent: HashMap<_, _> = sent
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assert_eq!(sent, HashMap::from(fields));
    assert_eq!(
        received[0].form("scope").as_deref(),
        Some("okta.users.read")
    );
    assert_eq!(received[0].form("client_secret"), None);
    assert!(
        received[0]
            .header("Authorization")
            .unwrap()
            .starts_with("Basic ")
    );
    assert_eq!(
        received[0].headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(received[1].query("after").as_deref(), Some("2"));
    assert_eq!(received[1].query("q").as_deref(), Some("a b"));
    assert_eq!(received[1].query("missing"), None);
    assert_eq!(received[1].query_pairs().len(), 3);
    assert_eq!(received[2].parameter("id"), Some("3"));
    assert_eq!(received[2].base_url(), emulator.base_url());
    let clients: Vec<_> = received.iter().map(|request| request.client_id()).collect();
    let other = Some("other-client");
    assert_eq!(clients, [other, other, other, None]);
}

#[tokio::test]
async fn requests_are_found_by_method_and_path_and_can_be_forgotten() {
    let emulator = portal().start().await.unwrap();
    let url = |path: &str| format!("{}{path}", emulator.base_url());
    let body = json!({ "auth": { "appKey": "portal-key", "appSecret": "not-a-real-secret" } });
    let body = body.to_string();
    send(
        "POST",
        emulator.token_url(),
        &[("content-type", JSON)],
        body.as_bytes(),
    );
    send("POST", &url("/open/v2/jobs"), &[], br#"{"name":"first"}"#);
    send("POST", &url("/open/v2/jobs"), &[], b"no json");
    get(&emulator, "/open/v2/jobs");
    get(&emulator, "/open/v2/jobs/7");

    let tokens = emulator.received_token_requests();
    assert_eq!(tokens.len(), 1);
    assert_eq!(tokens[0].client_id(), Some("portal-key"));
    let sent: Value = tokens[0].body_json().unwrap();
    assert_eq!(sent["auth"]["appKey"], "portal-key");
    assert!(tokens[0].form_pairs().is_empty());

    let jobs = emulator.received_requests_to(&Method::POST, "/open/v2/jobs");
    assert_eq!(jobs.len(), 2);
    assert_eq!(jobs[0].body(), br#"{"name":"first"}"#);
    assert!(jobs[1].body_json::<Value>().is_err());
    let one = emulator.received_requests_to(&Method::GET, "/open/v2/{kind}/{id}");
    assert_eq!(one.len(), 1);

    emulator.clear_received_requests();
    assert!(emulator.received_requests().is_empty());
    assert_eq!((emulator.token_requests(), emulator.api_requests()), (1, 2));
    get(&emulator, "/nowhere");
    assert_eq!(emulator.received_requests().len(), 1);
}

#[tokio::test]
async fn the_time_between_requests_is_that_of_the_emulators_clock() {
    let (emulator, clock) = start_on(okta()).await;
    get(&emulator, "/api/v1/users");
    clock.advance(Duration::from_secs(90));
    get(&emulator, "/api/v1/users");
    let received = emulator.received_requests();
    let between = received[1].received_at().since(received[0].received_at());
    assert_eq!(between, Duration::from_secs(90));
}

#[tokio::test]
async fn known_vendors_record_requests_too() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let token = sign_in(&emulator).token();
        call(&emulator, &token);
        let received = emulator.received_requests();
        assert_eq!(received.len(), 2, "{vendor}");
        assert_eq!(
            received[0].form("grant_type").as_deref(),
            Some("client_credentials")
        );
        let own = Some(emulator.client_id());
        assert_eq!(received[0].client_id(), own, "{vendor}");
        assert_eq!(received[1].client_id(), own, "{vendor}");
    }
}

#[tokio::test]
async fn a_recorded_request_prints_no_secret() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let token = sign_in(&emulator).token();
    get_with(&emulator, "/dpc/v1/projects?key=sésame-ouvre-toi", &token);
    let printed = format!(
        "{:?} {:#?}",
        emulator.received_requests(),
        emulator.received_requests()
    );
    for part in [
        "token",
        "authorization",
        "\"key\"",
        "GET",
        "content-length",
        "bytes",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let secrets = [
        emulator.client_secret(),
        &token,
        "sésame",
        "s%C3%A9same",
        "Bearer",
    ];
    for secret in secrets {
        assert!(!printed.contains(secret), "{printed}");
        let start: String = secret.chars().take(6).collect();
        assert!(!printed.contains(&start), "{printed}");
    }
    for printed in [format!("{emulator:?}"), format!("{emulator:#?}")] {
        assert!(!printed.contains(&token) && !printed.contains(emulator.client_secret()));
    }
}

#[tokio::test]
#[should_panic(expected = "the path template \"users\" is invalid: it must begin with a slash")]
async fn a_template_that_matches_nothing_is_rejected() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    emulator.received_requests_to(&Method::GET, "users");
}
