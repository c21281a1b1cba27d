//! Users, access rules and roles are found by what tells them apart, and created at most once if they are missing.

use auth_testkit::ControlPlane;
use runai_auth::admin::{AccessScope, Ensured, NewAccessRule, NewUser, Subject};
use runai_auth::auth_core::ErrorKind;
use serde_json::{Value, json};

use crate::life::{administrator, plane};
use crate::plane::{Plane, Reply};

fn all(items: &[Value]) -> Reply {
    Reply::new(200, json!(items).to_string())
}

fn user(id: &str, name: &str) -> Value {
    json!({"id": id, "username": name})
}

fn refusal(status: u16) -> Reply {
    let body = json!({"code": status, "message": "it is there"});
    Reply::new(status, body.to_string())
}

fn methods(plane: &Plane) -> Vec<String> {
    plane.sent().into_iter().map(|sent| sent.method).collect()
}

/// How many creates were sent; a list may take several requests.
fn creates(plane: &Plane) -> usize {
    let sent = plane.sent().into_iter();
    sent.filter(|sent| sent.method == "POST").count()
}

#[tokio::test]
async fn a_user_is_created_once_and_then_found_in_whatever_case() {
    let emulator = plane(ControlPlane::V2_24).await;
    let admin = administrator(&emulator);
    let users = admin.users();
    assert_eq!(users.find("new@example.com").await.unwrap(), None);
    let first = users.ensure(NewUser::new("new@example.com")).await.unwrap();
    let Ensured::Created(created) = first else {
        panic!("{first:?}");
    };
    assert!(created.temporary_password.is_some());
    for name in ["new@example.com", "New@Example.com"] {
        let second = users.ensure(NewUser::new(name)).await.unwrap();
        let Ensured::Found(found) = second else {
            panic!("{second:?}");
        };
        assert_eq!(found.id, created.id);
        let found = users.find(name).await.unwrap().unwrap();
        assert_eq!(found.id, created.id);
    }
    assert_eq!(users.find("ew@example.com").await.unwrap(), None);
}

#[tokio::test]
async fn a_user_who_turns_out_to_be_there_is_found_without_a_filter() {
    let there = all(&[user("u0", "other@b.io"), user("u1", "A@B.io")]);
    let plane = Plane::answering([all(&[]), refusal(409), there]);
    let ensured = plane.admin().users().ensure(NewUser::new("a@b.io")).await;
    let ensured = ensured.unwrap();
    assert!(matches!(ensured, Ensured::Found(found) if found.id == "u1"));
    assert_eq!(creates(&plane), 1);
    let sent = plane.sent();
    assert!(sent[0].target.contains("filterBy") && !sent[2].target.contains("filterBy"));

    let plane = Plane::answering([all(&[]), Reply::cut()]);
    let lost = plane.admin().users().ensure(NewUser::new("a@b.io")).await;
    assert_eq!(lost.unwrap_err().side_effect().unwrap().name(), "a@b.io");
    assert_eq!(methods(&plane), ["GET", "POST"]);
}

#[tokio::test]
async fn several_users_of_one_name_are_an_error_that_lists_them() {
    let cases = [
        (vec![user("u1", "a@b.io"), user("u2", "a@b.io")], "u1, u2"),
        (
            vec![user("u1", "a@B.io"), user("u2", "A@b.io")],
            "a@B.io, A@b.io",
        ),
    ];
    for (users, listed) in cases {
        let plane = Plane::answering([all(&users)]);
        let admin = plane.admin();
        let ensured = admin.users().ensure(NewUser::new("a@b.io")).await;
        for error in [
            admin.users().find("a@b.io").await.unwrap_err(),
            ensured.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(listed), "{error}");
        }
        assert_eq!(creates(&plane), 0);
    }
    // One that is spelled exactly so is not ambiguous.
    let plane = Plane::answering([all(&[user("u1", "A@b.io"), user("u2", "a@b.io")])]);
    let found = plane.admin().users().find("a@b.io").await.unwrap();
    assert_eq!(found.unwrap().id, "u2");
}

#[tokio::test]
async fn a_name_that_no_filter_can_hold_is_found_all_the_same() {
    let plane = Plane::answering([all(&[user("u1", "doe, jane"), user("u2", "")])]);
    let admin = plane.admin();
    let found = admin.users().find("Doe, Jane").await.unwrap();
    assert_eq!(found.unwrap().id, "u1");
    assert!(!plane.sent()[0].target.contains("filterBy"));
    assert_eq!(admin.users().find("").await.unwrap(), None);
    let refused = admin.users().ensure(NewUser::new("doe, jane")).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(creates(&plane), 0);
}

fn wanted() -> NewAccessRule {
    NewAccessRule::new(Subject::user("a@b.io"), 3_i64, AccessScope::project("p"))
}

