//! How people sign in at Run:ai, and how their sessions end.

use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, ManualClock, Runai};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::runai_support::{
    RULES, administrator, assert_error, call_api, create, password_sign_in, start, tenant_rule, v1,
};
use crate::support::{Reply, decode, post_form};

fn refresh(emulator: &Emulator, token: &Value) -> Reply {
    v1(
        emulator,
        &json!({ "grantType": "refresh_token", "refreshToken": token }),
    )
}

fn users(emulator: &Emulator, token: &str) -> Reply {
    call_api(emulator, token, "GET", "/api/v1/users", None)
}

#[tokio::test]
async fn the_administrator_can_be_named() {
    let runai = Runai::new()
        .admin_username("boss@example.org")
        .admin_password("not-a-real-password");
    let emulator = Emulator::start(runai).await.unwrap();
    assert_eq!(emulator.username(), Some("boss@example.org"));
    assert_eq!(emulator.password(), Some("not-a-real-password"));
    let token = administrator(&emulator);
    assert_eq!(decode(&token).1["preferred_username"], "boss@example.org");
    assert_eq!(users(&emulator, &token).status, 200);
    let emulator = start().await;
    assert_eq!(emulator.username(), Some("admin@example.com"));
}

#[tokio::test]
async fn a_new_user_signs_in_with_the_temporary_password_and_changes_it() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let body = json!({ "email": "ann@example.com" });
    let ann = create(&emulator, &admin, "/api/v1/users", body);
    let temporary = ann["tempPassword"].as_str().unwrap();
    let token = password_sign_in(&emulator, "Ann@example.com", temporary).token();
    assert_eq!(decode(&token).1["sub"], ann["id"]);
    assert_error(&users(&emulator, &token), 403);

    let change = |current: &str, new: &str| {
        let body = json!({ "currentPassword": current, "newPassword": new });
        call_api(&emulator, &token, "POST", "/api/v1/me/password", Some(body))
    };
    assert_error(&change("wrong", "not-real-either"), 400);
    assert_error(&change(temporary, ""), 400);
    let changed = change(temporary, "not-real-either");
    assert_eq!((changed.status, changed.json()), (200, json!({})));
    assert_error(
        &password_sign_in(&emulator, "ann@example.com", temporary),
        400,
    );
    let reply = password_sign_in(&emulator, "ann@example.com", "not-real-either");
    assert_eq!(reply.status, 200);

    let rule = tenant_rule("user", &json!("ann@example.com"), &json!(1029));
    create(&emulator, &admin, RULES, rule);
    assert_eq!(users(&emulator, &token).status, 200);

    let reset = format!("/api/v1/users/{}/password", ann["id"].as_str().unwrap());
    let reset = call_api(&emulator, &admin, "POST", &reset, None).json();
    let again = reset["tempPassword"].as_str().unwrap();
    assert_error(
        &password_sign_in(&emulator, "ann@example.com", "not-real-either"),
        400,
    );
    assert_eq!(
        password_sign_in(&emulator, "ann@example.com", again).status,
        200
    );
}

#[tokio::test]
async fn a_client_has_no_password_to_change() {
    let emulator = start().await;
    let token = crate::support::sign_in(&emulator).token();
    let body = Some(json!({ "currentPassword": "a", "newPassword": "b" }));
    let reply = call_api(&emulator, &token, "POST", "/api/v1/me/password", body);
    assert_error(&reply, 403);
}

#[tokio::test]
async fn a_refresh_token_works_again_and_again_for_ten_hours() {
    let clock = ManualClock::new();
    let builder = Emulator::builder(EmulatedVendor::Runai).clock(clock.clone());
    let emulator = builder.start().await.unwrap();
    let (name, password) = (emulator.username().unwrap(), emulator.password().unwrap());
    let first = password_sign_in(&emulator, name, password).json();
    assert!(first["idToken"].is_string());
    clock.advance(Duration::from_secs(3_600));
    assert_error(
        &users(&emulator, first["accessToken"].as_str().unwrap()),
        401,
    );
    for _ in 0..2 {
        let next = refresh(&emulator, &first["refreshToken"]);
        assert_eq!(users(&emulator, &next.token()).status, 200);
        assert_ne!(next.json()["refreshToken"], first["refreshToken"]);
        assert_eq!(refresh(&emulator, &next.json()["refreshToken"]).status, 200);
    }
    clock.advance(Duration::from_secs(32_400));
    assert_error(&refresh(&emulator, &first["refreshToken"]), 400);
    assert_error(&refresh(&emulator, &json!("nonsense")), 400);
    assert_error(&refresh(&emulator, &Value::Null), 400);
}

