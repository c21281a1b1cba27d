//! Two vendors that the testkit does not know, each described in fewer than 40 lines.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails by unwrapping")]

use auth_core::ClientAuthMethod::ClientSecretBasic;
use auth_testkit::{EmulatedTokenEndpoint, Emulator, EmulatorBuilder, ManualClock, Reply};
use http::Method;
use serde_json::{Value, json};

/// OAuth with audience and scope, `Link` paging, and an error object of its own, as Okta has it.
pub(crate) fn okta() -> EmulatorBuilder {
    let endpoint = EmulatedTokenEndpoint::oauth("/oauth2/v1/token")
        .client_auth_method(ClientSecretBasic)
        .audience("api://default")
        .require_audience()
        .scopes(["okta.users.read", "okta.users.manage"])
        .require_scope()
        .jwt();
    Emulator::builder(endpoint)
        .name("okta")
        .client("okta-client", "not-a-real-secret-1")
        .client("other-client", "not-a-real-secret-2")
        .api_error(|error| {
            let code = match error.status() {
                401 => "E0000011",
                404 => "E0000007",
                _ => "E0000009",
            };
            Reply::json(json!({
                "errorCode": code, "errorSummary": error.message(), "errorCauses": [],
            }))
            .with_status(error.status())
        })
        .route(Method::GET, "/api/v1/users", |request| {
            let next = |after| format!("{}/api/v1/users?after={after}", request.base_url());
            match request.query("after").as_deref() {
                None => Reply::json([user(1), user(2)]).with_next_link(next(2)),
                Some("2") => Reply::json([user(3), user(4)]).with_next_link(next(4)),
                _ => Reply::json([user(5)]),
            }
        })
        .route(Method::GET, "/api/v1/users/{id}", |request| {
            match request.parameter("id").and_then(|id| id.parse().ok()) {
                Some(id @ 1..=5) => Reply::json(user(id)),
                _ => Reply::error(404, "Not found: Resource not found (User)"),
            }
        })
}

/// Its own JSON to sign in with, and every error inside a 200.
pub(crate) fn portal() -> EmulatorBuilder {
    let failure = |code: u32, message: &str| Reply::json(json!({ "code": code, "msg": message }));
    let endpoint =
        EmulatedTokenEndpoint::json("/open/v2/session", "/auth/appKey", "/auth/appSecret")
            .response(|token| {
                let data =
                    json!({ "session": token.as_str(), "ttl": token.expires_in().as_secs() });
                Reply::json(json!({ "code": 0, "data": data }))
            })
            .error(move |error| match error.code() {
                "invalid_client" => failure(40_101, "bad key or secret"),
                _ => failure(40_001, error.message()),
            });
    Emulator::builder(endpoint)
        .name("portal")
        .client("portal-key", "not-a-real-secret")
        .api_error(move |error| {
            let code = if error.is_invalid_token() {
                40_102
            } else {
                40_401
            };
            failure(code, error.message())
        })
        .route(Method::POST, "/open/v2/jobs", |request| {
            let job: Value = request.body_json().unwrap_or_default();
            Reply::json(json!({ "code": 0, "data": { "name": job["name"] } }))
        })
        .public_route(Method::GET, "/open/v2/status", |_| {
            Reply::json(json!({ "code": 0 }))
        })
}

/// An OAuth server without rules, and one path behind it.
pub(crate) async fn plain() -> Emulator {
    Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .route(Method::GET, "/things", |_| Reply::json(json!([])))
        .start()
        .await
        .unwrap()
}

/// Starts an emulator on a clock of the test's own.
pub(crate) async fn start_on(builder: EmulatorBuilder) -> (Emulator, ManualClock) {
    let clock = ManualClock::new();
    let emulator = builder.clock(clock.clone()).start().await;
    (emulator.unwrap(), clock)
}

fn user(id: u32) -> Value {
    json!({ "id": id.to_string(), "status": "ACTIVE" })
}

/// Each description above, without its signature, must stay this short.
const MAX_LINES: usize = 40;

#[test]
fn a_vendor_is_described_in_fewer_than_forty_lines() {
    let source = include_str!("foreign.rs");
    for name in ["okta", "portal"] {
        let start = source.find(&format!("pub(crate) fn {name}()")).unwrap();
        let lines = source[start..].lines().take_while(|line| *line != "}");
        assert!(lines.count() < MAX_LINES, "{name}");
    }
}
