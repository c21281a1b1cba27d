//! Tests of bootstraps for an account that exists and whose secret is gone, and of those that the control plane refuses half-way.

use std::path::Path;

use auth_testkit::ControlPlane;
use serde_json::json;

use crate::hostile::{Answer, Hostile};
use crate::shell::{ROLE, Shell, read_secret};
use crate::support::vauth;

#[tokio::test]
async fn a_secret_that_is_gone_is_an_error_that_names_the_remedy_once_the_rest_is_set_up() {
    for form in [
        &["--secret-file", "FILE"][..],
        &["--format", "env", "--secret-file", "FILE"],
        &["--format", "k8s-secret", "--show-secret"],
        &["--show-secret"],
    ] {
        let shell = Shell::start(ControlPlane::V2_24).await;
        let file = shell.path("secret");
        let base = ["bootstrap", "--name", "import", "--role", ROLE];
        let form = form.iter().map(|word| word.replace("FILE", &file));
        let form: Vec<_> = form.collect();
        let form: Vec<&str> = form.iter().map(String::as_str).collect();
        let first = shell.run(&[&base[..], &form].concat());
        assert_eq!(first.code, Some(0), "{first:?}");
        let _ = std::fs::remove_file(&file);
        let rules = shell.json(&[
            "access-rules",
            "list",
            "--subject",
            "service-account:import",
        ]);
        let rule = rules[0]["id"].to_string();
        shell
            .run(&["access-rules", "delete", &rule, "--yes"])
            .stdout();

        let password = shell.path("password");
        let user = ["--user", "a@b.io", "--user-password-file", &password];
        let second = shell.run(&[&base[..], &form, &user].concat());
        assert_eq!(second.code, Some(2), "{second:?}");
        let said = format!("{}{}", second.stdout, second.stderr);
        for words in [
            "found account",
            "created access rule",
            "created user",
            "account import existed before",
            "pass --regenerate-secret",
        ] {
            assert!(said.contains(words), "{words}: {second:?}");
        }
        assert!(!Path::new(&file).exists());
        assert!(!read_secret(&password).is_empty());
        let renewed = shell.run(&[&base[..], &form, &["--regenerate-secret"]].concat());
        assert_eq!(renewed.code, Some(0), "{renewed:?}");
    }
}

/// Runs a bootstrap whose requests of this kind are answered so.
fn refused(refused: &'static str, status: u16, department: &[&str]) -> String {
    let server = Hostile::start(move |request| {
        let unit = json!({ "id": "d-7", "name": "research", "clusterId": "c-1" });
        let project = json!({ "id": "p-7", "name": "team-a", "clusterId": "c-1" });
        let account =
            json!({ "id": "id-7", "name": "import", "clientId": "import", "clientSecret": "fake" });
        if request == refused {
            return Some(Answer::Json(status, json!({ "message": "no such quota" })));
        }
        Some(match request {
            "GET /api/v1/clusters" => Answer::Json(200, json!([{ "uuid": "c-1", "name": "west" }])),
            "POST /api/v1/org-unit/departments" => Answer::Json(201, unit),
            "POST /api/v1/org-unit/projects" => Answer::Json(201, project),
            "POST /api/v1/service-accounts" => Answer::Json(201, account),
            _ => return None,
        })
    });
    let base = [
        "runai",
        "bootstrap",
        "--name",
        "import",
        "--role",
        "Viewer",
        "--project",
        "team-a",
        "--show-secret",
    ];
    let run = vauth(&[&base[..], department].concat(), &server.environment());
    assert_eq!(run.code, Some(22), "{run:?}");
    run.stderr
}

#[test]
fn what_the_control_plane_finds_invalid_was_not_created_and_another_run_does_not_help() {
    let department = &["--department", "research"][..];
    for (request, department, words) in [
        (
            "POST /api/v1/org-unit/projects",
            department,
            "department research (id d-7) exists now; project team-a was not created",
        ),
        ("POST /api/v1/org-unit/projects", &[], "no such quota"),
        (
            "POST /api/v1/service-accounts",
            department,
            "department research (id d-7) and project team-a (id p-7) exist now; account import was not created",
        ),
        (
            "POST /api/v1/authorization/access-rules",
            &[],
            "account import exists, and its access rule was not created",
        ),
    ] {
        let line = refused(request, 400, department);
        assert!(line.contains("no such quota"), "{line}");
        assert!(line.contains(words), "{words}: {line}");
        assert!(!line.contains("may have been"), "{line}");
        assert!(!line.contains(" again"), "{line}");
    }
}

#[test]
fn what_a_permission_prevents_is_completed_by_another_run() {
    let line = refused(
        "POST /api/v1/org-unit/projects",
        403,
        &["--department", "research"],
    );
    assert!(
        line.contains("project team-a was not created: run `vauth runai bootstrap "),
        "{line}"
    );
    assert!(line.contains("again once the cause is fixed"), "{line}");
    assert!(!line.contains("may have been"), "{line}");
}

#[tokio::test]
async fn an_old_secret_in_the_file_is_not_the_administrators() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let file = shell.path("secret");
    let base = [
        "bootstrap",
        "--name",
        "import",
        "--role",
        ROLE,
        "--secret-file",
        &file,
    ];
    assert_eq!(shell.run(&base).code, Some(0));
    let other = shell.path("other");
    let renewal = [
        "service-accounts",
        "regenerate-secret",
        "import",
        "--secret-file",
        &other,
        "--yes",
    ];
    assert_eq!(shell.run(&renewal).code, Some(0));
    let again = shell.run(&base);
    assert_eq!(again.code, Some(3), "{again:?}");
    for words in [
        "service account \"import\" cannot sign in",
        "--regenerate-secret",
    ] {
        assert!(again.stderr.contains(words), "{again:?}");
    }
    assert!(!again.stderr.contains("user name"), "{again:?}");
    let renewed = shell.run(&[&base[..], &["--regenerate-secret"]].concat());
    assert_eq!(renewed.code, Some(0), "{renewed:?}");
}
