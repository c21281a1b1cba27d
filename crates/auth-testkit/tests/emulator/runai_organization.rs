//! Run:ai's clusters, departments, projects and node pools, and what they refuse.

use std::time::Duration;

use auth_core::Clock;
use auth_testkit::{ControlPlane, Emulator, ManualClock, Runai};
use serde_json::{Value, json};

use crate::runai_support::{
    PROJECTS, RULES, administrator, assert_error, call_api, cluster_id, column, create, project_id,
    start,
};
use crate::support::Reply;

const DEPARTMENTS: &str = "/api/v1/org-unit/departments";
const POOLS: &str = "/api/v1/node-pools";

fn get(emulator: &Emulator, token: &str, path: &str) -> Value {
    let reply = call_api(emulator, token, "GET", path, None);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

#[tokio::test]
async fn a_cluster_has_a_default_department_and_node_pool() {
    let runai = Runai::new()
        .control_plane(ControlPlane::V3_0)
        .cluster("east")
        .cluster("west")
        .node_pool("a100");
    let emulator = Emulator::start(runai).await.unwrap();
    let admin = administrator(&emulator);
    let clusters = get(&emulator, &admin, "/api/v1/clusters");
    assert_eq!(column(&clusters, "name"), ["east", "west"]);
    assert_eq!(clusters[0]["status"]["state"], "Connected");
    let one = format!("/api/v1/clusters/{}", clusters[1]["uuid"].as_str().unwrap());
    let bare = get(&emulator, &admin, &format!("{one}?verbosity=metadata"));
    assert!(bare.get("status").is_none() && bare["name"] == "west");
    let pools = get(&emulator, &admin, POOLS);
    let names = column(&pools["nodepools"], "name");
    assert_eq!(names, ["default", "a100", "default", "a100"]);
    assert_eq!(pools["nodepools"][3]["clusterName"], "west");
    let departments = get(&emulator, &admin, DEPARTMENTS);
    let names = column(&departments["departments"], "name");
    assert_eq!(names, ["default", "default"]);
    for unknown in [
        "/api/v1/clusters/x".to_owned(),
        format!("{POOLS}/x"),
        format!("{DEPARTMENTS}/x"),
        format!("{PROJECTS}/x"),
    ] {
        assert_error(&call_api(&emulator, &admin, "GET", &unknown, None), 404);
    }
}

#[tokio::test]
async fn a_project_refers_to_what_exists() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let cluster = cluster_id(&emulator, &admin);
    let good = json!({ "name": "team-a", "clusterId": cluster, "resources": [] });
    let post = |path: &str, member: &str, value: Value| -> Reply {
        let mut body = good.clone();
        body[member] = value;
        call_api(&emulator, &admin, "POST", path, Some(body))
    };
    for path in [PROJECTS, DEPARTMENTS] {
        for (member, value) in [
            ("name", Value::Null),
            ("name", json!("")),
            ("name", json!("Team A")),
            ("name", json!("-a")),
            ("name", json!("a".repeat(64))),
            ("clusterId", Value::Null),
            ("clusterId", json!("nowhere")),
            ("resources", Value::Null),
            ("resources", json!({})),
            ("resources", json!([7])),
            ("resources", json!([{ "nodePool": {} }])),
            ("resources", json!([{ "nodePool": { "id": "7" } }])),
            ("resources", json!([{ "gpu": { "deserved": -1 } }])),
            ("resources", json!([{ "gpu": { "deserved": "two" } }])),
            ("resources", json!([{ "memory": { "deserved": 1 } }])),
            ("resources", json!([{}, {}])),
        ] {
            assert_error(&post(path, member, value), 400);
        }
    }
    assert_error(&post(PROJECTS, "parentId", json!("7")), 400);
    let project = create(&emulator, &admin, PROJECTS, good.clone());
    assert_eq!(project["parent"]["name"], "default");
    assert_eq!(project["status"]["namespace"], "runai-team-a");
    assert_error(&post(PROJECTS, "description", json!("again")), 409);
    create(&emulator, &admin, DEPARTMENTS, good.clone());
    assert_error(&post(DEPARTMENTS, "description", json!("again")), 409);
}

#[tokio::test]
async fn quotas_are_for_each_node_pool_and_summed_up() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let pool = get(&emulator, &admin, POOLS)["nodepools"][0]["id"].clone();
    let quota = |gpus: f64| json!([{ "nodePool": { "id": pool }, "gpu": { "deserved": gpus } }]);
    let cluster = cluster_id(&emulator, &admin);
    let body = json!({ "name": "team-a", "clusterId": cluster, "description": "old", "resources": quota(2.5) });
    let project = create(&emulator, &admin, PROJECTS, body);
    assert_eq!(project["totalResources"]["gpuQuota"], 2.5);
    assert_eq!(project["resources"][0]["nodePool"]["name"], "default");
    let one = format!("{PROJECTS}/{}", project["id"].as_str().unwrap());
    let resources = format!("{one}/resources");
    let patched = call_api(&emulator, &admin, "PATCH", &resources, Some(quota(4.0)));
    assert_eq!(patched.status, 200);
    assert_eq!(patched.json()[0]["gpu"]["deserved"], 4.0);
    let shown = get(&emulator, &admin, &one);
    assert_eq!(
        (&shown["totalResources"]["gpuQuota"], &shown["description"]),
        (&json!(4.0), &json!("old"))
    );
    let body = json!({ "resources": [] });
    let replaced = call_api(&emulator, &admin, "PUT", &one, Some(body)).json();
    assert_eq!(
        (&replaced["resources"], &replaced["description"]),
        (&json!([]), &json!(""))
    );
    for (method, path, body) in [
        ("PUT", &one, json!({})),
        ("PATCH", &resources, json!({})),
        ("PATCH", &resources, json!([7])),
    ] {
        assert_error(&call_api(&emulator, &admin, method, path, Some(body)), 400);
    }
}

