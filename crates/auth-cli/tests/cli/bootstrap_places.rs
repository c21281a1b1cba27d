//! Tests of `vauth runai bootstrap` with a department, a project, quotas and a scope by name.

use auth_testkit::{ControlPlane, Runai};
use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};
use crate::shell::{ROLE, Shell, read_secret};
use crate::support::vauth;

fn steps(text: &str) -> Vec<String> {
    let steps: Vec<Value> = serde_json::from_str(text).unwrap();
    let steps = steps.iter();
    steps
        .map(|step| step["step"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_second_run_finds_the_department_and_the_project() {
    for version in [ControlPlane::V2_18, ControlPlane::V2_24, ControlPlane::V3_0] {
        let runai = Runai::new().cluster("west").node_pool("a100");
        let shell = Shell::beside(runai.control_plane(version)).await;
        let file = shell.path("secret");
        let arguments = [
            "bootstrap",
            "--name",
            "nightly-import",
            "--role",
            ROLE,
            "--department",
            "research",
            "--department-gpus",
            "8",
            "--project",
            "team-a",
            "--gpus",
            "2",
            "--scope",
            "project:team-a",
            "--secret-file",
            &file,
            "--json",
        ];
        let first = shell.run(&arguments).stdout();
        assert_eq!(
            steps(&first),
            [
                "signed_in",
                "created_department",
                "created_project",
                "created_account",
                "new_secret",
                "created_access_rule",
                "verified_sign_in"
            ],
            "{version}"
        );
        let secret = read_secret(&file);
        let before = shell.json(&["access-rules", "count"]);
        let second = shell.run(&arguments).stdout();
        assert_eq!(
            steps(&second),
            [
                "signed_in",
                "found_department",
                "found_project",
                "found_account",
                "found_access_rule",
                "verified_sign_in"
            ],
            "{version}"
        );
        assert_eq!(read_secret(&file), secret);
        assert_eq!(shell.json(&["access-rules", "count"]), before);
        let project = shell.json(&["projects", "get", "team-a"]);
        assert_eq!(project["total_gpus"], 2.0);
        assert_eq!(project["department_name"], "research");
        let department = shell.json(&["departments", "get", "research"]);
        assert_eq!(department["total_gpus"], 8.0);
        let rules = shell.json(&["access-rules", "list", "--scope", "project:team-a"]);
        assert_eq!(rules.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_existing_scope_is_named_and_an_unknown_one_creates_nothing() {
    let shell = Shell::beside(Runai::new().cluster("west")).await;
    let project = shell.json(&["projects", "create", "team-a"]);
    let base = [
        "bootstrap",
        "--name",
        "import",
        "--role",
        ROLE,
        "--show-secret",
        "--json",
    ];
    for (arguments, words) in [
        (&["--scope", "project:team-b"][..], "no project \"team-b\""),
        (
            &["--department", "research", "--cluster", "east"],
            "no cluster \"east\"",
        ),
        (
            &["--project", "team-c", "--scope", "department:none"],
            "no department \"none\"",
        ),
        (&["--gpus", "2"], "--project or --department"),
        (&["--cluster", "west"], "--department"),
        (&["--department-gpus", "2"], "--department"),
    ] {
        let run = shell.run(&[&base[..], arguments].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
        assert!(!run.stdout.contains("created"), "{run:?}");
    }
    assert_eq!(shell.names("projects"), ["team-a"]);
    assert_eq!(shell.names("departments"), ["default"]);
    let text = shell
        .run(&[&base[..], &["--scope", "project:team-a"]].concat())
        .stdout();
    assert!(steps(&text).contains(&"created_access_rule".to_owned()));
    let rules = shell.json(&["access-rules", "list", "--scope", "project:team-a"]);
    assert_eq!(rules[0]["scope_id"], project["id"]);
}

#[test]
fn what_was_created_before_a_failure_is_said() {
    let server = Hostile::start(|request| {
        let unit = json!({ "id": "d-7", "name": "research", "clusterId": "c-1" });
        Some(match request {
            "GET /api/v1/clusters" => Answer::Json(200, json!([{ "uuid": "c-1", "name": "west" }])),
            "GET /api/v1/org-unit/departments" => Answer::Json(200, json!({ "departments": [] })),
            "GET /api/v1/org-unit/projects" => Answer::Json(200, json!({ "projects": [] })),
            "POST /api/v1/org-unit/departments" => Answer::Json(201, unit),
            "POST /api/v1/org-unit/projects" => Answer::HangUp,
            _ => return None,
        })
    });
    let arguments = [
        "runai",
        "bootstrap",
        "--name",
        "import",
        "--role",
        "Viewer",
        "--department",
        "research",
        "--project",
        "team-a",
        "--show-secret",
    ];
    let run = vauth(&arguments, &server.environment());
    assert!(run.code.is_some_and(|code| code > 0), "{run:?}");
    for words in [
        "department research (id d-7) exists now",
        "project team-a may have been created",
        "`vauth runai bootstrap --name import --role Viewer --department research --project team-a --show-secret`",
    ] {
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    }
    assert_eq!(server.count("POST /api/v1/service-accounts"), 0);
}
