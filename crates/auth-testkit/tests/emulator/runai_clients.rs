//! Run:ai's applications and service accounts.

use auth_testkit::Emulator;
use serde_json::{Value, json};

use crate::runai_support::{
    RULES, administrator, assert_error, call_api, client_sign_in, create, role_id, start,
    tenant_rule,
};
use crate::support::{call, sign_in};

/// Path, name of the secret's field, subject type.
const KINDS: [(&str, &str, &str); 2] = [
    ("/api/v1/apps", "secret", "app"),
    (
        "/api/v1/service-accounts",
        "clientSecret",
        "service-account",
    ),
];

#[tokio::test]
async fn a_new_client_has_no_rights_until_a_rule_gives_them() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let role = role_id(&emulator, &admin, "Viewer");
    for (path, secret, subject_type) in KINDS {
        for subject in ["id", "name", "clientId"] {
            let name = format!("{subject_type}-{}", subject.to_lowercase());
            let new = create(&emulator, &admin, path, json!({ "NAME": name }));
            let token = client_sign_in(&emulator, &new["clientId"], &new[secret]).token();
            assert_error(&call(&emulator, &token), 403);
            assert_error(
                &call_api(&emulator, &token, "POST", RULES, Some(json!({}))),
                403,
            );
            let mine = "/api/v1/authorization/me/access-rules/count";
            let count = call_api(&emulator, &token, "GET", mine, None);
            assert_eq!((count.status, count.json()), (200, json!({ "count": 0 })));

            let other = if subject_type == "app" {
                "service-account"
            } else {
                "app"
            };
            let wrong = tenant_rule(other, &new[subject], &role);
            create(&emulator, &admin, RULES, wrong);
            assert_error(&call(&emulator, &token), 403);

            let rule = tenant_rule(subject_type, &new[subject], &role);
            let rule = create(&emulator, &admin, RULES, rule);
            assert_eq!(
                call(&emulator, &token).status,
                200,
                "{subject_type} {subject}"
            );
            let rule = format!("{RULES}/{}", rule["id"]);
            assert_eq!(
                call_api(&emulator, &admin, "DELETE", &rule, None).status,
                204
            );
            assert_error(&call(&emulator, &token), 403);
        }
    }
    assert_eq!(emulator.unauthorized_responses(), 0);
}

#[tokio::test]
async fn a_client_is_created_shown_switched_and_deleted() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    for (path, secret, _) in KINDS {
        let new = create(&emulator, &admin, path, json!({ "name": "robot-1" }));
        assert_eq!(new.as_object().unwrap().len(), 4, "{new}");
        let one = format!("{path}/{}", new["id"].as_str().unwrap());
        let shown = call_api(&emulator, &admin, "GET", &one, None).json();
        for name in ["id", "name", "clientId"] {
            assert_eq!(shown[name], new[name]);
        }
        assert_eq!(shown["createdBy"], emulator.username().unwrap());
        assert_eq!(
            (&shown["lastLogin"], &shown["enabled"]),
            (&Value::Null, &json!(true))
        );
        assert!(shown.get(secret).is_none());
        let list = call_api(&emulator, &admin, "GET", path, None).json();
        assert!(list.as_array().unwrap().contains(&shown));

        let sign_in = || client_sign_in(&emulator, &new["clientId"], &new[secret]);
        let switch = |body| call_api(&emulator, &admin, "PATCH", &one, Some(body));
        let token = sign_in().token();
        let off = switch(json!({ "enabled": false }));
        assert_eq!((off.status, off.body.len()), (200, 0));
        assert_error(&sign_in(), 400);
        assert_error(&call(&emulator, &token), 403);
        assert_eq!(switch(json!({ "Enabled": true })).status, 200);
        for body in [json!({}), json!({ "enabled": "yes" }), json!([])] {
            assert_error(&switch(body), 400);
        }
        assert_eq!(sign_in().status, 200);

        assert_eq!(
            call_api(&emulator, &admin, "DELETE", &one, None).status,
            204
        );
        assert_error(&sign_in(), 400);
        assert_error(&call(&emulator, &token), 401);
        for method in ["GET", "DELETE"] {
            assert_error(&call_api(&emulator, &admin, method, &one, None), 404);
        }
        assert_error(&switch(json!({ "enabled": true })), 404);
    }
}

#[tokio::test]
async fn names_follow_a_pattern_and_are_taken_once() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    for (path, _, _) in KINDS {
        let post = |body| call_api(&emulator, &admin, "POST", path, Some(body));
        for name in [
            "", "a", "Robot", "1robot", "robot-", "robot_", "ro bot", "röbot",
        ] {
            assert_error(&post(json!({ "name": name })), 400);
        }
        for body in [json!({}), json!({ "name": 7 }), json!("robot")] {
            assert_error(&post(body), 400);
        }
        assert_eq!(post(json!({ "name": "ro_b-0t" })).status, 201);
        assert_error(&post(json!({ "name": "ro_b-0t" })), 409);
    }
}

#[tokio::test]
async fn a_new_secret_ends_the_old_one_at_once() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    for (path, secret, _) in KINDS {
        let new = create(&emulator, &admin, path, json!({ "name": "robot-1" }));
        let token = client_sign_in(&emulator, &new["clientId"], &new[secret]).token();
        let renew = format!("{path}/{}/secret", new["id"].as_str().unwrap());
        let renewed = call_api(&emulator, &admin, "POST", &renew, None).json();
        assert_error(
            &client_sign_in(&emulator, &new["clientId"], &new[secret]),
            400,
        );
        assert_eq!(
            client_sign_in(&emulator, &new["clientId"], &renewed[secret]).status,
            200
        );
        // Rights are what it lacks, not a token.
        assert_error(&call(&emulator, &token), 403);
        let missing = format!("{path}/x/secret");
        assert_error(&call_api(&emulator, &admin, "POST", &missing, None), 404);
    }
}

#[tokio::test]
async fn the_api_and_the_levers_move_the_same_client() {
    let emulator: Emulator = start().await;
    let admin = administrator(&emulator);
    let list = call_api(&emulator, &admin, "GET", "/api/v1/apps", None).json();
    let one = format!("/api/v1/apps/{}", list[0]["id"].as_str().unwrap());
    let old = emulator.client_secret().to_owned();
    let renewed = call_api(&emulator, &admin, "POST", &format!("{one}/secret"), None).json();
    assert_eq!(renewed["secret"], emulator.client_secret());
    assert_ne!(old, emulator.client_secret());
    assert_eq!(sign_in(&emulator).status, 200);

    emulator.rotate_secret("another-fake-secret");
    assert_eq!(sign_in(&emulator).status, 200);
    let id = json!(emulator.client_id());
    assert_error(&client_sign_in(&emulator, &id, &renewed["secret"]), 400);

    emulator.disable_client();
    assert_eq!(sign_in(&emulator).status, 401);
    let on = Some(json!({ "enabled": true }));
    assert_eq!(call_api(&emulator, &admin, "PATCH", &one, on).status, 200);
    assert_eq!(sign_in(&emulator).status, 200);
}
