//! Tests of clusters, departments, projects and node pools, and of scopes by their names.

use auth_testkit::{ControlPlane, Runai};
use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};
use crate::shell::{ROLE, Shell};
use crate::support::vauth;

pub(crate) async fn one_cluster() -> Shell {
    Shell::beside(Runai::new().cluster("west").node_pool("a100")).await
}

async fn two_clusters() -> Shell {
    Shell::beside(Runai::new().cluster("west").cluster("east")).await
}

/// Returns the command that gives a group a role in this scope.
fn grant(scope: &str) -> [&str; 8] {
    [
        "access-rules",
        "create",
        "--role",
        ROLE,
        "--subject",
        "group:g",
        "--scope",
        scope,
    ]
}

/// Returns the quota of a node pool.
fn quota<'a>(unit: &'a Value, pool: &str) -> &'a Value {
    let mut quotas = unit["quotas"].as_array().unwrap().iter();
    quotas.find(|one| one["node_pool_name"] == pool).unwrap()
}

#[tokio::test]
async fn a_project_is_created_shown_given_another_quota_and_deleted() {
    for version in [ControlPlane::V2_24, ControlPlane::V3_0] {
        let runai = Runai::new().cluster("west").node_pool("a100");
        let shell = Shell::beside(runai.control_plane(version)).await;
        let department = [
            "departments",
            "create",
            "research",
            "--description",
            "all of it",
            "--quota",
            "a100=4",
        ];
        let department = shell.json(&department);
        assert_eq!(department["total_gpus"], 4.0);
        assert_eq!(department["description"], "all of it");
        let project = [
            "projects",
            "create",
            "team-a",
            "--department",
            "research",
            "--cluster",
            "west",
            "--namespace",
            "team-a-jobs",
            "--gpus",
            "1",
            "--quota",
            "a100=2,limit=3,weight=2",
        ];
        let created = shell.json(&project);
        assert_eq!(created["department_id"], department["id"]);
        assert_eq!(quota(&created, "a100")["gpu_limit"], 3.0);
        let line = shell.run(&project).failure(22);
        assert!(line.contains("already exists"), "{line}");

        let changed = ["projects", "set-quota", "team-a", "--quota", "a100=0.5"];
        let changed = shell.json(&changed);
        assert_eq!(changed["total_gpus"], 1.5);
        let shown = shell.json(&["projects", "show", "team-a"]);
        // What was not named stays as it was.
        for (member, value) in [
            ("gpus", 0.5),
            ("gpu_limit", 3.0),
            ("over_quota_weight", 2.0),
        ] {
            assert_eq!(quota(&shown, "a100")[member], value, "{shown}");
        }
        assert_eq!(quota(&shown, "default")["gpus"], 1.0);
        shell.json(&["projects", "set-quota", "team-a", "--gpus", "7"]);
        let shown = shell.json(&["projects", "get", "team-a"]);
        assert_eq!(quota(&shown, "default")["gpus"], 7.0);
        assert_eq!(quota(&shown, "a100")["gpus"], 0.5);

        let line = shell.run(&["projects", "get", "team-b"]).failure(2);
        assert!(
            line.contains("no project \"team-b\"") && line.contains("team-a"),
            "{line}"
        );
        let line = shell
            .run(&["departments", "delete", "research", "--yes"])
            .failure(22);
        assert!(line.contains("has projects"), "{line}");
        let line = shell.run(&["projects", "delete", "team-a"]).failure(2);
        assert!(line.contains("--yes"), "{line}");
        let deleted = shell.json(&["projects", "delete", "team-a", "--yes"]);
        assert_eq!(
            deleted,
            json!({ "id": created["id"], "outcome": "accepted" })
        );
    }
}

#[tokio::test]
async fn a_deletion_that_takes_a_while_is_said() {
    let shell = one_cluster().await;
    let id = shell.json(&["projects", "create", "team-a"])["id"].clone();
    let text = shell
        .run(&["projects", "delete", "team-a", "--yes"])
        .stdout();
    let expected = format!(
        "{}\taccepted: the control plane completes the deletion later\n",
        id.as_str().unwrap()
    );
    assert_eq!(text, expected);
    let id = shell.json(&["departments", "create", "old"])["id"].clone();
    let text = shell
        .run(&["departments", "delete", "old", "--yes"])
        .stdout();
    assert_eq!(text, format!("{}\tdeleted\n", id.as_str().unwrap()));
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_counted() {
    let shell = two_clusters().await;
    for (name, cluster) in [("team-a", "west"), ("team-b", "east"), ("other", "east")] {
        shell.json(&["projects", "create", name, "--cluster", cluster]);
    }
    let names = |arguments: &[&str]| -> Vec<String> {
        let all = shell.json(&[&["projects", "list"], arguments].concat());
        let all = all.as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&["--filter", "name=^team-", "--sort", "name", "--descending"]),
        ["team-b", "team-a"]
    );
    assert_eq!(
        names(&["--cluster", "east", "--sort", "name"]),
        ["other", "team-b"]
    );
    assert_eq!(names(&["--search", "other"]), ["other"]);
    let count = shell
        .run(&["projects", "count", "--cluster", "east"])
        .stdout();
    assert_eq!(count, "2\n");
    assert_eq!(shell.run(&["departments", "count"]).stdout(), "2\n");
    assert_eq!(
        shell
            .run(&["node-pools", "count", "--cluster", "west"])
            .stdout(),
        "1\n"
    );
    let table = shell.run(&["clusters", "list"]).stdout();
    assert!(table.contains("\twest\tConnected\t"), "{table}");
    assert_eq!(shell.json(&["clusters", "get", "east"])["name"], "east");
    let pool = shell.json(&["node-pools", "get", "default", "--cluster", "east"]);
    assert_eq!(pool["cluster_name"], "east");
    let line = shell
        .run(&["projects", "list", "--cluster", "north"])
        .failure(2);
    assert!(
        line.contains("no cluster \"north\"") && line.contains("west"),
        "{line}"
    );
}

