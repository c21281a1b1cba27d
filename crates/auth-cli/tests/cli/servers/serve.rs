//! Tests of `vauth serve`: the response, the required header, and a token that stays fresh.

use auth_testkit::{EmulatedVendor, Fault};

use super::running::{Running, until};
use crate::support::{VENDORS, environment, start, vauth};

const HEADER: &[&str] = &["vauth: true"];

#[tokio::test]
async fn the_response_is_that_of_a_token_endpoint() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let environment = environment(&emulator);
        let server = Running::start(&["serve", vendor.as_str()], &environment, emulator);
        assert_eq!(server.ready["vendor"], vendor.as_str());
        assert_eq!(server.ready.as_object().unwrap().len(), 2);
        let reply = server.send("GET /token", HEADER, b"");
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let token = reply.json();
        assert_eq!(token["token_type"], "Bearer");
        let left = token["expires_in"].as_u64().unwrap();
        assert!((1_700..=3_600).contains(&left), "{left}");
        let token = token["access_token"].as_str().unwrap().to_owned();
        // All callers get the same one, and the API accepts it.
        let again = server.send("GET /token?x", &["vauth: TRUE"], b"").json();
        assert_eq!(again["access_token"], token);
        assert_eq!(server.emulator.token_requests(), 1);
        let mut given = environment.clone();
        given.retain(|(name, _)| name.ends_with("_BASE_URL"));
        given.push((format!("{}_TOKEN", vendor.as_str().to_uppercase()), token));
        let run = vauth(&["doctor", vendor.as_str()], &given);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[tokio::test]
async fn what_a_page_or_a_proxy_can_send_is_refused() {
    let server = Running::serve(&[]).await;
    let rows: [(&str, &[&str], u16); 9] = [
        ("GET /token", &[], 400),
        ("GET /token", &["vauth: false"], 400),
        ("GET /token", &["metadata: true"], 400),
        (
            "GET /token",
            &["vauth: true", "x-forwarded-for: 192.0.2.1"],
            403,
        ),
        (
            "GET /token",
            &["vauth: true", "forwarded: for=192.0.2.1"],
            403,
        ),
        ("POST /token", HEADER, 405),
        ("HEAD /token", HEADER, 405),
        ("GET /other", HEADER, 404),
        ("GET http://evil.example/token", HEADER, 421),
    ];
    for (line, headers, status) in rows {
        let reply = server.send(line, headers, b"");
        assert_eq!(reply.status, status, "{line} {headers:?}");
        if !line.starts_with("HEAD") {
            let error = reply.json();
            assert!(error["error"].is_string() && error["error_description"].is_string());
            if status == 403 {
                let name = headers[1].split_once(':').unwrap().0;
                let message = error["error_description"].as_str().unwrap().to_lowercase();
                assert!(message.contains(&format!("no {name} header")), "{message}");
            }
        }
        assert!(!reply.text().contains("access_token"));
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_reported_until_it_is_back() {
    let emulator = start(EmulatedVendor::Maia).await;
    emulator.inject_token_fault(Fault::status(503).forever());
    let environment = environment(&emulator);
    let server = Running::start(&["serve", "maia"], &environment, emulator);
    let reply = server.send("GET /token", HEADER, b"");
    assert_eq!(reply.status, 503);
    assert_eq!(reply.json()["error"], "temporarily_unavailable");
    // The refresh has failed; now it pauses.
    let reply = server.send("GET /token", HEADER, b"");
    assert!(reply.header("retry-after").is_some(), "{reply:?}");
    assert_eq!(server.get("/healthz").status, 503);
    server.emulator.clear_faults();
    until(|| server.get("/healthz").status == 200);
    assert_eq!(server.send("GET /token", HEADER, b"").status, 200);
}

#[tokio::test]
async fn the_token_is_refreshed_without_requests() {
    let emulator = start(EmulatedVendor::Maia).await;
    emulator.set_token_lifetime(std::time::Duration::from_secs(4));
    let environment = environment(&emulator);
    let server = Running::start(&["serve", "maia"], &environment, emulator);
    let first = server.send("GET /token", HEADER, b"").json();
    until(|| server.emulator.token_requests() >= 2);
    until(|| {
        let next = server.send("GET /token", HEADER, b"").json();
        assert!(next["expires_in"].as_u64().unwrap() <= 4);
        next["access_token"] != first["access_token"]
    });
}