#[tokio::test]
async fn a_deletion_is_accepted_and_then_done() {
    let clock = ManualClock::new();
    let builder = Emulator::builder(Runai::new()).clock(std::sync::Arc::new(clock.clone()));
    let emulator = builder.start().await.unwrap();
    let admin = administrator(&emulator);
    let id = project_id(&emulator, &admin, "team-a");
    let body = json!({
        "subjectId": "a@b.io", "subjectType": "user", "roleId": 1021, "scopeId": id, "scopeType": "project",
    });
    let rule = create(&emulator, &admin, RULES, body.clone());
    assert_eq!(rule["scopeName"], "team-a");
    let one = format!("{PROJECTS}/{}", id.as_str().unwrap());
    for _ in 0..2 {
        let reply = call_api(&emulator, &admin, "DELETE", &one, None);
        assert_eq!((reply.status, reply.text()), (202, String::new()));
    }
    assert_eq!(get(&emulator, &admin, &one)["status"]["phase"], "Deleting");
    assert_error(&call_api(&emulator, &admin, "POST", RULES, Some(body)), 404);
    let rule = format!("{RULES}/{}", rule["id"]);
    assert_error(&call_api(&emulator, &admin, "GET", &rule, None), 404);
    let before = clock.now();
    clock.advance(Duration::from_secs(2));
    assert!(clock.now().since(before) >= Duration::from_secs(2));
    assert_error(&call_api(&emulator, &admin, "GET", &one, None), 404);
    assert_error(&call_api(&emulator, &admin, "DELETE", &one, None), 404);
}

#[tokio::test]
async fn a_department_is_deleted_when_it_has_no_projects() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let cluster = cluster_id(&emulator, &admin);
    let body = json!({ "name": "research", "clusterId": cluster, "resources": [] });
    let id = create(&emulator, &admin, DEPARTMENTS, body)["id"].clone();
    let body = json!({ "name": "team-a", "clusterId": cluster, "parentId": id, "resources": [] });
    let project = create(&emulator, &admin, PROJECTS, body);
    assert_eq!(project["parentId"], id);
    let one = format!("{DEPARTMENTS}/{}", id.as_str().unwrap());
    assert_error(&call_api(&emulator, &admin, "DELETE", &one, None), 400);
    let empty = get(&emulator, &admin, DEPARTMENTS)["departments"][0]["id"].clone();
    let empty = format!("{DEPARTMENTS}/{}", empty.as_str().unwrap());
    let reply = call_api(&emulator, &admin, "DELETE", &empty, None);
    assert_eq!(reply.status, 204);
    assert_error(&call_api(&emulator, &admin, "GET", &empty, None), 404);
    // The department of projects that name none is gone.
    let body = json!({ "name": "team-b", "clusterId": cluster, "resources": [] });
    assert_error(
        &call_api(&emulator, &admin, "POST", PROJECTS, Some(body)),
        400,
    );
}

#[tokio::test]
async fn lists_have_filters_and_pages_of_fifty_that_name_the_next() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    for number in 0..60 {
        project_id(&emulator, &admin, &format!("team-{number:02}"));
    }
    let list = |query: &str| get(&emulator, &admin, &format!("{PROJECTS}?{query}"));
    let first = list("");
    assert_eq!(first["projects"].as_array().unwrap().len(), 50);
    assert_eq!(first["next"], 50);
    let last = list("offset=50");
    assert_eq!(last["projects"].as_array().unwrap().len(), 10);
    assert!(last.get("next").is_none());
    let names = |query: &str| column(&list(query)["projects"], "name");
    assert_eq!(names("sortBy=name&sortOrder=desc&limit=1"), ["team-59"]);
    assert_eq!(names("filterBy=name==team-07"), ["team-07"]);
    assert_eq!(names("filterBy=name=^team-0,name=$9"), ["team-09"]);
    assert_eq!(names("filterBy=parentName==default&limit=1"), ["team-00"]);
    assert_eq!(names("search=am-33"), ["team-33"]);
    assert!(names("filterBy=gpuAllocated%3E=1").is_empty());
    let count = format!("{PROJECTS}/count?filterBy=name=@-1");
    assert_eq!(get(&emulator, &admin, &count)["count"], 10);
    for bad in ["filterBy=nothing==1", "sortBy=x", "limit=501", "offset=-1"] {
        let path = format!("{PROJECTS}?{bad}");
        assert_error(&call_api(&emulator, &admin, "GET", &path, None), 400);
    }
}
