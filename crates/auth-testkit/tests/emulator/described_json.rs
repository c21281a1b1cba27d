//! A described vendor whose sign-in is its own JSON, with the errors inside a 200.

use std::time::Duration;

use auth_testkit::{EmulatedTokenEndpoint, Emulator};
use serde_json::{Value, json};

use crate::foreign::{portal, start_on};
use crate::support::{JSON, Reply, send};

fn post(emulator: &Emulator, path: &str, token: Option<&str>, body: &Value) -> Reply {
    let url = format!("{}{path}", emulator.base_url());
    let bearer = format!("Bearer {}", token.unwrap_or_default());
    let headers = [("content-type", JSON), ("authorization", bearer.as_str())];
    let headers = if token.is_some() {
        &headers[..]
    } else {
        &headers[..1]
    };
    send("POST", &url, headers, body.to_string().as_bytes())
}

fn session(emulator: &Emulator, key: &str, secret: &str) -> Value {
    let body = json!({ "auth": { "appKey": key, "appSecret": secret } });
    let reply = post(emulator, "/open/v2/session", None, &body);
    assert_eq!(reply.status, 200);
    reply.json()
}

#[tokio::test]
async fn a_session_works_until_it_expires_and_no_status_says_so() {
    let (emulator, clock) = start_on(portal()).await;
    let reply = session(&emulator, emulator.client_id(), emulator.client_secret());
    assert_eq!(
        (reply["code"].as_u64(), reply["data"]["ttl"].as_u64()),
        (Some(0), Some(3600))
    );
    let token = reply["data"]["session"].as_str().unwrap();
    let job = json!({ "name": "nightly" });
    let done = post(&emulator, "/open/v2/jobs", Some(token), &job);
    assert_eq!(
        done.json(),
        json!({ "code": 0, "data": { "name": "nightly" } })
    );
    assert_eq!(emulator.unauthorized_responses(), 0);
    clock.advance(Duration::from_secs(3600));
    let expired = post(&emulator, "/open/v2/jobs", Some(token), &job);
    assert_eq!(
        (expired.status, expired.json()["code"].as_u64()),
        (200, Some(40_102))
    );
    // A rejected token is counted although the status is 200.
    assert_eq!(emulator.unauthorized_responses(), 1);
    assert_eq!(
        post(&emulator, "/open/v2/jobs", None, &job).json()["code"],
        40_102
    );
    assert_eq!(emulator.unauthorized_responses(), 2);
}

#[tokio::test]
async fn errors_of_the_sign_in_are_inside_a_200() {
    let emulator = portal().start().await.unwrap();
    for (key, secret) in [("portal-key", "wrong"), ("nobody", "not-a-real-secret")] {
        let expected = json!({ "code": 40_101, "msg": "bad key or secret" });
        assert_eq!(session(&emulator, key, secret), expected);
    }
    for (body, message) in [
        (
            json!({ "auth": { "appKey": "portal-key" } }),
            "/auth/appSecret is missing",
        ),
        (
            json!({ "auth": { "appKey": 7, "appSecret": "x" } }),
            "/auth/appKey is missing",
        ),
        (json!([]), "/auth/appKey is missing"),
    ] {
        let reply = post(&emulator, "/open/v2/session", None, &body);
        assert_eq!(
            (reply.status, reply.json()),
            (200, json!({ "code": 40_001, "msg": message }))
        );
    }
    let url = emulator.token_url();
    assert_eq!(
        send("POST", url, &[], b"{").json()["msg"],
        "the body is not JSON"
    );
    assert_eq!(send("GET", url, &[], b"").json()["code"], 40_001);
    assert_eq!(emulator.token_requests(), 7);
}

#[tokio::test]
async fn a_public_route_needs_no_token_and_is_no_request_of_the_api() {
    let emulator = portal().start().await.unwrap();
    let url = format!("{}/open/v2/status", emulator.base_url());
    assert_eq!(send("GET", &url, &[], b"").json(), json!({ "code": 0 }));
    assert_eq!(
        (emulator.api_requests(), emulator.unscripted_requests()),
        (0, 0)
    );
}

#[tokio::test]
async fn plain_member_names_will_do_and_scope_and_audience_are_checked_too() {
    let endpoint = EmulatedTokenEndpoint::json("/login", "id", "key")
        .scopes(["read"])
        .require_scope()
        .audience("api")
        .require_audience();
    let emulator = Emulator::builder(endpoint)
        .client("me", "not-a-real-key")
        .start()
        .await
        .unwrap();
    let login = |more: &Value| {
        let mut body = json!({ "id": "me", "key": "not-a-real-key" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        post(&emulator, "/login", None, &body)
    };
    let both = login(&json!({ "scope": "read", "audience": "api" }));
    assert_eq!(both.json()["scope"], "read");
    assert!(!both.token().is_empty());
    let code = |more: &Value| login(more).oauth_error().1;
    assert_eq!(code(&json!({ "audience": "api" })), "invalid_scope");
    assert_eq!(
        code(&json!({ "scope": "write", "audience": "api" })),
        "invalid_scope"
    );
    assert_eq!(code(&json!({ "scope": "read" })), "invalid_request");
    assert_eq!(
        code(&json!({ "scope": "read", "audience": "b" })),
        "invalid_target"
    );
}