#[tokio::test]
async fn a_name_in_two_clusters_is_an_error_that_lists_both() {
    let shell = two_clusters().await;
    let ids = ["west", "east"].map(|cluster| {
        let project = shell.json(&["projects", "create", "team-a", "--cluster", cluster]);
        project["id"].as_str().unwrap().to_owned()
    });
    let granted = |scope: &str| shell.run(&grant(scope));
    let before = shell.json(&["access-rules", "count"]);
    for line in [
        shell
            .run(&["projects", "delete", "team-a", "--yes"])
            .failure(2),
        shell.run(&["projects", "create", "team-b"]).failure(2),
        granted("project:team-a").failure(2),
    ] {
        let is_project = line.contains("2 projects are named \"team-a\"");
        let all = if is_project {
            ids.clone()
        } else {
            ["west", "east"].map(str::to_owned)
        };
        for one in all {
            assert!(line.contains(&one), "{line}");
        }
    }
    assert_eq!(shell.json(&["access-rules", "count"]), before);
    let rule = shell.json(&grant(&format!("project:{}", ids[1])));
    assert_eq!(rule[0]["scope_id"], ids[1]);
    shell.json(&["projects", "get", "team-a", "--cluster", "west"]);
}

#[tokio::test]
async fn scopes_are_named_by_their_names() {
    let shell = one_cluster().await;
    let project = shell.json(&["projects", "create", "team-a"]);
    let cluster = shell.json(&["clusters", "get", "west"]);
    let department = shell.json(&["departments", "get", "default"]);
    for (scope, kind, id) in [
        ("project:team-a", "project", &project["id"]),
        ("department:default", "department", &department["id"]),
        ("cluster:west", "cluster", &cluster["id"]),
    ] {
        let create = grant(scope);
        let rule = shell.json(&create);
        assert_eq!(rule[0]["scope_type"], kind);
        assert_eq!(rule[0]["scope_id"], *id);
        let found = shell.json(&["access-rules", "list", "--scope", scope]);
        assert_eq!(found[0]["id"], rule[0]["id"]);
    }
    let create = grant("tenant");
    assert_eq!(shell.json(&create)[0]["scope_type"], "tenant");
    for (scope, words) in [
        ("project:team-b", "no project \"team-b\""),
        ("department:team-a", "no department \"team-a\""),
        ("team-a", "such as 'project:team-a'"),
    ] {
        let create = grant(scope);
        let run = shell.run(&create);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
    }
}

/// A project may be called like the id of another one.
#[tokio::test]
async fn an_id_wins_over_a_name_that_looks_like_it() {
    let shell = one_cluster().await;
    let real = shell.json(&["projects", "create", "team-a"])["id"].clone();
    let real = real.as_str().unwrap();
    let other = shell.json(&["projects", "create", real])["id"].clone();
    assert_ne!(other, real);
    let rule = shell.json(&grant(&format!("project:{real}")));
    assert_eq!(rule[0]["scope_id"], real);
    let deleted = shell.json(&["projects", "delete", real, "--yes"]);
    assert_eq!(deleted["id"], real);
}

#[test]
fn a_create_whose_response_is_lost_says_what_may_exist() {
    for (resource, path) in [
        ("departments", "org-unit/departments"),
        ("projects", "org-unit/projects"),
    ] {
        let path = format!("POST /api/v1/{path}");
        let server = Hostile::start(move |request| match request {
            "GET /api/v1/clusters" => Some(Answer::Json(
                200,
                json!([{ "uuid": "c-1", "name": "west" }]),
            )),
            _ if request == path => Some(Answer::HangUp),
            _ => None,
        });
        let run = ["runai", resource, "create", "team-a"];
        let run = vauth(&run, &server.environment());
        assert!(run.code.is_some_and(|code| code > 0), "{run:?}");
        let noun = resource.trim_end_matches('s');
        assert!(
            run.stderr
                .contains(&format!("{noun} team-a may have been created")),
            "{run:?}"
        );
        assert!(
            run.stderr
                .contains(&format!("`vauth runai {resource} list`")),
            "{run:?}"
        );
    }
}
