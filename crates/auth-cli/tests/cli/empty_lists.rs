//! Tests of names where a list has no entries: what was listed and is not there does not exist, so nothing is sent about it.

use auth_testkit::ControlPlane;
use serde_json::json;

use crate::hostile::{Answer, Hostile};
use crate::maia_runs::maia_environment;
use crate::shell::Shell;
use crate::support::vauth;

const RULE: [&str; 5] = [
    "access-rules",
    "create",
    "--role",
    "System administrator",
    "--subject",
];

#[tokio::test]
async fn a_new_control_plane_gets_no_rule_for_an_account_or_a_project_that_it_lacks() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let before = shell.json(&["access-rules", "count"]);
    for (arguments, words) in [
        (
            &["service-account:typo", "--scope", "tenant"][..],
            "no service account \"typo\" on this control plane; there are none",
        ),
        (
            &["group:g", "--scope", "project:team-a"],
            "no project \"team-a\" on this control plane; there are none",
        ),
    ] {
        let line = shell.run(&[&RULE[..], arguments].concat()).failure(2);
        assert!(line.contains(words), "{line}");
    }
    assert_eq!(shell.json(&["access-rules", "count"]), before);
}

#[test]
fn a_name_in_an_empty_list_is_an_error_that_says_so_and_changes_nothing() {
    let server = Hostile::start(|request| {
        let is_role = request == "GET /api/v2/authorization/roles";
        is_role.then(|| Answer::Json(200, json!({ "roles": [] })))
    });
    let delete = |resource| [resource, "delete", "typo", "--yes"].to_vec();
    let renew = |resource, renew| [resource, renew, "typo", "--yes", "--show-secret"].to_vec();
    for (arguments, noun) in [
        (vec!["apps", "get", "typo"], "application"),
        (vec!["service-accounts", "get", "typo"], "service account"),
        (
            vec!["service-accounts", "enable", "typo"],
            "service account",
        ),
        (delete("service-accounts"), "service account"),
        (
            renew("service-accounts", "regenerate-secret"),
            "service account",
        ),
        (vec!["access-keys", "get", "typo"], "access key"),
        (delete("access-keys"), "access key"),
        (vec!["user-apps", "get", "typo"], "user application"),
        (delete("users"), "user"),
        (renew("users", "reset-password"), "user"),
        (vec!["projects", "get", "typo"], "project"),
        (delete("projects"), "project"),
        (
            vec!["projects", "set-quota", "typo", "--gpus", "1"],
            "project",
        ),
        (
            vec!["projects", "list", "--department", "typo"],
            "department",
        ),
        (delete("departments"), "department"),
        (vec!["node-pools", "get", "typo"], "node pool"),
        (vec!["clusters", "get", "typo"], "cluster"),
        (vec!["projects", "list", "--cluster", "typo"], "cluster"),
        (
            vec!["access-rules", "list", "--scope", "cluster:typo"],
            "cluster",
        ),
        (vec!["roles", "get", "typo"], "role"),
    ] {
        let arguments = [&["runai"], &arguments[..]].concat();
        let line = vauth(&arguments, &server.environment()).failure(2);
        let expected = format!("no {noun} \"typo\" on this control plane; there are none");
        assert!(line.contains(&expected), "{line}");
    }
    assert_eq!(server.changes(), Vec::<String>::new());
}

#[test]
fn a_maia_project_without_environments_or_pipelines_starts_nothing() {
    let page = |entries: serde_json::Value| {
        let total = entries.as_array().unwrap().len();
        Answer::Json(
            200,
            json!({ "page": 0, "results": entries, "size": 100, "total": total }),
        )
    };
    let start =
        |project, environment| ["maia", "run", project, "Long", "--environment", environment];
    for (projects, environments, arguments, words) in [
        (
            json!([]),
            json!([]),
            start("typo", "Production"),
            "no project \"typo\" that the credentials can access; there are none",
        ),
        (
            json!([{ "id": "p-1", "name": "One" }]),
            json!([]),
            start("One", "Production"),
            "no environment \"Production\" in project One (id p-1); there are none",
        ),
        (
            json!([{ "id": "p-1", "name": "One" }]),
            json!([{ "name": "Production" }]),
            start("One", "Production"),
            "no published pipeline \"Long\" in project One (id p-1); there are none",
        ),
    ] {
        let server = Hostile::start(move |request| match request {
            "GET /dpc/v1/projects" => Some(page(projects.clone())),
            "GET /dpc/v1/projects/p-1/environments" => Some(page(environments.clone())),
            _ if request.starts_with("GET ") => Some(page(json!([]))),
            _ => None,
        });
        let line = vauth(&arguments, &maia_environment(&server)).failure(2);
        assert!(line.contains(words), "{line}");
        assert_eq!(server.changes(), Vec::<String>::new());
    }
}
