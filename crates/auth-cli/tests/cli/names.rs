//! Tests of names in the place of ids: users, accounts, keys, roles and the subjects of access rules.

use auth_testkit::ControlPlane;
use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};
use crate::shell::{ROLE, Shell};
use crate::support::{Run, vauth};

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    vauth(&[&["runai"], arguments].concat(), &server.environment())
}

#[tokio::test]
async fn accounts_and_keys_are_found_by_name() {
    for (version, resources) in [
        (ControlPlane::V2_20, ["apps", "user-apps"]),
        (ControlPlane::V3_0, ["service-accounts", "access-keys"]),
    ] {
        let shell = Shell::start(version).await;
        for resource in resources {
            let file = shell.path(resource);
            let create = [resource, "create", "nightly-import", "--secret-file", &file];
            let created = shell.json(&create);
            assert_eq!(
                shell.json(&[resource, "get", "nightly-import"])["id"],
                created["id"]
            );
            if ["apps", "service-accounts"].contains(&resource) {
                shell
                    .run(&[resource, "disable", "nightly-import", "--yes"])
                    .stdout();
                assert_eq!(
                    shell.json(&[resource, "get", "nightly-import"])["enabled"],
                    false
                );
                shell.run(&[resource, "enable", "nightly-import"]).stdout();
            }
            let renew = [
                resource,
                "regenerate-secret",
                "nightly-import",
                "--yes",
                "--show-secret",
            ];
            let renewed = shell.json(&renew);
            assert_eq!(renewed["id"], created["id"]);
            assert!(renewed["secret"].as_str().unwrap().len() > 10);
            let line = shell.run(&[resource, "get", "nightly"]).failure(2);
            assert!(
                line.contains("\"nightly\"") && line.contains("nightly-import"),
                "{line}"
            );
            shell
                .run(&[resource, "delete", "nightly-import", "--yes"])
                .stdout();
            assert!(!shell.names(resource).contains(&"nightly-import".to_owned()));
        }
    }
}

#[tokio::test]
async fn users_are_found_by_their_address_in_any_case() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let file = shell.path("password");
    let created = shell.json(&["users", "create", "a@b.io", "--secret-file", &file]);
    assert_eq!(shell.json(&["users", "get", "A@B.io"])["id"], created["id"]);
    let reset = [
        "users",
        "reset-password",
        "a@b.io",
        "--yes",
        "--show-secret",
    ];
    assert!(shell.json(&reset)["password"].is_string());
    shell.run(&["users", "logout", "a@b.io", "--yes"]).stdout();
    let line = shell
        .run(&["users", "delete", "a@b.com", "--yes"])
        .failure(2);
    assert!(
        line.contains("no user \"a@b.com\"") && line.contains("a@b.io"),
        "{line}"
    );
    shell.run(&["users", "delete", "a@b.io", "--yes"]).stdout();
    assert_eq!(
        shell.json(&["users", "count", "--search", "a@b.io"]),
        json!({ "count": 0 })
    );
}

#[tokio::test]
async fn roles_and_subjects_are_found_by_name_and_id() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let roles = shell.json(&["roles", "list"]);
    let roles = roles.as_array().unwrap();
    let role = roles.iter().find(|role| role["name"] == ROLE).unwrap();
    let role_id = role["id"].as_str().unwrap();
    assert_eq!(shell.json_of(&["roles", "get", ROLE])["id"], role["id"]);
    let file = shell.path("secret");
    shell.json(&[
        "service-accounts",
        "create",
        "nightly-import",
        "--secret-file",
        &file,
    ]);
    let user = shell.json(&[
        "users",
        "create",
        "a@b.io",
        "--secret-file",
        &shell.path("p"),
    ]);
    let user = format!("user:{}", user["id"].as_str().unwrap());
    for (subject, stored) in [
        ("service-account:nightly-import", "nightly-import"),
        (user.as_str(), "a@b.io"),
        ("user:not-yet@b.io", "not-yet@b.io"),
        ("group:researchers", "researchers"),
    ] {
        let rule = shell.json(&[
            "access-rules",
            "create",
            "--role",
            role_id,
            "--subject",
            subject,
        ]);
        assert_eq!(rule[0]["subject_id"], stored);
        assert_eq!(rule[0]["role_name"], ROLE);
    }
    let before = shell.json(&["access-rules", "count"]);
    for subject in ["service-account:nightly", "user:nobody", "app:nothing"] {
        let create = [
            "access-rules",
            "create",
            "--role",
            ROLE,
            "--subject",
            subject,
        ];
        let line = shell.run(&create).failure(2);
        assert!(line.contains("available: "), "{line}");
    }
    let create = [
        "access-rules",
        "create",
        "--role",
        "Nope",
        "--subject",
        "user:a@b.io",
    ];
    let line = shell.run(&create).failure(2);
    assert!(
        line.contains("no role \"Nope\"") && line.contains(ROLE),
        "{line}"
    );
    assert_eq!(shell.json(&["access-rules", "count"]), before);
}

