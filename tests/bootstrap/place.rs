//! Bootstraps with a department, a project and a scope by name, against the emulated control planes.

use auth_testkit::{ControlPlane, Emulator, Runai};
use runai_auth::Client;
use runai_auth::admin::{
    AccessScope, Admin, Bootstrap, NewDepartment, NewProject, Quota, ScopeName, ScopeType,
};
use runai_auth::auth_core::ErrorKind;

use crate::{administrator, bootstrap, run};

async fn emulate(version: ControlPlane) -> Emulator {
    let runai = Runai::new()
        .control_plane(version)
        .cluster("east")
        .cluster("west");
    Emulator::start(runai).await.unwrap()
}

fn admin(emulator: &Emulator) -> Admin {
    Client::new(administrator(emulator)).unwrap().admin()
}

fn department() -> NewDepartment {
    NewDepartment::new("research", "west").quota(Quota::new().gpus(8.0))
}

fn project() -> NewProject {
    NewProject::new("team-a", "west").quota(Quota::new().gpus(2.0))
}

async fn whole(emulator: &Emulator) -> Bootstrap {
    bootstrap(emulator)
        .await
        .department(department())
        .project(project())
}

#[tokio::test]
async fn a_department_and_a_project_are_created_first_and_found_the_second_time() {
    for version in [
        ControlPlane::V2_18,
        ControlPlane::V2_22,
        ControlPlane::V2_24,
        ControlPlane::V2_25,
        ControlPlane::V3_0,
    ] {
        let emulator = emulate(version).await;
        let wanted = whole(&emulator)
            .await
            .scope_named(ScopeName::project("team-a"));
        let (report, told) = run(&wanted).await;
        let report = report.unwrap();
        let steps = [
            "signed in",
            "created department",
            "created project",
            "created account",
            "new secret",
            "created rule",
            "verified",
        ];
        assert_eq!(told.steps, steps, "{version}");
        let project = report.project.unwrap();
        let department = report.department.unwrap();
        assert_eq!(project.department_id, department.id, "{version}");
        assert_eq!(project.quotas[0].gpu.deserved, Some(2.0), "{version}");
        assert_eq!(report.rule.scope, AccessScope::project(&project.id));
        assert!(report.is_changed);

        let (again, told) = run(&wanted).await;
        let again = again.unwrap();
        let steps = [
            "signed in",
            "found department",
            "found project",
            "found account",
            "found rule",
            "not verified",
        ];
        assert_eq!(told.steps, steps, "{version}");
        assert!(!again.is_changed, "{version}");
        assert_eq!(again.rule.id, report.rule.id, "{version}");
        assert_eq!(again.project.unwrap().id, project.id, "{version}");
    }
}

#[tokio::test]
async fn the_scope_is_that_of_the_project_then_the_department_and_a_name_is_looked_up() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let (report, _) = run(&whole(&emulator).await).await;
    let report = report.unwrap();
    let project = AccessScope::project(&report.project.unwrap().id);
    assert_eq!(report.rule.scope, project);
    let wanted = bootstrap(&emulator).await.department(department());
    let (report, _) = run(&wanted).await;
    let report = report.unwrap();
    let department = AccessScope::department(&report.department.unwrap().id);
    assert_eq!(report.rule.scope, department);
    for (scope_type, name, expected) in [
        (ScopeType::Project, "team-a", &project),
        (ScopeType::Department, "research", &department),
        (ScopeType::Project, project.id.as_str(), &project),
    ] {
        let wanted = bootstrap(&emulator)
            .await
            .scope_named(ScopeName::new(scope_type, name));
        let (report, _) = run(&wanted).await;
        assert_eq!(report.unwrap().rule.scope, *expected);
    }
    let wanted = whole(&emulator)
        .await
        .scope_named(ScopeName::cluster("west"));
    let (report, told) = run(&wanted).await;
    assert_eq!(report.unwrap().rule.scope.scope_type, ScopeType::Cluster);
    assert!(told.steps.contains(&"created rule"));
}

