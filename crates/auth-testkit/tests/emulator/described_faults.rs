//! Faults, revocation, concurrency and the clock that advances by itself, with described vendors.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use auth_core::Clock;
use auth_testkit::{EmulatedTokenEndpoint, Emulator, Fault, ManualClock, Reply};
use http::Method;
use serde_json::json;

use crate::foreign::{okta, plain, portal};
use crate::support::{get, get_with, post_form, send, sign_in, sign_in_as};

#[tokio::test]
async fn a_status_at_the_token_endpoint_is_worded_as_described() {
    let emulator = plain().await;
    for (status, code) in [
        (400, "invalid_request"),
        (401, "invalid_client"),
        (403, "access_denied"),
        (429, "invalid_request"),
        (500, "server_error"),
        (503, "temporarily_unavailable"),
    ] {
        emulator.inject_token_fault(Fault::status(status).retry_after(Duration::from_secs(2)));
        let reply = sign_in(&emulator);
        assert_eq!(reply.oauth_error(), (status, code.to_owned()));
        assert_eq!(reply.header("retry-after"), Some("2"));
    }
    assert_eq!(sign_in(&emulator).status, 200);
    // A vendor with its errors inside a 200 has outages with another status all the same.
    let emulator = portal().start().await.unwrap();
    emulator.inject_token_fault(Fault::status(503));
    let reply = send("POST", emulator.token_url(), &[], b"{}");
    assert_eq!(
        (reply.status, reply.json()["code"].as_u64()),
        (503, Some(40_001))
    );
}

#[tokio::test]
async fn a_status_at_the_api_is_worded_as_described() {
    let emulator = okta().start().await.unwrap();
    emulator.inject_api_fault(Fault::status(500));
    let failed = get(&emulator, "/api/v1/users");
    assert_eq!(
        (failed.status, failed.json()["errorCode"].as_str()),
        (500, Some("E0000009"))
    );
    assert_eq!(failed.json()["errorSummary"], "Internal Server Error");
    assert_eq!(emulator.unauthorized_responses(), 0);
    emulator.inject_api_fault(Fault::refused_token(403));
    let refused = get(&emulator, "/api/v1/users");
    assert_eq!(
        (refused.status, refused.json()["errorCode"].as_str()),
        (403, Some("E0000009"))
    );
    assert_eq!(emulator.unauthorized_responses(), 1);
    emulator.inject_api_fault(Fault::status(401));
    assert_eq!(get(&emulator, "/api/v1/users").status, 401);
    assert_eq!(emulator.unauthorized_responses(), 2);
}

#[tokio::test]
async fn other_faults_need_no_words() {
    let emulator = plain().await;
    emulator.inject_token_fault(Fault::html());
    assert!(
        sign_in(&emulator)
            .text()
            .contains("<title>described</title>")
    );
    emulator.inject_token_fault(Fault::empty());
    assert_eq!(sign_in(&emulator).body.len(), 0);
    emulator.inject_token_fault(Fault::redirect("https://elsewhere.example/"));
    assert_eq!(sign_in(&emulator).status, 302);
    emulator.inject_token_fault(Fault::oversized());
    assert!(sign_in(&emulator).body.len() > 1 << 20);
    emulator.inject_api_fault(Fault::body(200, "text/plain", "hello").times(2));
    let token = sign_in(&emulator).token();
    assert_eq!(get(&emulator, "/things").text(), "hello");
    assert_eq!(get_with(&emulator, "/things", &token).text(), "hello");
    emulator.inject_api_fault(Fault::status(500).forever());
    emulator.clear_faults();
    assert_eq!(get_with(&emulator, "/things", &token).status, 200);
}

