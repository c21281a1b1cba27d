//! What the tests of Run:ai's API have in common.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails by unwrapping")]

use auth_testkit::{ControlPlane, Emulator, Runai};
use serde_json::{Value, json};

use crate::support::{JSON, Reply, send};

/// Starts an emulator with the default control plane.
pub(crate) async fn start() -> Emulator {
    start_at(ControlPlane::default()).await
}

/// Starts an emulator with this control plane.
pub(crate) async fn start_at(version: ControlPlane) -> Emulator {
    let builder = Emulator::builder(Runai::new().control_plane(version));
    builder.start().await.unwrap()
}

/// Posts JSON to token API v1.
pub(crate) fn v1(emulator: &Emulator, body: &Value) -> Reply {
    let url = format!("{}/api/v1/token", emulator.base_url());
    let body = body.to_string();
    send("POST", &url, &[("content-type", JSON)], body.as_bytes())
}

/// Signs in by token API v1 with a client's secret.
pub(crate) fn client_sign_in(emulator: &Emulator, id: &Value, secret: &Value) -> Reply {
    let grant = "client_credentials";
    v1(
        emulator,
        &json!({ "grantType": grant, "clientID": id, "clientSecret": secret }),
    )
}

/// Signs in by token API v1 with a password.
pub(crate) fn password_sign_in(emulator: &Emulator, name: &str, password: &str) -> Reply {
    v1(
        emulator,
        &json!({ "grantType": "password", "username": name, "password": password }),
    )
}

/// Returns a token of the administrator.
pub(crate) fn administrator(emulator: &Emulator) -> String {
    let (name, password) = (emulator.username().unwrap(), emulator.password().unwrap());
    password_sign_in(emulator, name, password).token()
}

/// Sends a request with a token, and with a body if there is one.
pub(crate) fn call_api(
    emulator: &Emulator,
    token: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Reply {
    let url = format!("{}{path}", emulator.base_url());
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", JSON)];
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    send(method, &url, &headers, body.as_bytes())
}

/// Creates something and returns what the answer says of it.
#[track_caller]
pub(crate) fn create(emulator: &Emulator, token: &str, path: &str, body: Value) -> Value {
    let reply = call_api(emulator, token, "POST", path, Some(body));
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

/// Returns the id of the first cluster.
pub(crate) fn cluster_id(emulator: &Emulator, token: &str) -> Value {
    let clusters = call_api(emulator, token, "GET", "/api/v1/clusters", None).json();
    clusters[0]["uuid"].clone()
}

/// Creates a project in the first cluster and returns its id.
pub(crate) fn project_id(emulator: &Emulator, token: &str, name: &str) -> Value {
    let cluster = cluster_id(emulator, token);
    let body = json!({ "name": name, "clusterId": cluster, "resources": [] });
    create(emulator, token, PROJECTS, body)["id"].clone()
}

/// Returns the body of an access rule for the whole tenant.
pub(crate) fn tenant_rule(subject_type: &str, subject_id: &Value, role_id: &Value) -> Value {
    json!({
        "subjectType": subject_type,
        "subjectId": subject_id,
        "roleId": role_id,
        "scopeType": "tenant",
        "scopeId": "1001",
    })
}

/// Looks a role's id up by name.
pub(crate) fn role_id(emulator: &Emulator, token: &str, name: &str) -> Value {
    let roles = call_api(emulator, token, "GET", "/api/v1/authorization/roles", None).json();
    let mut roles = roles.as_array().unwrap().iter();
    roles.find(|role| role["name"] == name).unwrap()["id"].clone()
}

/// Returns the strings under one name of all objects in a list.
pub(crate) fn column(list: &Value, name: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item[name].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
pub(crate) fn assert_error(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text());
    let body = reply.json();
    assert_eq!(body["code"], status);
    assert!(body["message"].is_string(), "{body}");
}

pub(crate) const PROJECTS: &str = "/api/v1/org-unit/projects";

pub(crate) const RULES: &str = "/api/v1/authorization/access-rules";