#[tokio::test]
async fn version_2_refreshes_by_form() {
    let emulator = start().await;
    let (name, password) = (emulator.username().unwrap(), emulator.password().unwrap());
    let fields = [
        ("grant_type", "password"),
        ("username", name),
        ("password", password),
    ];
    let first = post_form(&emulator, &fields).json();
    let again = |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        post_form(&emulator, &fields)
    };
    let next = again(first["refresh_token"].as_str().unwrap());
    assert_eq!(users(&emulator, &next.token()).status, 200);
    assert!(next.json()["refresh_token"].is_string() && next.json()["id_token"].is_string());
    let wrong = again("nonsense").oauth_error();
    assert_eq!(wrong, (400, "invalid_grant".to_owned()));
    let none = again("").oauth_error();
    assert_eq!(none, (400, "invalid_request".to_owned()));
    emulator.revoke_tokens();
    let revoked = again(first["refresh_token"].as_str().unwrap());
    assert_eq!(revoked.oauth_error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn signing_a_user_out_ends_their_tokens_and_nobody_elses() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let body = json!({ "email": "ann@example.com" });
    let ann = create(&emulator, &admin, "/api/v1/users", body);
    let (id, password) = (
        ann["id"].as_str().unwrap(),
        ann["tempPassword"].as_str().unwrap(),
    );
    let session = password_sign_in(&emulator, "ann@example.com", password);
    let other = password_sign_in(&emulator, "ann@example.com", password);
    let path = format!("/api/v1/users/{id}/logout");
    let reply = call_api(&emulator, &admin, "POST", &path, None);
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    for ended in [session, other] {
        assert_error(&users(&emulator, &ended.token()), 401);
        assert_error(&refresh(&emulator, &ended.json()["refreshToken"]), 400);
    }
    assert_eq!(users(&emulator, &admin).status, 200);
    let token = password_sign_in(&emulator, "ann@example.com", password).token();
    assert_error(&users(&emulator, &token), 403);

    let path = format!("/api/v1/users/{id}");
    assert_eq!(
        call_api(&emulator, &admin, "DELETE", &path, None).status,
        204
    );
    assert_error(&users(&emulator, &token), 401);
    assert_error(
        &password_sign_in(&emulator, "ann@example.com", password),
        400,
    );
}

#[tokio::test]
async fn an_external_token_signs_in_whom_it_names() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let exchange = |claims: Value| {
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        let token = format!("e30.{claims}.c2ln");
        let grant = "external_token_exchange";
        v1(
            &emulator,
            &json!({ "grantType": grant, "externalToken": token }),
        )
    };
    let known = exchange(json!({ "email": "admin@example.com", "exp": 4_000_000_000_u64 }));
    assert_eq!(users(&emulator, &known.token()).status, 200);
    let new = exchange(json!({ "preferred_username": "eve@example.com" }));
    assert_error(&users(&emulator, &new.token()), 403);
    for claims in [
        json!({}),
        json!({ "email": "nobody" }),
        json!({ "email": "admin@example.com", "exp": 1 }),
    ] {
        assert_error(&exchange(claims), 400);
    }
    let path = "/api/v1/users?filterBy=isLocal==false";
    let found = call_api(&emulator, &admin, "GET", path, None).json();
    assert_eq!(found[0]["username"], "eve@example.com");
    assert_error(&password_sign_in(&emulator, "eve@example.com", "any"), 400);
    let reset = format!(
        "/api/v1/users/{}/password",
        found[0]["id"].as_str().unwrap()
    );
    assert_error(&call_api(&emulator, &admin, "POST", &reset, None), 400);
}
