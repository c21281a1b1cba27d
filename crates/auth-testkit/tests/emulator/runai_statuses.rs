//! Run:ai's statuses: whatever is sent, an operation answers with one that its description lists.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails by unwrapping")]

use std::ops::Range;
use std::path::Path;

use auth_testkit::{ControlPlane, Emulator};
use serde_json::{Map, Value, json};

use crate::runai_support::{administrator, create, password_sign_in, start_at};
use crate::support::{FORM, JSON, send};

/// One operation as the description has it.
struct Operation {
    method: String,
    path: String,
    /// Major and minor.
    versions: Range<(u32, u32)>,
    statuses: Vec<u16>,
}

#[tokio::test]
async fn no_operation_answers_with_a_status_that_is_not_listed() {
    let mut answers = 0;
    for (version, number) in [
        (ControlPlane::V2_18, (2, 18)),
        (ControlPlane::V2_20, (2, 20)),
        (ControlPlane::V2_22, (2, 22)),
        (ControlPlane::V2_24, (2, 24)),
        (ControlPlane::V2_25, (2, 25)),
        (ControlPlane::V3_0, (3, 0)),
    ] {
        let emulator = start_at(version).await;
        let administrator = administrator(&emulator);
        let strangers = strangers(&emulator, &administrator);
        for operation in operations()
            .iter()
            .filter(|it| it.versions.contains(&number))
        {
            let paths = paths(&operation.path);
            let bodies = bodies(&operation.method);
            let mut check = |path: &str, token: &str, (content_type, body): &(&str, String)| {
                let status = attempt(&emulator, operation, path, token, content_type, body);
                answers += 1;
                assert!(
                    operation.statuses.contains(&status),
                    "{status} to {} {path} with {body:?}: only {:?} are listed",
                    operation.method,
                    operation.statuses
                );
            };
            // Who asks is looked at before what is asked for.
            for stranger in &strangers {
                check(&paths[0], stranger, &bodies[0]);
            }
            for path in &paths {
                check(path, &administrator, &bodies[0]);
            }
            // The last path has an id that something has, or no query.
            for body in &bodies {
                check(&paths[paths.len() - 1], &administrator, body);
            }
        }
    }
    assert!(answers > 1_000, "{answers}");
}

/// Returns the status; every version has the operations that its description has.
fn attempt(
    emulator: &Emulator,
    operation: &Operation,
    path: &str,
    token: &str,
    content_type: &str,
    body: &str,
) -> u16 {
    let url = format!("{}{path}", emulator.base_url());
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("content-type", content_type)];
    if !token.is_empty() {
        headers.push(("authorization", bearer.as_str()));
    }
    let reply = send(&operation.method, &url, &headers, body.as_bytes());
    let content_type = reply.header("content-type").unwrap_or_default();
    assert!(
        !content_type.starts_with("text/html"),
        "no {} {path}",
        operation.method
    );
    reply.status
}

/// No token, one that was never issued, and that of somebody without rights.
fn strangers(emulator: &Emulator, administrator: &str) -> [String; 3] {
    let body = json!({ "email": "weak@b.io" });
    let user = create(emulator, administrator, "/api/v1/users", body);
    let password = user["tempPassword"].as_str().unwrap();
    let weak = password_sign_in(emulator, "weak@b.io", password).token();
    [String::new(), "nonsense".to_owned(), weak]
}

/// With ids that nothing has and, where numbers are ids, one that something has; with queries that cannot be read.
fn paths(template: &str) -> Vec<String> {
    let Some((before, rest)) = template.split_once('{') else {
        return [
            "?limit=501",
            "?limit=x&offset=-1",
            "?sortOrder=up",
            "?sortBy=x",
            "?filterBy=nonsense,%ff",
            "?includeDeleted=x&roleId=x",
            "",
        ]
        .map(|query| format!("{template}{query}"))
        .into();
    };
    let (_, after) = rest.split_once('}').unwrap();
    ["0", "nothing", "%2f", "%ff%00", "1013", "41"]
        .map(|id| format!("{before}{id}{after}"))
        .into()
}

fn bodies(method: &str) -> Vec<(&'static str, String)> {
    if method == "GET" {
        return vec![(JSON, String::new())];
    }
    let rule = json!({ "subjectId": "a@b.io", "subjectType": "user", "roleId": 1013, "scopeId": "1001", "scopeType": "tenant" });
    let good = merged(&[
        rule.clone(),
        json!({ "name": "robot", "email": "a@b.io", "enabled": true, "resourceType": "project" }),
        json!({ "ids": ["7"], "action": "validate_delete", "payload": { "roleId": 1013, "subjects": [rule], "scopes": [rule] } }),
        json!({ "currentPassword": "wrong", "newPassword": "new" }),
    ]);
    let with = |more: Value| (JSON, merged(&[good.clone(), more]).to_string());
    let mut bodies = vec![
        (JSON, String::new()),
        (JSON, "nonsense".to_owned()),
        (JSON, "[1]".to_owned()),
        (JSON, "{}".to_owned()),
        // The second time it is there already.
        (JSON, good.to_string()),
        (JSON, good.to_string()),
        with(
            json!({ "name": "Robot", "email": "nobody", "enabled": "yes", "resourceType": "x", "roleId": "x", "ids": [""] }),
        ),
        with(json!({ "roleId": 7, "action": "x", "ids": [], "payload": 7 })),
        with(
            json!({ "scopeId": "7", "subjectType": "x", "payload": { "roleId": 7, "subjects": [7] } }),
        ),
    ];
    for grant in [
        "client_credentials",
        "app_token",
        "password",
        "refresh_token",
        "external_token_exchange",
        "x",
    ] {
        let pair = json!({ "clientID": "wrong", "clientSecret": "wrong", "username": "wrong", "password": "wrong" });
        let tokens =
            json!({ "grantType": grant, "refreshToken": "wrong", "externalToken": "wrong" });
        bodies.push((JSON, json!({ "grantType": grant }).to_string()));
        bodies.push((JSON, merged(&[pair, tokens]).to_string()));
        bodies.push((FORM, format!("grant_type={grant}")));
        bodies.push((
            FORM,
            format!("grant_type={grant}&client_id=wrong&client_secret=wrong"),
        ));
        bodies.push((
            FORM,
            format!("grant_type={grant}&username=wrong&password=wrong&refresh_token=wrong"),
        ));
        bodies.push((FORM, format!("grant_type={grant}&grant_type={grant}")));
    }
    bodies
}

fn merged(objects: &[Value]) -> Value {
    let objects = objects.iter().filter_map(Value::as_object);
    let fields = objects.flat_map(|object| object.clone());
    Value::Object(fields.collect::<Map<_, _>>())
}

fn version(text: &Value) -> Option<(u32, u32)> {
    let (major, minor) = text.as_str()?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Reads the description of the API; a status that only other sources have is marked in it and does not count.
fn operations() -> Vec<Operation> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runai-auth/spec/admin.json");
    let spec: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in spec["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Some(responses) = operation["responses"].as_object() else {
                continue;
            };
            let listed = responses
                .iter()
                .filter(|(_, it)| it["x-undescribed"] != true);
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                versions: version(&operation["x-since"]).unwrap()
                    ..version(&operation["x-removed"]).unwrap_or((u32::MAX, 0)),
                statuses: listed.map(|(status, _)| status.parse().unwrap()).collect(),
            });
        }
    }
    assert!(operations.len() > 45, "{}", operations.len());
    operations
}
