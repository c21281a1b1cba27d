//! The organization on control planes that ignore filters, lose members, or answer later.

use futures_util::TryStreamExt as _;
use runai_auth::admin::{
    NewDepartment, NewProject, ProjectPhase, ProjectUpdate, Quota, SchedulingRules,
};
use runai_auth::auth_core::ErrorKind;
use serde_json::{Value, json};
use std::time::Duration;

use crate::plane::{Plane, Reply};

fn list(name: &str, items: &[Value]) -> Reply {
    Reply::new(200, json!({ name: items, "next": null }).to_string())
}

fn project(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "clusterId": "c", "parentId": "d", "status": {"phase": "Ready"}})
}

fn methods(plane: &Plane) -> Vec<String> {
    plane.sent().into_iter().map(|sent| sent.method).collect()
}

#[tokio::test]
async fn a_filter_that_the_server_ignores_finds_nothing_else() {
    let all = [project("1", "team-b"), project("2", "Team-a"), json!({})];
    let plane = Plane::answering([list("projects", &all)]);
    let admin = plane.admin();
    assert_eq!(admin.projects().find("team-a", None).await.unwrap(), None);
    assert_eq!(admin.projects().find("", None).await.unwrap(), None);
    let found = admin.projects().find("team-b", Some("c")).await.unwrap();
    assert_eq!(found.unwrap().id, "1");
    assert_eq!(
        admin.projects().find("team-b", Some("e")).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_not_repeated() {
    for lost in [Reply::cut(), Reply::new(503, ""), Reply::new(201, "{}")] {
        let replies = [
            list("projects", &[]),
            lost.clone(),
            list("projects", &[project("7", "team-a")]),
        ];
        let plane = Plane::answering(replies);
        let admin = plane.admin();
        let wanted = NewProject::new("team-a", "c");
        let error = admin.projects().ensure(&wanted).await.unwrap_err();
        let side_effect = error.side_effect().unwrap();
        assert_eq!(
            (side_effect.kind(), side_effect.name()),
            ("project", "team-a")
        );
        assert!(!error.is_retryable(), "{error}");
        let found = admin.projects().ensure(&wanted).await.unwrap();
        assert!(!found.is_created());
        assert_eq!(methods(&plane), ["GET", "POST", "GET"]);
    }
}

#[tokio::test]
async fn a_create_that_is_only_accepted_is_looked_for() {
    for body in ["", "{}", "null"] {
        let accepted = Reply::new(202, body);
        let there = list("projects", &[project("7", "team-a")]);
        let plane = Plane::answering([accepted.clone(), there]);
        let created = plane
            .admin()
            .projects()
            .create(&NewProject::new("team-a", "c"))
            .await;
        assert_eq!(created.unwrap().id, "7");
        assert_eq!(methods(&plane), ["POST", "GET"]);

        let plane = Plane::answering([accepted, list("departments", &[])]);
        let created = plane
            .admin()
            .departments()
            .create(&NewDepartment::new("r", "c"))
            .await;
        let error = created.unwrap_err();
        assert!(error.side_effect().unwrap().is_certain(), "{error:?}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn what_turns_out_to_be_there_is_found_and_a_refusal_stands_if_it_is_not() {
    let taken = || Reply::new(409, r#"{"code":409,"message":"the name is taken"}"#);
    let department = json!({"id": "7", "name": "research", "clusterId": "c"});
    let wanted = NewDepartment::new("research", "c");
    let plane = Plane::answering([
        list("departments", &[]),
        taken(),
        list("departments", &[department]),
    ]);
    let ensured = plane.admin().departments().ensure(&wanted).await.unwrap();
    assert!(!ensured.is_created());
    let none = || list("departments", &[]);
    let plane = Plane::answering([none(), taken(), none()]);
    let refused = plane.admin().departments().ensure(&wanted).await;
    assert!(refused.unwrap_err().is_conflict());
}

#[tokio::test]
async fn what_lacks_a_name_or_a_cluster_is_not_sent() {
    let plane = Plane::answering([Reply::new(201, "{}")]);
    let admin = plane.admin();
    for (name, cluster) in [("", "c"), (" ", "c"), ("a", "")] {
        let project = NewProject::new(name, cluster);
        let department = NewDepartment::new(name, cluster);
        for error in [
            admin.projects().create(&project).await.unwrap_err(),
            admin.projects().ensure(&project).await.unwrap_err(),
            admin.departments().create(&department).await.unwrap_err(),
            admin.departments().ensure(&department).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config);
        }
    }
    assert!(plane.sent().is_empty());
}

#[tokio::test]
async fn one_odd_item_does_not_make_a_list_unreadable() {
    let odd = [
        json!({"id": 7, "name": 12, "parent": {"id": 3}, "status": "Ready", "totalResources": {"gpuQuota": "2.5"}}),
        json!({"id": "8", "resources": [null, {"gpu": {"deserved": "1"}, "nodePool": {"id": 4}}], "status": {"phase": "Melting"}}),
        json!(null),
        json!({"id": "9", "schedulingRules": {"trainingJobTimeLimitSeconds": -1}, "nodeTypes": [], "defaultNodePools": {}}),
    ];
    let admin = Plane::answering([list("projects", &odd)]).admin();
    let all: Vec<_> = admin
        .projects()
        .list()
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!((all[0].id.as_str(), all[0].name.as_str()), ("7", "12"));
    assert_eq!(
        (all[0].department_id.as_str(), all[0].total_gpus),
        ("3", Some(2.5))
    );
    assert_eq!(all[1].quotas[1].gpu.deserved, Some(1.0));
    assert_eq!(all[1].quotas[1].node_pool_id.as_deref(), Some("4"));
    assert_eq!(all[1].phase, Some(ProjectPhase::from("Melting")));
    let clusters =
        json!([{"uuid": 1, "name": "east", "status": {"state": "Unknown"}}, null, {"uuid": "c"}]);
    let admin = Plane::answering([Reply::new(200, clusters.to_string())]).admin();
    let clusters = admin.clusters().list().await.unwrap();
    assert_eq!((clusters.len(), clusters[0].id.as_str()), (3, "1"));
}

#[tokio::test]
async fn the_only_cluster_is_found_and_none_is_said() {
    let one = json!([
        {"uuid": "c1", "name": "old", "deleteRequestedAt": "2026-01-01T00:00:00Z"},
        {"uuid": "c2", "name": "new"}
    ]);
    let admin = Plane::answering([Reply::new(200, one.to_string())]).admin();
    assert_eq!(admin.clusters().only().await.unwrap().id, "c2");
    let admin = Plane::answering([Reply::new(200, "[]")]).admin();
    let error = admin.clusters().only().await.unwrap_err();
    assert!(error.to_string().contains("no cluster"), "{error}");
    let error = admin.clusters().by_name_or_id("x").await.unwrap_err();
    assert!(error.to_string().contains("there are none"), "{error}");
    let admin = Plane::answering([Reply::new(200, r#"{"roles":[]}"#)]).admin();
    let error = admin.roles().by_name("x").await.unwrap_err();
    assert!(error.to_string().contains("there are none"), "{error}");
}

#[tokio::test]
async fn a_control_plane_without_node_pools_takes_their_ids() {
    let clusters = || Reply::new(200, json!([{"uuid": "c", "name": "east"}]).to_string());
    for missing in [
        Reply::new(404, r#"{"code":404,"message":"no such path"}"#),
        Reply::new(404, ""),
    ] {
        let admin = Plane::answering([clusters(), missing]).admin();
        let wanted = NewDepartment::new("r", "east").quota(Quota::in_node_pool("7").gpus(1.0));
        let resolved = admin.departments().resolve(wanted).await.unwrap();
        let expected = NewDepartment::new("r", "c").quota(Quota::in_node_pool("7").gpus(1.0));
        assert_eq!(resolved, expected);
    }
    let refusal = Reply::new(403, r#"{"code":403,"message":"no"}"#);
    let admin = Plane::answering([clusters(), refusal]).admin();
    let wanted = NewDepartment::new("r", "east").quota(Quota::in_node_pool("7"));
    assert!(admin.departments().resolve(wanted).await.is_err());
}

#[tokio::test]
async fn the_reason_of_a_refusal_stands_if_the_search_after_it_fails() {
    let taken = Reply::new(409, r#"{"code":409,"message":"the name is taken"}"#);
    let plane = Plane::answering([list("departments", &[]), taken, Reply::new(503, "")]);
    let wanted = NewDepartment::new("research", "c");
    let error = plane.admin().departments().ensure(&wanted).await;
    let error = error.unwrap_err();
    assert!(error.is_conflict() && !error.is_retryable(), "{error}");
    assert!(error.to_string().contains("the name is taken"), "{error}");
}

#[tokio::test]
async fn a_limit_below_a_second_is_an_error_before_anything_is_sent() {
    let plane = Plane::answering([Reply::new(201, "{}")]);
    let admin = plane.admin();
    let with = |change: fn(&mut SchedulingRules)| {
        let mut rules = SchedulingRules::default();
        change(&mut rules);
        rules
    };
    for (rules, name) in [
        (
            with(|rules| rules.interactive_time_limit = Some(Duration::ZERO)),
            "interactive_time_limit",
        ),
        (
            with(|rules| rules.training_max_idle = Some(Duration::from_millis(999))),
            "training_max_idle",
        ),
    ] {
        let project = NewProject::new("a", "c").scheduling_rules(rules.clone());
        let department = NewDepartment::new("a", "c").scheduling_rules(rules.clone());
        let update = ProjectUpdate::new().scheduling_rules(rules);
        for error in [
            admin.projects().create(&project).await.unwrap_err(),
            admin.departments().create(&department).await.unwrap_err(),
            admin.projects().update("7", &update).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config, "{error}");
            assert!(error.to_string().contains(name), "{error}");
        }
    }
    assert!(plane.sent().is_empty());
}
