//! Answers that are newer, older or odder than the description, and secrets that stay where they belong.

use futures_util::TryStreamExt as _;
use runai_auth::admin::{Phase, ScopeType, SubjectType};
use runai_auth::auth_core::{ErrorKind, Secret};

use crate::plane::{Plane, Reply};

#[tokio::test]
async fn values_and_members_that_are_not_known_are_no_reason_to_fail() {
    let body = r#"{"totalRecords":1,"displayRecords":1,"accessRules":[{
        "id":5,"subjectType":"robot","subjectId":"r2","roleId":3,"scopeType":"galaxy","scopeId":"far",
        "status":{"phase":"Dreaming","surprise":1},"surprise":{"a":[1]}}]}"#;
    let plane = Plane::answering([Reply::new(200, body)]);
    let rules: Vec<_> = plane
        .admin()
        .access_rules()
        .list()
        .stream()
        .try_collect()
        .await
        .unwrap();
    let rule = &rules[0];
    assert_eq!(
        rule.subject.subject_type,
        SubjectType::Unknown("robot".to_owned())
    );
    assert_eq!(
        rule.scope.scope_type,
        ScopeType::Unknown("galaxy".to_owned())
    );
    let phase = rule.status.as_ref().unwrap().phase.clone();
    assert_eq!(phase, Some(Phase::Unknown("Dreaming".to_owned())));
    assert_eq!((&rule.role_name, &rule.tenant_id), (&None, &None));
}