#[test]
fn an_ambiguous_name_lists_the_ids_and_changes_nothing() {
    let server = Hostile::start(|request| {
        (request == "GET /api/v1/service-accounts").then(|| {
            let one = |id: &str| json!({ "id": id, "name": "twin", "clientId": id });
            Answer::Json(200, json!([one("id-1"), one("id-2")]))
        })
    });
    for command in ["get", "enable", "disable", "delete", "regenerate-secret"] {
        let mut arguments = vec!["service-accounts", command, "twin"];
        if !["get", "enable"].contains(&command) {
            arguments.push("--yes");
        }
        if command == "regenerate-secret" {
            arguments.push("--show-secret");
        }
        let line = run(&server, &arguments).failure(2);
        assert!(
            line.contains("2 service accounts are named \"twin\""),
            "{line}"
        );
        assert!(line.contains("id-1, id-2"), "{line}");
    }
    for (method, path) in [("DELETE", "id-1"), ("PUT", "id-1"), ("POST", "id-1/secret")] {
        assert_eq!(
            server.count(&format!("{method} /api/v1/service-accounts/{path}")),
            0
        );
    }
}

#[test]
fn hostile_names_are_cleaned_and_bounded_in_the_error() {
    let server = Hostile::start(|request| {
        (request == "GET /api/v1/users").then(|| {
            let users: Vec<Value> = (0..2_000)
                .map(|number| {
                    let name = format!("\u{202e}\u{1b}[31m\n{}{number}", "x".repeat(500));
                    json!({ "id": number.to_string(), "username": name })
                })
                .collect();
            Answer::Json(200, json!(users))
        })
    });
    let line = run(&server, &["users", "get", "nobody"]).failure(2);
    assert!(line.len() < 3_000 && line.contains("more"), "{line}");
    assert!(!line.contains('\u{202e}'), "{line}");
}

#[test]
fn without_the_permission_to_list_the_text_is_an_id() {
    for status in [401, 403, 404] {
        let server = Hostile::start(move |request| match request {
            "GET /api/v1/users" => Some(Answer::Json(status, json!({ "message": "no" }))),
            "GET /api/v1/users/id-7" => Some(Answer::Json(
                200,
                json!({ "id": "id-7", "username": "a@b.io" }),
            )),
            _ => None,
        });
        let text = run(&server, &["users", "get", "id-7"]).stdout();
        assert!(text.starts_with("id-7\ta@b.io"), "{text}");
    }
    let server = Hostile::start(|request| {
        (request == "GET /api/v1/users").then(|| Answer::Json(400, json!({})))
    });
    run(&server, &["users", "delete", "id-7", "--yes"]).failure(22);
    assert_eq!(server.count("DELETE /api/v1/users/id-7"), 0);
}

#[test]
fn a_uuid_is_an_id_and_needs_no_list() {
    let id = "7f3a0b1c-0000-4000-8000-00000000000a";
    let server = Hostile::start(move |request| {
        (request == format!("DELETE /api/v1/users/{id}")).then(|| Answer::Json(200, json!({})))
    });
    run(&server, &["users", "delete", id, "--yes"]).stdout();
    assert_eq!(server.count("GET /api/v1/users"), 0);
}
