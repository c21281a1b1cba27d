//! Run:ai's applications and web UI.

use std::sync::Arc;
use std::time::Duration;

use auth_testkit::{Emulator, ManualClock, Vendor};
use serde_json::json;

use crate::support::{get, get_with, send, sign_in};

#[tokio::test]
async fn the_application_is_listed_and_found_by_id() {
    let clock = ManualClock::new();
    let builder = Emulator::builder(Vendor::Runai).clock(Arc::new(clock.clone()));
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
    let emulator = Emulator::start(Vendor::Runai).await.unwrap();
    let expected = json!({ "code": 401, "message": "Issuer is not familiar." });
    for path in ["/api/v1/apps", "/api/v1/apps/x", "/api/v1/nothing"] {
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
async fn unknown_paths_are_json_below_api_and_the_web_ui_elsewhere() {
    let emulator = Emulator::start(Vendor::Runai).await.unwrap();
    let token = sign_in(&emulator).token();
    for path in [
        "/api/v1/nothing",
        "/api/v1/appsx",
        "/api/v1/apps/",
        "/api/v1/apps/x",
        "/api/v1/apps/x/y",
        "/api",
    ] {
        let reply = get_with(&emulator, path, &token);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (404, &json!(404)),
            "{path}"
        );
        assert!(reply.json()["message"].is_string());
    }
    let url = format!("{}/api/v1/apps", emulator.base_url());
    let headers = [("authorization", format!("Bearer {token}"))];
    let headers = [(headers[0].0, headers[0].1.as_str())];
    assert_eq!(send("PUT", &url, &headers, b"").status, 405);
    for path in ["/", "/login", "/auth/realms/demo", "/apix"] {
        let reply = get(&emulator, path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.text().contains("<title>Run:ai</title>"));
    }
}
