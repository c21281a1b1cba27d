//! Routes that a test adds, to known vendors and to described ones.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use auth_testkit::{EmulatedTokenEndpoint, EmulatedVendor, Emulator, Reply};
use http::Method;
use serde_json::json;

use crate::support::{VENDORS, call, get, get_with, send, sign_in};

#[tokio::test]
async fn a_known_vendor_takes_further_routes_and_words_their_errors() {
    for vendor in VENDORS {
        let emulator = Emulator::builder(vendor)
            .route(Method::GET, "/extra/{name}", |request| {
                Reply::json(json!({ "name": request.parameter("name"), "by": request.client_id() }))
            })
            .route(Method::GET, "/extra/wrong", |_| {
                Reply::error(403, "not you")
            })
            .start()
            .await
            .unwrap();
        let token = sign_in(&emulator).token();
        let reply = get_with(&emulator, "/extra/a%20b", &token).json();
        assert_eq!(reply, json!({ "name": "a b", "by": emulator.client_id() }));
        assert_eq!(get(&emulator, "/extra/a").status, 401, "{vendor}");
        assert_eq!(emulator.unauthorized_responses(), 1);
        assert_eq!(
            get_with(&emulator, "/extra/wrong", &token).status,
            403,
            "{vendor}"
        );
        assert_eq!(call(&emulator, &token).status, 200, "{vendor}");
        assert_eq!(emulator.api_requests(), 4, "{vendor}");
        assert_eq!(emulator.unscripted_requests(), 0, "{vendor}");
    }
    let emulator = Emulator::builder(EmulatedVendor::Runai)
        .route(Method::GET, "/api/v1/extra", |_| Reply::empty())
        .start()
        .await
        .unwrap();
    let refused = get(&emulator, "/api/v1/extra").json();
    assert_eq!(refused["message"], "Issuer is not familiar.");
}

#[tokio::test]
async fn a_route_goes_before_the_vendors_own_path_and_other_methods_after_it() {
    let emulator = Emulator::builder(EmulatedVendor::Maia)
        .route(Method::GET, "/dpc/v1/projects", |_| {
            Reply::json(json!({ "mine": true }))
        })
        .start()
        .await
        .unwrap();
    let token = sign_in(&emulator).token();
    assert_eq!(
        get_with(&emulator, "/dpc/v1/projects", &token).json()["mine"],
        true
    );
    let url = format!("{}/dpc/v1/projects", emulator.base_url());
    let bearer = format!("Bearer {token}");
    let own = send("POST", &url, &[("authorization", &bearer)], b"");
    assert_eq!(
        (own.status, own.json()),
        (405, json!({ "message": "Method Not Allowed" }))
    );
}

#[tokio::test]
async fn the_path_with_the_fewest_parameters_replies() {
    let emulator = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .public_route(Method::GET, "/users/{id}", |_| Reply::json(json!("one")))
        .public_route(Method::GET, "/users/count", |_| Reply::json(json!("count")))
        .public_route(Method::GET, "/users/{id}/keys/{key}", |request| {
            Reply::json(json!([request.parameter("id"), request.parameter("key")]))
        })
        .start()
        .await
        .unwrap();
    assert_eq!(get(&emulator, "/users/count").json(), "count");
    assert_eq!(get(&emulator, "/users/7").json(), "one");
    assert_eq!(get(&emulator, "/users/7/keys/8").json(), json!(["7", "8"]));
    assert_eq!(get(&emulator, "/users/").status, 404);
}

#[tokio::test]
async fn a_closure_may_keep_state_and_choose_status_headers_and_body() {
    let count = AtomicU32::new(0);
    let emulator = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .public_route(Method::PUT, "/counter", move |request| {
            let count = count.fetch_add(1, SeqCst);
            Reply::body("text/x-count", format!("{count} {}", request.body().len()))
                .with_status(201)
                .with_header("x-count", count.to_string())
        })
        .start()
        .await
        .unwrap();
    let url = format!("{}/counter", emulator.base_url());
    send("PUT", &url, &[], b"");
    let second = send("PUT", &url, &[], b"abc");
    assert_eq!((second.status, second.text().as_str()), (201, "1 3"));
    assert_eq!(second.header("content-type"), Some("text/x-count"));
    assert_eq!(second.header("x-count"), Some("1"));
}

#[tokio::test]
async fn requests_that_nothing_describes_are_counted_at_known_vendors_too() {
    let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
    get(&emulator, "/api/health");
    get(&emulator, "/api/oauth/token");
    assert_eq!(emulator.unscripted_requests(), 0);
    get(&emulator, "/nowhere");
    get(&emulator, "/api/v2/users");
    get(&emulator, "/api/v1/nowhere");
    assert_eq!(emulator.unscripted_requests(), 3);
    for (vendor, path) in [
        (EmulatedVendor::Maia, "/dpc/v2/projects"),
        (EmulatedVendor::Runai, "/api/v9/apps"),
    ] {
        let emulator = Emulator::start(vendor).await.unwrap();
        let token = sign_in(&emulator).token();
        call(&emulator, &token);
        assert_eq!(emulator.unscripted_requests(), 0, "{vendor}");
        get_with(&emulator, path, &token);
        get(&emulator, "/nowhere");
        assert_eq!(emulator.unscripted_requests(), 2, "{vendor}");
    }
}

#[tokio::test]
async fn a_second_token_endpoint_issues_tokens_too() {
    let emulator = Emulator::builder(EmulatedVendor::Maia)
        .token_endpoint(EmulatedTokenEndpoint::json("/internal/login", "id", "key"))
        .client("me", "not-a-real-key")
        .start()
        .await
        .unwrap();
    assert!(emulator.token_url().ends_with("/oauth/dpc/token"));
    let url = format!("{}/internal/login", emulator.base_url());
    let token = send("POST", &url, &[], br#"{"id":"me","key":"not-a-real-key"}"#).token();
    assert_eq!(call(&emulator, &token).status, 200);
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test]
async fn a_path_that_means_nothing_is_an_error() {
    let endpoint = || EmulatedTokenEndpoint::oauth("/token");
    let route =
        |path: &str| Emulator::builder(endpoint()).route(Method::GET, path, |_| Reply::empty());
    for (builder, message) in [
        (
            route("/users/{}"),
            "the path \"/users/{}\" is invalid: a parameter needs a name",
        ),
        (
            route("users"),
            "the path \"users\" is invalid: it must begin with a slash",
        ),
        (
            Emulator::builder(EmulatedTokenEndpoint::oauth("/token?a=b")),
            "the path \"/token?a=b\" is invalid: a path has no query and no fragment",
        ),
        (
            Emulator::builder(EmulatedTokenEndpoint::oauth("/{tenant}/token")),
            "the path \"/{tenant}/token\" is invalid: a token endpoint has no parameters",
        ),
    ] {
        let error = builder.start().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::InvalidInput, message)
        );
    }
}

#[test]
#[should_panic(expected = "between 200 and 999")]
fn a_status_that_is_none_is_rejected_at_once() {
    let _ = Reply::empty().with_status(99);
}

#[test]
#[should_panic(expected = "not the name of a header")]
fn a_header_that_is_none_is_rejected_at_once() {
    let _ = Reply::empty().with_header("a b", "c");
}