#[tokio::test]
async fn what_does_not_exist_or_is_ambiguous_is_said_before_anything_is_created() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let all = bootstrap(&emulator).await;
    let cases = [
        (
            all.clone().department(NewDepartment::new("r", "north")),
            "no cluster \"north\"",
        ),
        (
            all.clone().department(NewDepartment::new("r", "")),
            "2 clusters",
        ),
        (
            all.clone()
                .project(NewProject::new("p", "west").department("nobody")),
            "no department \"nobody\"",
        ),
        (
            all.clone()
                .department(department().quota(Quota::in_node_pool("h100"))),
            "no node pool \"h100\"",
        ),
        (
            all.clone()
                .project(project().quota(Quota::in_node_pool("default"))),
            "node pool \"default\" has two quotas",
        ),
        (
            all.clone()
                .department(department())
                .project(NewProject::new("p", "east")),
            "different clusters",
        ),
        (
            all.clone().scope_named(ScopeName::project("nothing")),
            "no project \"nothing\"",
        ),
        (
            all.clone().scope_named(ScopeName::department("default")),
            "2 departments",
        ),
        (
            all.clone()
                .project(project())
                .scope_named(ScopeName::project("other")),
            "no project \"other\"",
        ),
        (
            all.scope_named(ScopeName::new(ScopeType::Tenant, "demo")),
            "type tenant has no name",
        ),
    ];
    for (wanted, words) in cases {
        let (report, told) = run(&wanted).await;
        let error = report.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert!(told.steps.is_empty(), "{words}");
    }
    let admin = admin(&emulator);
    assert_eq!(admin.projects().list().count().await.unwrap(), 0);
    assert_eq!(admin.departments().list().count().await.unwrap(), 2);
    assert_eq!(admin.service_accounts().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_project_that_is_in_another_department_is_left_alone() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let (report, _) = run(&bootstrap(&emulator).await.project(project())).await;
    let created = report.unwrap().project.unwrap();
    assert_eq!(created.department_name.as_deref(), Some("default"));
    let (report, told) = run(&whole(&emulator).await).await;
    let error = report.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("another department, default"), "{text}");
    assert!(told.steps.is_empty());
    let departments = admin(&emulator).departments().list().count().await;
    assert_eq!(departments.unwrap(), 2, "none was created for it");
}

#[tokio::test]
async fn the_name_of_the_project_is_meant_even_if_another_cluster_has_it_too() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let admin = admin(&emulator);
    let east = admin.clusters().by_name_or_id("east").await.unwrap();
    let other = NewProject::new("team-a", &east.id);
    let other = admin.projects().create(&other).await.unwrap();
    let wanted = bootstrap(&emulator)
        .await
        .project(project())
        .scope_named(ScopeName::project("team-a"));
    let (report, _) = run(&wanted).await;
    let report = report.unwrap();
    assert_ne!(report.rule.scope.id, other.id);
    let own = report.project.unwrap().id;
    assert_eq!(report.rule.scope.id, own);
    // A cluster says which one.
    for (cluster, expected) in [("west", &own), ("east", &other.id)] {
        let wanted = bootstrap(&emulator)
            .await
            .project(project())
            .scope_named(ScopeName::project("team-a").in_cluster(cluster));
        let (report, _) = run(&wanted).await;
        assert_eq!(report.unwrap().rule.scope.id, *expected, "{cluster}");
    }
}

#[tokio::test]
async fn nothing_is_created_for_a_project_whose_name_is_none() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let long = "a".repeat(64);
    for name in ["", " ", "pro'j a", "Team", "-a", "a-", "ä", &long] {
        let wanted = bootstrap(&emulator).await.department(department());
        let (report, told) = run(&wanted.project(NewProject::new(name, "west"))).await;
        assert_eq!(report.unwrap_err().kind(), ErrorKind::Config, "{name}");
        assert!(told.steps.is_empty(), "{name}: {:?}", told.steps);
    }
    let admin = admin(&emulator);
    let found = admin.departments().find("research", None).await.unwrap();
    assert!(found.is_none());
}

#[tokio::test]
async fn a_node_pool_needs_its_id_where_pools_are_not_listed() {
    for version in [ControlPlane::V2_18, ControlPlane::V2_22] {
        let emulator = emulate(version).await;
        let pool = |pool| Quota::in_node_pool(pool).gpus(1.0);
        let wanted = bootstrap(&emulator).await;
        let wanted =
            wanted.department(NewDepartment::new("research", "west").quota(pool("default")));
        let (report, told) = run(&wanted).await;
        let error = report.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(
            error.to_string().contains("before control plane 2.24"),
            "{error}"
        );
        assert!(told.steps.is_empty(), "{:?}", told.steps);
    }
}