#[tokio::test]
async fn public_routes_and_unknown_paths_take_no_faults() {
    let emulator = portal().start().await.unwrap();
    emulator.inject_api_fault(Fault::status(500));
    assert_eq!(get(&emulator, "/open/v2/status").status, 200);
    assert_eq!(get(&emulator, "/nowhere").json()["code"], 40_401);
    let url = format!("{}/open/v2/jobs", emulator.base_url());
    assert_eq!(send("POST", &url, &[], b"{}").status, 500);
}

#[tokio::test]
async fn revoked_tokens_are_refused() {
    let emulator = plain().await;
    let token = sign_in(&emulator).token();
    assert_eq!(get_with(&emulator, "/things", &token).status, 200);
    emulator.revoke_tokens();
    assert_eq!(get_with(&emulator, "/things", &token).status, 401);
    assert_eq!(
        get_with(&emulator, "/things", &sign_in(&emulator).token()).status,
        200
    );
}

#[tokio::test]
async fn secrets_rotate_and_clients_are_switched_off() {
    let emulator = plain().await;
    let old = emulator.client_secret();
    emulator.rotate_secret("not-a-real-secret-either");
    assert_eq!(sign_in_as(&emulator, emulator.client_id(), old).status, 401);
    assert_eq!(sign_in(&emulator).status, 200);
    emulator.disable_client();
    assert_eq!(sign_in(&emulator).status, 401);
    emulator.enable_client();
    assert_eq!(sign_in(&emulator).status, 200);
}

#[tokio::test]
async fn requests_that_overlap_are_counted() {
    let emulator = plain().await;
    for _ in 0..3 {
        assert_eq!(sign_in(&emulator).status, 200);
    }
    assert_eq!(
        (emulator.max_concurrency(), emulator.max_api_concurrency()),
        (1, 0)
    );
    // Nobody waits for these responses: that the requests have arrived is enough.
    emulator.set_token_latency(Duration::from_secs(3_600));
    emulator.set_api_latency(Duration::from_secs(3_600));
    let send_only = |path: &str| {
        let mut stream = TcpStream::connect(&emulator.base_url()["http://".len()..]).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        stream
    };
    let held: Vec<_> = ["/token"; 5].map(send_only).into_iter().collect();
    let more: Vec<_> = ["/things"; 2].map(send_only).into_iter().collect();
    let start = Instant::now();
    while (emulator.token_requests(), emulator.api_requests()) != (8, 2) {
        assert!(start.elapsed() < Duration::from_secs(20), "not arrived");
        std::thread::yield_now();
    }
    assert_eq!(
        (emulator.max_concurrency(), emulator.max_api_concurrency()),
        (5, 2)
    );
    drop((held, more));
}

#[tokio::test]
async fn a_clock_that_advances_by_itself_ages_the_tokens() {
    let clock = ManualClock::auto_advancing();
    let emulator = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .token_lifetime(Duration::from_secs(600))
        .clock(clock.clone())
        .route(Method::GET, "/things", |_| Reply::json(json!([])))
        .start()
        .await
        .unwrap();
    let token = sign_in(&emulator).token();
    clock.sleep(Duration::from_secs(599)).await;
    assert_eq!(get_with(&emulator, "/things", &token).status, 200);
    clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(get_with(&emulator, "/things", &token).status, 401);
    assert_eq!(
        get_with(&emulator, "/things", &sign_in(&emulator).token()).status,
        200
    );
}

#[tokio::test]
async fn a_large_body_is_413_and_a_closure_that_panics_is_500() {
    let emulator = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .route(Method::GET, "/things", |_| unreachable!("on purpose"))
        .start()
        .await
        .unwrap();
    let body = vec![b'x'; (1 << 20) + 1];
    assert_eq!(send("POST", emulator.token_url(), &[], &body).status, 413);
    let token = sign_in(&emulator).token();
    let failed = get_with(&emulator, "/things", &token);
    assert_eq!(
        (failed.status, failed.text().as_str()),
        (500, "a closure of the emulator panicked")
    );
    assert_eq!(post_form(&emulator, &[]).status, 401);
}
