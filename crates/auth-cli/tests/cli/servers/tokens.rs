//! Tests of the token of forwarded requests: what happens if the API rejects it, and if there is none.

use std::sync::Mutex;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, Fault};

use super::api::Api;
use super::running::{Reply, Running, until};
use crate::support::{SECRET, environment, start, with};

/// An API that rejects the first token it sees with this challenge, and returns the body of other requests.
fn rejecting(challenge: &'static str) -> Api {
    let first = Mutex::new(None);
    Api::start(move |exchange| {
        let body = exchange.body();
        let token = exchange
            .header("authorization")
            .unwrap_or_default()
            .to_owned();
        let is_first = *first.lock().unwrap().get_or_insert(token.clone()) == token;
        if is_first {
            return exchange.write(
                format!("HTTP/1.1 401 x\r\n{challenge}content-length: 6\r\n\r\nfailed").as_bytes(),
            );
        }
        exchange.respond(&body);
        true
    })
}

const INVALID: &str = "www-authenticate: Bearer error=\"invalid_token\"\r\n";

#[tokio::test]
async fn a_rejected_token_is_replaced_and_a_small_request_is_resent_once() {
    for (line, body) in [("GET /v1", &b""[..]), ("POST /v1", b"small")] {
        let api = rejecting(INVALID);
        let proxy = Running::proxy(&api, &[]).await;
        let reply = proxy.send(line, &[], body);
        assert_eq!((reply.status, &*reply.body), (200, body), "{line}");
        assert_eq!(api.heads().len(), 2);
        assert_eq!(proxy.emulator.token_requests(), 2);
    }
}

#[tokio::test]
async fn a_stream_is_not_resent_but_the_next_request_has_another_token() {
    let api = rejecting(INVALID);
    let proxy = Running::proxy(&api, &[]).await;
    let large = vec![b'x'; 65 * 1024];
    let reply = proxy.send("POST /v1", &[], &large);
    assert_eq!((reply.status, reply.text()), (401, "failed"));
    assert_eq!(reply.header("vauth-error"), None);
    assert_eq!(api.heads().len(), 1);
    assert_eq!(proxy.send("POST /v1", &[], &large).status, 200);
    assert_eq!(proxy.emulator.token_requests(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_that_graphql_rejects_within_a_success_is_replaced() {
    // A bare rejection is believed once the token has lived for a quarter of its life, long before it is due for a refresh.
    let emulator = Emulator::builder(EmulatedVendor::Datasaur)
        .client_secret(SECRET)
        .token_lifetime(Duration::from_secs(12))
        .start()
        .await
        .unwrap();
    let environment = with(environment(&emulator), "RUST_LOG", "auth_core::cache=debug");
    let proxy = Running::start(&["proxy", "datasaur"], &environment, emulator);
    let call = || {
        let headers = ["content-type: application/json"];
        proxy.send("POST /graphql", &headers, br#"{"query":"{ me { id } }"}"#)
    };
    let is_rejected = |reply: &Reply| reply.text().contains("AuthenticationError");
    assert!(!is_rejected(&call()));
    proxy.emulator.revoke_tokens();
    let reply = call();
    assert_eq!(
        (reply.status, is_rejected(&reply)),
        (200, true),
        "{reply:?}"
    );
    until(|| !is_rejected(&call()));
    proxy.signal(rustix::process::Signal::TERM);
    let (_, log) = proxy.ended();
    assert!(
        log.contains("token discarded: the API rejected it"),
        "{log}"
    );
}

#[tokio::test]
async fn a_401_for_another_reason_is_returned_at_once() {
    let api = rejecting("www-authenticate: Bearer error=\"insufficient_scope\"\r\n");
    let proxy = Running::proxy(&api, &[]).await;
    assert_eq!(proxy.get("/v1").status, 401);
    assert_eq!(api.heads().len(), 1);
    assert_eq!(proxy.emulator.token_requests(), 1);
}

#[tokio::test]
async fn an_api_that_rejects_every_token_sees_each_request_twice_at_most() {
    let api = Api::start(|exchange| {
        exchange.write(format!("HTTP/1.1 401 x\r\n{INVALID}content-length: 0\r\n\r\n").as_bytes())
    });
    let proxy = Running::proxy(&api, &[]).await;
    for _ in 0..5 {
        assert_eq!(proxy.get("/v1").status, 401);
    }
    assert!(api.heads().len() <= 10);
    assert!(proxy.emulator.token_requests() <= 3);
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_at_the_start_is_survived() {
    let api = Api::echo();
    let emulator = start(EmulatedVendor::Maia).await;
    emulator.inject_token_fault(Fault::status(503).forever());
    let environment = with(environment(&emulator), "MAIA_BASE_URL", &api.url);
    let proxy = Running::start(&["proxy", "maia"], &environment, emulator);
    let reply = proxy.get("/v1");
    assert_eq!((reply.status, reply.refusal()), (503, "unavailable"));
    // The refresh has failed; now it pauses.
    let reply = proxy.get("/v1");
    assert!(reply.header("retry-after").is_some(), "{reply:?}");
    let health = proxy.get("/healthz");
    assert_eq!(health.status, 503);
    assert_eq!(health.json()["status"], "unavailable");
    assert_eq!(health.json()["kind"], "unavailable");
    proxy.emulator.clear_faults();
    // It recovers without requests, after the cool-down.
    until(|| proxy.get("/healthz").status == 200);
    assert_eq!(proxy.get("/v1").status, 200);
    assert_eq!(api.heads().len(), 1);
}

#[tokio::test]
async fn rejected_credentials_are_a_bad_gateway_and_the_message_names_the_fix() {
    let api = Api::echo();
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = with(environment(&emulator), "MAIA_BASE_URL", &api.url);
    emulator.rotate_secret("another-fake-secret");
    let proxy = Running::start(&["proxy", "maia"], &environment, emulator);
    let reply = proxy.get("/v1");
    assert_eq!(
        (reply.status, reply.refusal()),
        (502, "invalid_credentials")
    );
    assert_eq!(proxy.get("/healthz").json()["kind"], "invalid_credentials");
    assert!(api.heads().is_empty());
}
