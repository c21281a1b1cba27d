//! What the versions of Run:ai's control plane have and lack.

use auth_testkit::{ControlPlane, Emulator};
use serde_json::json;

use crate::runai_support::{
    administrator, assert_error, call_api, client_sign_in, password_sign_in, start_at, v1,
};
use crate::support::{Reply, decode, sign_in};

const VERSIONS: [ControlPlane; 6] = [
    ControlPlane::V2_18,
    ControlPlane::V2_20,
    ControlPlane::V2_22,
    ControlPlane::V2_24,
    ControlPlane::V2_25,
    ControlPlane::V3_0,
];

fn is_web_ui(reply: &Reply) -> bool {
    reply.status == 200 && reply.text().contains("<title>Run:ai</title>")
}

#[test]
fn versions_are_read_as_they_are_written() {
    for version in VERSIONS {
        assert_eq!(version.as_str().parse::<ControlPlane>().unwrap(), version);
        assert_eq!(version.to_string(), version.as_str());
    }
    assert!(VERSIONS.is_sorted());
    assert_eq!(ControlPlane::default(), ControlPlane::V2_24);
    let error = "2.23".parse::<ControlPlane>().unwrap_err();
    assert_eq!(error.kind(), auth_core::ErrorKind::Config);
}

#[tokio::test]
async fn an_operation_that_a_version_lacks_is_the_web_ui() {
    // Method, path, and in which of the six versions it exists.
    let rows = [
        ("GET", "/api/v1/apps", [true, true, true, true, true, false]),
        (
            "GET",
            "/api/v1/apps/x",
            [true, true, true, true, true, false],
        ),
        (
            "POST",
            "/api/v1/apps/x/secret",
            [true, true, true, true, true, false],
        ),
        (
            "GET",
            "/api/v1/user-applications",
            [false, true, true, true, true, false],
        ),
        (
            "GET",
            "/api/v1/administration/user-applications",
            [false, true, true, true, true, false],
        ),
        (
            "GET",
            "/api/v1/service-accounts",
            [false, false, false, true, true, true],
        ),
        (
            "GET",
            "/api/v1/access-keys",
            [false, false, false, true, true, true],
        ),
        (
            "GET",
            "/api/v1/administration/access-keys",
            [false, false, false, true, true, true],
        ),
        ("GET", "/api/v1/users", [true; 6]),
        ("GET", "/api/v1/users/count", [true; 6]),
        ("GET", "/api/v1/clusters", [true; 6]),
        ("GET", "/api/v1/clusters/x", [true; 6]),
        ("GET", "/api/v1/org-unit/departments", [true; 6]),
        ("GET", "/api/v1/org-unit/departments/count", [true; 6]),
        ("GET", "/api/v1/org-unit/projects", [true; 6]),
        ("GET", "/api/v1/org-unit/projects/count", [true; 6]),
        ("PATCH", "/api/v1/org-unit/projects/x/resources", [true; 6]),
        (
            "GET",
            "/api/v1/node-pools",
            [false, false, false, true, true, true],
        ),
        (
            "GET",
            "/api/v1/node-pools/x",
            [false, false, false, true, true, true],
        ),
        ("POST", "/api/v1/me/password", [true; 6]),
        ("GET", "/api/v1/authorization/access-rules", [true; 6]),
        ("GET", "/api/v1/authorization/access-rules/count", [true; 6]),
        (
            "GET",
            "/api/v1/authorization/me/access-rules",
            [false, false, true, true, true, true],
        ),
        (
            "POST",
            "/api/v1/authorization/access-rules/batch",
            [true; 6],
        ),
        (
            "POST",
            "/api/v1/authorization/access-rules/batch-create",
            [true; 6],
        ),
        (
            "GET",
            "/api/v1/authorization/roles",
            [true, true, true, true, true, false],
        ),
        (
            "GET",
            "/api/v2/authorization/roles",
            [false, false, false, true, true, true],
        ),
        ("GET", "/api/v1/authorization/permissions", [true; 6]),
        ("POST", "/api/v1/authorization/permitted-scopes", [true; 6]),
        (
            "GET",
            "/api/v2/token",
            [false, false, false, true, true, true],
        ),
    ];
    for (index, version) in VERSIONS.into_iter().enumerate() {
        let emulator = start_at(version).await;
        let token = administrator(&emulator);
        for (method, path, exists) in rows {
            let reply = call_api(&emulator, &token, method, path, None);
            assert_eq!(
                !is_web_ui(&reply),
                exists[index],
                "{version} {method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn batches_came_later() {
    // Before, the last part of the path was taken for the id of a rule, which nobody posts to.
    let emulator = start_at(ControlPlane::V2_20).await;
    let token = administrator(&emulator);
    for path in ["batch", "batch-create"] {
        let path = format!("/api/v1/authorization/access-rules/{path}");
        assert_error(&call_api(&emulator, &token, "POST", &path, None), 405);
    }
}

#[tokio::test]
async fn the_emulators_own_client_signs_in_everywhere_and_has_rights() {
    for version in VERSIONS {
        let emulator = start_at(version).await;
        let has_v2 = version >= ControlPlane::V2_24;
        let path = if has_v2 {
            "/api/v2/token"
        } else {
            "/api/v1/token"
        };
        assert_eq!(
            emulator.token_url(),
            format!("{}{path}", emulator.base_url())
        );
        let (id, secret) = (emulator.client_id(), emulator.client_secret());
        let grant = match version {
            ControlPlane::V2_18 => "app_token",
            _ => "client_credentials",
        };
        let reply = v1(
            &emulator,
            &json!({ "grantType": grant, "clientID": id, "clientSecret": secret }),
        );
        assert_eq!(reply.json().get("expiresIn").is_some(), has_v2, "{version}");
        let (_, claims) = decode(&reply.token());
        assert_eq!(claims["tenant_id"], 1001);
        assert_eq!(
            claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
            3600
        );
        let users = call_api(&emulator, &reply.token(), "GET", "/api/v1/users", None);
        assert_eq!(users.status, 200, "{version}");

        let v2 = format!("{}/api/v2/token", emulator.base_url());
        let form = [("content-type", crate::support::FORM)];
        let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let reply = crate::support::send("POST", &v2, &form, body.as_bytes());
        assert_eq!(is_web_ui(&reply), !has_v2, "{version}");
    }
}

#[tokio::test]
async fn the_client_is_a_service_account_where_applications_are_gone() {
    let emulator = start_at(ControlPlane::V3_0).await;
    let token = sign_in(&emulator).token();
    let list = call_api(&emulator, &token, "GET", "/api/v1/service-accounts", None).json();
    assert_eq!(list[0]["clientId"], emulator.client_id());
    assert_eq!(list[0]["name"], "demo-service-account");
}

#[tokio::test]
async fn grants_come_and_go() {
    for version in VERSIONS {
        let emulator: Emulator = start_at(version).await;
        let (id, secret) = (emulator.client_id(), emulator.client_secret());
        let app = json!({ "grantType": "app_token", "appID": id, "appSecret": secret });
        let expected = if version < ControlPlane::V3_0 {
            200
        } else {
            400
        };
        assert_eq!(v1(&emulator, &app).status, expected, "{version}");

        let program = client_sign_in(&emulator, &json!(id), &json!(secret));
        let expected = if version < ControlPlane::V2_20 {
            400
        } else {
            200
        };
        assert_eq!(program.status, expected, "{version}");

        let external = json!({ "grantType": "external_token_exchange", "externalToken": "x" });
        let refused = v1(&emulator, &external);
        assert_error(&refused, 400);
        let reason = if version < ControlPlane::V2_22 {
            "grantType is not supported"
        } else {
            "invalid external token"
        };
        assert_eq!(refused.json()["message"], reason, "{version}");

        let (name, password) = (emulator.username().unwrap(), emulator.password().unwrap());
        let reply = password_sign_in(&emulator, name, password).json();
        let again = json!({ "grantType": "refresh_token", "refreshToken": reply["refreshToken"] });
        assert_eq!(v1(&emulator, &again).status, 200, "{version}");
    }
}