#[tokio::test]
async fn what_an_answer_cannot_do_without_is_named() {
    let plane = Plane::answering([Reply::new(200, r#"{"name":"x"}"#)]);
    let error = plane.admin().applications().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("lacks the member id"), "{error}");
}

#[tokio::test]
async fn an_application_without_a_client_id_signs_in_by_its_name() {
    let body = r#"{"id":"7","name":"new-name","secret":"shown-once"}"#;
    let plane = Plane::answering([Reply::new(201, body)]);
    let created = plane
        .admin()
        .applications()
        .create("new-name")
        .await
        .unwrap();
    assert_eq!(created.client_id, "new-name");
    assert_eq!(created.secret.expose_secret(), "shown-once");
}

#[tokio::test]
async fn a_new_user_may_be_answered_as_one_page_of_the_vendor_shows() {
    let body = r#"{"id":"7","email":"a@b.io","createdAt":"2026-01-01T00:00:00Z"}"#;
    let plane = Plane::answering([Reply::new(201, body)]);
    let user = runai_auth::admin::NewUser::new("a@b.io");
    let created = plane.admin().users().create(user).await.unwrap();
    assert_eq!(created.username, "a@b.io");
    assert!(created.temporary_password.is_none());
}

#[tokio::test]
async fn the_ids_of_roles_may_be_text_and_rules_need_numbers() {
    let body = r#"{"roles":[{"id":"r-7","name":"Viewer"},{"id":8,"name":"Editor"}],"next":null}"#;
    let plane = Plane::answering([Reply::new(200, body)]);
    let roles = plane.admin().roles().list().await.unwrap();
    let ids: Vec<_> = roles.iter().map(|role| role.id.to_string()).collect();
    assert_eq!(ids, ["r-7", "8"]);
    let batch = plane.admin();
    let error = batch
        .access_rules()
        .create_batch(&roles[0], &[], &[])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(plane.sent().len(), 1);
}

#[tokio::test]
async fn bad_names_sizes_and_filters_are_refused_before_anything_is_sent() {
    use runai_auth::admin::FilterOperator;

    let plane = Plane::answering([Reply::new(500, "")]);
    let admin = plane.admin();
    for name in ["", "a", "Ab", "1a", "a-", "a b", "ä-a"] {
        for error in [
            admin.applications().create(name).await.unwrap_err(),
            admin.service_accounts().create(name).await.unwrap_err(),
            admin.access_keys().create(name).await.unwrap_err(),
            admin.user_applications().create(name).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config, "{name}");
            assert!(error.to_string().contains("name"), "{error}");
            assert!(!error.may_have_been_sent());
        }
    }
    for id in ["", ".", ".."] {
        let error = admin.users().delete(id).await.unwrap_err();
        assert!(error.to_string().contains("userId"), "{error}");
    }
    for value in ["", "a,b"] {
        let query = admin
            .users()
            .list()
            .filter("username", FilterOperator::Equals, value);
        let error = query.count().await.unwrap_err();
        assert!(error.to_string().contains("username"), "{error}");
    }
    let error = admin.users().list().page_size(0).page(0).await.unwrap_err();
    assert!(error.to_string().contains("page_size"), "{error}");
    assert!(plane.sent().is_empty());
}

#[tokio::test]
async fn a_password_that_the_api_echoes_is_in_no_error() {
    let (old, new) = ("zq7xw9-old-password", "zq7xw9-new-password");
    let body = format!(r#"{{"code":400,"message":"{new} is no better than {old}"}}"#);
    let plane = Plane::answering([Reply::new(400, body)]);
    let me = plane.admin();
    let error = me
        .me()
        .change_password(&Secret::from(old), &Secret::from(new))
        .await
        .unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        text.contains("is no better than") && !text.contains("zq7xw9"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_shown_once_is_in_no_debug_output() {
    let body = r#"{"id":"7","name":"new-name","clientId":"x","secret":"zq7xw9","clientSecret":"zq7xw9","tempPassword":"zq7xw9","username":"u"}"#;
    let plane = Plane::answering([Reply::new(201, body)]);
    let admin = plane.admin();
    let shown = [
        format!(
            "{:?}",
            admin.applications().create("new-name").await.unwrap()
        ),
        format!(
            "{:?}",
            admin.service_accounts().create("new-name").await.unwrap()
        ),
        format!(
            "{:?}",
            admin.access_keys().regenerate_secret("7").await.unwrap()
        ),
        format!("{:?}", admin.users().reset_password("7").await.unwrap()),
        format!(
            "{:?}",
            admin
                .users()
                .create(runai_auth::admin::NewUser::new("u"))
                .await
                .unwrap()
        ),
        format!("{admin:?}"),
    ];
    for text in shown {
        assert!(
            !text.contains("zq7xw9") && !text.contains("fake-secret"),
            "{text}"
        );
    }
}

#[test]
fn every_public_type_can_be_shared_and_shown() {
    use runai_auth::admin::*;

    fn check<T: Send + Sync + std::fmt::Debug>() {}
    check::<(AccessKey, AccessKeys<'_>, AccessRule, AccessRules<'_>)>();
    check::<(Account, Action, Admin, Application, Applications<'_>)>();
    check::<(
        CreateBatchOutput,
        BatchDeleted,
        Bootstrap,
        BootstrapReport,
        ClientWithSecret,
    )>();
    check::<(
        CreatedUser,
        Ensured<Application, ClientWithSecret>,
        SortOrder,
        CurrentUser<'_>,
        NewAccessRule,
        NewUser,
        BatchFailure,
    )>();
    check::<(
        NotDeleted,
        FilterOperator,
        auth_core::vendor::Page<User>,
        Permission,
        Permissions<'_>,
    )>();
    check::<(
        PermittedActions,
        PermittedScopes,
        Phase,
        Role,
        RoleV1,
        RoleId,
    )>();
    check::<(
        Roles<'_>,
        RuleStatus,
        AccessScope,
        ScopeType,
        ServiceAccount,
    )>();
    check::<(
        ServiceAccounts<'_>,
        BootstrapEvent<'_>,
        Subject,
        SubjectType,
    )>();
    check::<(User, UserApplications<'_>, Query<User>, Users<'_>)>();
    check::<(Cluster, Clusters<'_>, ClusterState, Deletion)>();
    check::<(Department, Departments<'_>, NewDepartment)>();
    check::<(Project, Projects<'_>, NewProject, ProjectUpdate)>();
    check::<(NodePool, NodePools<'_>, NodePoolPhase, ProjectPhase)>();
    check::<(Quota, Amount, MemoryUnits, NodeTypes, SchedulingRules)>();
}
