//! Run:ai's applications and web UI.

use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, ManualClock};
use serde_json::json;

use crate::runai_support::{assert_error, call_api};
use crate::support::{get, get_with, sign_in};

#[tokio::test]
async fn the_application_is_listed_and_found_by_id() {
    let clock = ManualClock::new();
    let builder = Emulator::builder(EmulatedVendor::Runai).clock(clock.clone());
    let emulator = builder.start().await.unwrap();
    clock.advance(Duration::from_secs(61));
    let token = sign_in(&emulator).token();
    let list = get_with(&emulator, "/api/v1/apps", &token).json();
    let application = &list.as_array().unwrap()[0];
    let id = application["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "name": "demo-application",
        "clientId": emulator.client_id(),
        "tenantId": "1001",
        "enabled": true,
        "createdBy": emulator.username().unwrap(),
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
        "lastLogin": "2026-01-01T00:01:01Z",
    });
    assert_eq!(list, json!([expected]));
    let found = get_with(&emulator, &format!("/api/v1/apps/{id}"), &token);
    assert_eq!((found.status, found.json()), (200, expected));
    emulator.disable_client();
    assert_eq!(
        get_with(&emulator, "/api/v1/apps", &token).json()[0]["enabled"],
        false
    );
}

#[tokio::test]
async fn a_bad_token_is_401_with_the_vendors_words() {
    let emulator = Emulator::start(EmulatedVendor::Runai).await.unwrap();
    let expected = json!({ "code": 401, "message": "Issuer is not familiar." });
    for path in ["/api/v1/apps", "/api/v1/apps/x", "/api/v1/me/password"] {
        for reply in [get(&emulator, path), get_with(&emulator, path, "nonsense")] {
            assert_eq!((reply.status, reply.json()), (401, expected.clone()));
        }
    }
    assert_eq!(
        (emulator.api_requests(), emulator.unauthorized_responses()),
        (6, 6)
    );
}

#[tokio::test]
async fn unknown_paths_are_the_web_ui_and_unknown_ids_are_404() {
    let emulator = Emulator::start(EmulatedVendor::Runai).await.unwrap();
    let token = sign_in(&emulator).token();
    for path in [
        "/",
        "/login",
        "/auth/realms/demo",
        "/api",
        "/apix",
        "/api/v1/nothing",
        "/api/v1/appsx",
        "/api/v1/apps/",
        "/api/v1/apps/x/y",
    ] {
        for reply in [get(&emulator, path), get_with(&emulator, path, &token)] {
            assert_eq!(reply.status, 200, "{path}");
            assert!(reply.text().contains("<title>Run:ai</title>"));
        }
    }
    for path in [
        "/api/v1/apps/x",
        "/api/v1/apps/%2F",
        "/api/v1/users/x",
        "/api/v1/authorization/roles/1",
        "/api/v1/authorization/access-rules/x",
    ] {
        assert_error(&get_with(&emulator, path, &token), 404);
    }
    for (method, path) in [
        ("PUT", "/api/v1/apps"),
        ("POST", "/api/v1/users/x"),
        ("GET", "/api/v1/users/x/logout"),
    ] {
        assert_error(&call_api(&emulator, &token, method, path, None), 405);
    }
}