fn rule(id: i64, change: Value) -> Value {
    let mut rule = json!({
        "id": id, "subjectType": "user", "subjectId": "a@b.io", "roleId": 3, "scopeType": "project", "scopeId": "p",
    });
    let change = change.as_object().unwrap().clone();
    rule.as_object_mut().unwrap().extend(change);
    rule
}

fn rules(rules: &[Value]) -> Reply {
    let body = json!({"accessRules": rules, "totalRecords": rules.len()});
    Reply::new(200, body.to_string())
}

#[tokio::test]
async fn a_rule_is_created_once_and_then_found_until_it_is_deleted() {
    let emulator = plane(ControlPlane::V2_24).await;
    let admin = administrator(&emulator);
    let role = admin.roles().find("Viewer").await.unwrap().unwrap();
    let scope = AccessScope::tenant(admin.tenant_id().await.unwrap());
    let wanted = NewAccessRule::new(Subject::group("analysts"), &role, scope);
    let rules = admin.access_rules();
    assert_eq!(rules.find(&wanted).await.unwrap(), None);
    let first = rules.ensure(&wanted).await.unwrap();
    let Ensured::Created(created) = first else {
        panic!("{first:?}");
    };
    let second = rules.ensure(&wanted).await.unwrap();
    assert!(matches!(second, Ensured::Found(found) if found.id == created.id));
    let found = rules.find(&wanted).await.unwrap().unwrap();
    assert_eq!(found.id, created.id);
    rules.delete(created.id).await.unwrap();
    assert_eq!(rules.find(&wanted).await.unwrap(), None);
    assert!(rules.ensure(&wanted).await.unwrap().is_created());
}

#[tokio::test]
async fn a_rule_that_grants_less_or_to_another_is_not_the_one() {
    for other in [
        json!({"roleId": 4}),
        json!({"scopeId": "another"}),
        json!({"scopeType": "tenant"}),
        json!({"subjectId": "another"}),
        json!({"subjectType": "group"}),
        json!({"deletedAt": "2026-01-01T00:00:00Z"}),
        json!({"status": {"phase": "Deleting"}}),
        json!({"clusterId": "one-of-many"}),
    ] {
        let plane = Plane::answering([rules(&[rule(7, other.clone())])]);
        let found = plane.admin().access_rules().find(&wanted()).await;
        assert_eq!(found.unwrap(), None, "{other}");
    }
    let narrow = wanted().cluster_id("c");
    for (cluster, is_found) in [
        (json!("c"), true),
        (json!("d"), false),
        (json!(null), false),
    ] {
        let there = rule(7, json!({ "clusterId": cluster }));
        let plane = Plane::answering([rules(&[there])]);
        let found = plane.admin().access_rules().find(&narrow).await.unwrap();
        assert_eq!(found.is_some(), is_found, "{cluster}");
    }
}

#[tokio::test]
async fn a_rule_that_turns_out_to_be_there_is_found_and_several_are_an_error() {
    for status in [400, 409] {
        let there = rules(&[rule(7, json!({}))]);
        let plane = Plane::answering([rules(&[]), refusal(status), there]);
        let ensured = plane.admin().access_rules().ensure(&wanted()).await;
        assert!(matches!(ensured.unwrap(), Ensured::Found(found) if found.id == 7));
        assert_eq!(methods(&plane), ["GET", "POST", "GET"]);
        let plane = Plane::answering([rules(&[]), refusal(status), rules(&[])]);
        let refused = plane.admin().access_rules().ensure(&wanted()).await;
        let found = refused.unwrap_err().status().map(|found| found.as_u16());
        assert_eq!(found, Some(status));
    }
    // A search that fails does not hide what the control plane said.
    let broken = Reply::new(503, "");
    let plane = Plane::answering([rules(&[]), refusal(400), broken]);
    let refused = plane.admin().access_rules().ensure(&wanted()).await;
    let error = refused.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    assert!(!error.is_retryable());
    let two = rules(&[rule(7, json!({})), rule(8, json!({}))]);
    let plane = Plane::answering([two]);
    let admin = plane.admin();
    for error in [
        admin.access_rules().find(&wanted()).await.unwrap_err(),
        admin.access_rules().ensure(&wanted()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("7, 8"), "{error}");
    }
    assert_eq!(methods(&plane), ["GET", "GET"]);
}

#[tokio::test]
async fn a_role_is_found_by_name_and_several_are_an_error() {
    let roles = json!({"roles": [
        {"id": 3, "name": "Viewer"}, {"id": 4, "name": "Editor"}, {"id": 5, "name": "Editor"}, {"id": 6},
    ], "next": null});
    let plane = Plane::answering([Reply::new(200, roles.to_string())]);
    let admin = plane.admin();
    let found = admin.roles().find("Viewer").await.unwrap().unwrap();
    assert_eq!(found.id.as_str(), "3");
    for missing in ["viewer", ""] {
        assert_eq!(admin.roles().find(missing).await.unwrap(), None);
    }
    let error = admin.roles().find("Editor").await.unwrap_err();
    assert!(error.to_string().contains("4, 5"), "{error}");
}
