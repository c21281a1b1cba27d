//! A described vendor that speaks OAuth: its token endpoint, its routes, its several clients.

use std::time::Duration;

use auth_core::ClientAuthMethod;
use auth_testkit::{EmulatedTokenEndpoint, Emulator, Reply};
use serde_json::json;

use crate::foreign::{okta, start_on};
use crate::support::{self, decode, get, get_with, post_basic, post_form, send, sign_in};

type Fields = &'static [(&'static str, &'static str)];

const AUDIENCE: (&str, &str) = ("audience", "api://default");
const SCOPE: (&str, &str) = ("scope", "okta.users.read");
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn basic(emulator: &Emulator, fields: &[(&str, &str)]) -> support::Reply {
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    post_basic(emulator, id, secret, fields)
}

#[tokio::test]
async fn every_page_is_found_by_the_link_to_the_next() {
    let emulator = okta().start().await.unwrap();
    assert_eq!(emulator.name(), "okta");
    assert_eq!(emulator.client_id(), "okta-client");
    let reply = basic(&emulator, &[GRANT, AUDIENCE, SCOPE]);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let token = reply.token();
    let mut url = format!("{}/api/v1/users", emulator.base_url());
    let mut users = Vec::new();
    for is_last in [false, false, true] {
        let page = send(
            "GET",
            &url,
            &[("authorization", &format!("Bearer {token}"))],
            b"",
        );
        assert_eq!(page.status, 200);
        users.extend(page.json().as_array().unwrap().clone());
        let link = page.header("link");
        assert_eq!(link.is_none(), is_last);
        if let Some(link) = link {
            let end = link.find(">; rel=\"next\"").unwrap();
            url = link[1..end].to_owned();
        }
    }
    let ids: Vec<_> = users
        .iter()
        .map(|user| user["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5"]);
    assert_eq!(
        get_with(&emulator, "/api/v1/users/3", &token).json()["id"],
        "3"
    );
    assert_eq!((emulator.token_requests(), emulator.api_requests()), (1, 4));
    assert_eq!(
        (
            emulator.unauthorized_responses(),
            emulator.unscripted_requests()
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn the_token_says_what_was_asked_for() {
    let (emulator, _clock) = start_on(okta()).await;
    let reply = basic(&emulator, &[GRANT, AUDIENCE, SCOPE]);
    assert_eq!(reply.json()["token_type"], "Bearer");
    assert_eq!(reply.json()["expires_in"], 3600);
    assert_eq!(reply.json()["scope"], "okta.users.read");
    let (_, claims) = decode(&reply.token());
    assert_eq!(claims["aud"], "api://default");
    assert_eq!(claims["scope"], "okta.users.read");
    assert_eq!(claims["client_id"], "okta-client");
    assert_eq!(claims["iss"], emulator.base_url());
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        3600
    );
}

#[tokio::test]
async fn what_a_token_request_lacks_is_named() {
    let emulator = okta().start().await.unwrap();
    let rows: [(Fields, u16, &str); 7] = [
        (&[AUDIENCE, SCOPE], 400, "invalid_request"),
        (
            &[("grant_type", "password"), AUDIENCE, SCOPE],
            400,
            "unsupported_grant_type",
        ),
        (&[GRANT, SCOPE], 400, "invalid_request"),
        (
            &[GRANT, ("audience", "api://other"), SCOPE],
            400,
            "invalid_target",
        ),
        (&[GRANT, AUDIENCE], 400, "invalid_scope"),
        (
            &[GRANT, AUDIENCE, ("scope", "okta.users.read admin")],
            400,
            "invalid_scope",
        ),
        (&[GRANT, GRANT, AUDIENCE, SCOPE], 400, "invalid_request"),
    ];
    for (fields, status, code) in rows {
        let reply = basic(&emulator, fields);
        assert_eq!(reply.oauth_error(), (status, code.to_owned()), "{fields:?}");
    }
    let wrong = post_basic(&emulator, "okta-client", "wrong", &[GRANT, AUDIENCE, SCOPE]);
    assert_eq!(wrong.oauth_error(), (401, "invalid_client".to_owned()));
    assert!(
        wrong
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic ")
    );
    let unsupported = sign_in(&emulator);
    assert_eq!(
        unsupported.oauth_error(),
        (401, "invalid_client".to_owned())
    );
    assert_eq!(unsupported.header("www-authenticate"), None);
    let no_form = send("POST", emulator.token_url(), &[], b"{}");
    assert_eq!(no_form.oauth_error(), (400, "invalid_request".to_owned()));
    assert_eq!(send("GET", emulator.token_url(), &[], b"").status, 405);
    // Rejected credentials are no rejected token.
    assert_eq!(emulator.unauthorized_responses(), 0);
}

#[tokio::test]
async fn an_endpoint_without_rules_accepts_either_client_authentication() {
    let emulator = Emulator::start(EmulatedTokenEndpoint::oauth("/token"))
        .await
        .unwrap();
    assert_eq!(emulator.name(), "described");
    assert_eq!(emulator.client_id(), "described-demo-client");
    assert!(emulator.client_secret().starts_with("not-a-real-secret-"));
    assert_eq!(sign_in(&emulator).status, 200);
    assert_eq!(
        basic(&emulator, &[GRANT, ("scope", "any"), ("audience", "any")]).status,
        200
    );
    let opaque = sign_in(&emulator).token();
    assert!(opaque.len() == 40 && opaque.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let both = [GRANT, ("client_secret", "not-a-real-secret")];
    assert_eq!(
        basic(&emulator, &both).oauth_error(),
        (400, "invalid_request".to_owned())
    );
    let only = EmulatedTokenEndpoint::oauth("/token")
        .client_auth_method(ClientAuthMethod::ClientSecretPost);
    let emulator = Emulator::start(only).await.unwrap();
    assert_eq!(basic(&emulator, &[GRANT]).status, 401);
    assert_eq!(sign_in(&emulator).status, 200);
}

#[tokio::test]
async fn a_secret_in_a_basic_header_may_be_form_encoded() {
    let endpoint = EmulatedTokenEndpoint::oauth("/token");
    let emulator = Emulator::builder(endpoint)
        .client("a:b", "c d+%")
        .start()
        .await
        .unwrap();
    assert_eq!(
        post_basic(&emulator, "a%3Ab", "c+d%2B%25", &[GRANT]).status,
        200
    );
    let fields = [
        GRANT,
        ("client_id", "a%3Ab"),
        ("client_secret", "c+d%2B%25"),
    ];
    assert_eq!(post_form(&emulator, &fields).status, 401);
}

#[tokio::test]
async fn tokens_expire_by_the_emulators_clock() {
    let (emulator, clock) = start_on(okta().token_lifetime(Duration::from_secs(60))).await;
    let token = basic(&emulator, &[GRANT, AUDIENCE, SCOPE]).token();
    clock.advance(Duration::from_secs(60) - Duration::from_nanos(1));
    assert_eq!(get_with(&emulator, "/api/v1/users", &token).status, 200);
    clock.advance(Duration::from_nanos(1));
    let expired = get_with(&emulator, "/api/v1/users", &token);
    let body = json!({
        "errorCode": "E0000011",
        "errorSummary": "the access token is missing, expired, revoked or unknown",
        "errorCauses": [],
    });
    assert_eq!((expired.status, expired.json()), (401, body));
    assert_eq!(
        expired.header("date"),
        Some("Thu, 01 Jan 2026 00:01:00 GMT")
    );
    assert_eq!(get(&emulator, "/api/v1/users").status, 401);
    assert_eq!(emulator.unauthorized_responses(), 2);
}

#[tokio::test]
async fn errors_of_routes_and_unknown_paths_have_the_vendors_shape() {
    let emulator = okta().start().await.unwrap();
    let token = basic(&emulator, &[GRANT, AUDIENCE, SCOPE]).token();
    let missing = get_with(&emulator, "/api/v1/users/9", &token);
    assert_eq!(
        (missing.status, missing.json()["errorCode"].as_str()),
        (404, Some("E0000007"))
    );
    let summary = "Not found: Resource not found (User)";
    assert_eq!(missing.json()["errorSummary"], summary);
    assert_eq!(emulator.unscripted_requests(), 0);
    let unknown = get_with(&emulator, "/api/v1/groups", &token);
    assert_eq!(
        (unknown.status, unknown.json()["errorCode"].as_str()),
        (404, Some("E0000007"))
    );
    let url = format!("{}/api/v1/users", emulator.base_url());
    assert_eq!(send("DELETE", &url, &[], b"").status, 405);
    assert_eq!(emulator.unscripted_requests(), 2);
}

#[tokio::test]
async fn a_closure_for_errors_may_leave_their_format_to_the_vendor() {
    let emulator = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .api_error(|error| {
            if error.is_invalid_token() {
                return Reply::json(json!({ "code": 7 }));
            }
            Reply::error(410, error.message()).with_header("x-error", error.code())
        })
        .start()
        .await
        .unwrap();
    let gone = get(&emulator, "/nowhere");
    let body = json!({ "error": "gone", "message": "no route for GET /nowhere" });
    assert_eq!((gone.status, gone.json()), (410, body));
    assert_eq!(gone.header("x-error"), Some("not_found"));
    assert_eq!(emulator.unscripted_requests(), 1);
}

#[tokio::test]
async fn without_a_description_errors_are_plain_json_with_a_challenge() {
    let emulator = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .route(http::Method::GET, "/things", |_| Reply::error(409, "busy"))
        .start()
        .await
        .unwrap();
    let refused = get(&emulator, "/things");
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (401, Some("invalid_token"))
    );
    let challenge = "Bearer error=\"invalid_token\"";
    assert_eq!(refused.header("www-authenticate"), Some(challenge));
    let token = sign_in(&emulator).token();
    let busy = get_with(&emulator, "/things", &token);
    assert_eq!(
        busy.json(),
        json!({ "error": "conflict", "message": "busy" })
    );
    assert_eq!(busy.status, 409);
}
