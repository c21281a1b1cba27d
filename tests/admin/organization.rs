//! Clusters, departments, projects and node pools against the emulated control planes.

use auth_testkit::{ControlPlane, Emulator, ManualClock, Runai};
use futures_util::TryStreamExt as _;
use http::StatusCode;
use runai_auth::admin::{
    AccessScope, Admin, Deletion, Ensured, FilterOperator, MemoryUnits, NewAccessRule,
    NewDepartment, NewProject, ProjectPhase, ProjectUpdate, Quota, ScopeName, ScopeType, SortOrder,
    Subject,
};
use runai_auth::auth_core::ErrorKind;
use std::time::Duration;

use crate::life::administrator;

/// Two clusters, each with the node pools `default` and `a100`.
async fn plane(version: ControlPlane) -> (Emulator, ManualClock) {
    let clock = ManualClock::new();
    let runai = Runai::new()
        .control_plane(version)
        .cluster("east")
        .cluster("west")
        .node_pool("a100");
    let emulator = Emulator::builder(runai).clock(std::sync::Arc::new(clock.clone()));
    (emulator.start().await.unwrap(), clock)
}

async fn cluster(admin: &Admin, name: &str) -> String {
    admin.clusters().by_name_or_id(name).await.unwrap().id
}

#[tokio::test]
async fn departments_and_projects_are_created_once_on_every_control_plane() {
    for version in [
        ControlPlane::V2_18,
        ControlPlane::V2_20,
        ControlPlane::V2_22,
        ControlPlane::V2_24,
        ControlPlane::V2_25,
        ControlPlane::V3_0,
    ] {
        let (emulator, _) = plane(version).await;
        let admin = administrator(&emulator);
        let west = cluster(&admin, "west").await;
        let department = NewDepartment::new("research", &west).quota(Quota::new().gpus(8.0));
        let first = admin.departments().ensure(&department).await.unwrap();
        let Ensured::Created(department) = first else {
            panic!("{version}: {first:?}");
        };
        assert_eq!(department.total_gpus, Some(8.0), "{version}");
        let project = NewProject::new("team-a", &west)
            .department(&department.id)
            .description("the first team")
            .quota(Quota::new().gpus(2.0).memory(64.0, MemoryUnits::Gigabytes));
        let first = admin.projects().ensure(&project).await.unwrap();
        let Ensured::Created(created) = first else {
            panic!("{version}: {first:?}");
        };
        assert_eq!(created.department_id, department.id, "{version}");
        assert_eq!(created.phase, Some(ProjectPhase::Ready), "{version}");
        assert_eq!(created.quotas[0].gpu.deserved, Some(2.0), "{version}");
        let units = created.quotas[0].memory_units.clone();
        assert_eq!(units, Some(MemoryUnits::Gigabytes), "{version}");
        let second = admin.projects().ensure(&project).await.unwrap();
        assert!(matches!(second, Ensured::Found(found) if found.id == created.id));
        let taken = admin.projects().create(&project).await.unwrap_err();
        assert!(taken.is_conflict() && taken.side_effect().is_none());
        let got = admin.projects().get(&created.id).await.unwrap();
        assert_eq!(got.department_name.as_deref(), Some("research"));
    }
}

#[tokio::test]
async fn node_pools_are_newer_than_projects_and_that_is_said() {
    let (emulator, _) = plane(ControlPlane::V2_22).await;
    let admin = administrator(&emulator);
    let error = admin.node_pools().list().count().await.unwrap_err();
    assert!(error.to_string().contains("exists since 2.24"), "{error}");
    // An id cannot be looked up and is left to the control plane; a name would be none.
    let projects = admin.projects();
    let known = NewProject::new("team-a", "west").quota(Quota::new().gpus(1.0));
    let known = projects.resolve(known).await.unwrap();
    let known = projects.create(&known).await.unwrap().quotas.remove(0);
    let id = known.node_pool_id.unwrap();
    let by_id = NewProject::new("team-b", "west").quota(Quota::in_node_pool(&id));
    let by_id = projects.resolve(by_id).await.unwrap();
    projects.create(&by_id).await.unwrap();
    let by_name = NewProject::new("team-c", "west").quota(Quota::in_node_pool("a100"));
    let error = projects.resolve(by_name).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("use its id"), "{error}");
    let (emulator, _) = plane(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    assert_eq!(admin.node_pools().list().count().await.unwrap(), 4);
    let pools = admin.node_pools().list().page_size(3).stream();
    let pools: Vec<_> = pools.try_collect().await.unwrap();
    assert_eq!(pools.len(), 4);
    let one = admin.node_pools().get(&pools[0].id).await.unwrap();
    assert_eq!((one.name.as_str(), one.is_default), ("default", Some(true)));
}

#[tokio::test]
async fn names_are_replaced_by_ids_before_anything_is_created() {
    let (emulator, _) = plane(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    let departments = admin.departments();
    let department = NewDepartment::new("research", "west")
        .quota(Quota::in_node_pool("a100").gpus(4.0).priority("High"));
    let department = departments.resolve(department).await.unwrap();
    let department = departments.create(&department).await.unwrap();
    let project = NewProject::new("team-a", "west")
        .department("research")
        .quota(Quota::in_node_pool("a100").gpus(2.0));
    let project = admin.projects().resolve(project).await.unwrap();
    let project = admin.projects().create(&project).await.unwrap();
    assert_eq!(project.department_id, department.id);
    assert_eq!(project.cluster_id, cluster(&admin, "west").await);
    assert_eq!(project.quotas[0].node_pool_name.as_deref(), Some("a100"));

    let before = emulator.api_requests();
    for (project, missing, available) in [
        (
            NewProject::new("b", "north"),
            "cluster \"north\"",
            "east, west",
        ),
        (
            NewProject::new("b", "east").department("research"),
            "department \"research\" in cluster",
            "default",
        ),
        (
            NewProject::new("b", "east").quota(Quota::in_node_pool("h100")),
            "node pool \"h100\" in cluster",
            "default, a100",
        ),
        (NewProject::new("b", ""), "2 clusters", "east, west"),
    ] {
        let error = admin.projects().resolve(project).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(text.contains(missing) && text.contains(available), "{text}");
    }
    assert!(emulator.api_requests() > before);
    assert_eq!(admin.projects().list().count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_scope_is_found_by_name_or_id_and_never_guessed() {
    let (emulator, _) = plane(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    let (east, west) = (cluster(&admin, "east").await, cluster(&admin, "west").await);
    let projects = admin.projects();
    let first = projects
        .create(&NewProject::new("same", &east))
        .await
        .unwrap();
    let second = projects
        .create(&NewProject::new("same", &west))
        .await
        .unwrap();
    let other = projects
        .create(&NewProject::new("other", &west))
        .await
        .unwrap();

    let scope = AccessScope::project_named(&admin, "other").await.unwrap();
    assert_eq!(scope, AccessScope::project(&other.id));
    let scope = AccessScope::cluster_named(&admin, "west").await.unwrap();
    assert_eq!(scope, AccessScope::cluster(&west));
    let error = AccessScope::project_named(&admin, "same")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    for part in ["2 projects", &first.id, &second.id, &east, &west] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // What the error lists is an answer to it.
    let scope = AccessScope::project_named(&admin, &second.id)
        .await
        .unwrap();
    assert_eq!(scope, AccessScope::project(&second.id));
    let found = projects.find("same", Some(&east)).await.unwrap().unwrap();
    assert_eq!(found.id, first.id);
    let named = ScopeName::project("same").in_cluster("west");
    let scope = AccessScope::named(&admin, &named).await.unwrap();
    assert_eq!(scope, AccessScope::project(&second.id));
    for (elsewhere, words) in [
        (
            ScopeName::project("other").in_cluster("east"),
            "no project \"other\" in cluster",
        ),
        (
            ScopeName::project("same").in_cluster("north"),
            "no cluster \"north\"",
        ),
        (
            ScopeName::cluster("west").in_cluster("west"),
            "takes no cluster",
        ),
    ] {
        let error = AccessScope::named(&admin, &elsewhere).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    // Both clusters have a department of this name.
    let error = AccessScope::department_named(&admin, "default")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("2 departments"), "{error}");
    let named = ScopeName::department("default").in_cluster(&east);
    assert!(AccessScope::named(&admin, &named).await.is_ok());
    for missing in ["Other", "othe", "", "a,b"] {
        let error = AccessScope::project_named(&admin, missing)
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("available: same, same, other"), "{text}");
    }
    let error = AccessScope::named(&admin, &ScopeName::new(ScopeType::Tenant, "demo")).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_rule_needs_a_scope_that_exists_and_ends_with_it() {
    let (emulator, _) = plane(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    let west = cluster(&admin, "west").await;
    let project = NewProject::new("team-a", &west);
    let project = admin.projects().create(&project).await.unwrap();
    let role = admin.roles().by_name("Viewer").await.unwrap();
    let rule = |scope| NewAccessRule::new(Subject::group("analysts"), &role, scope);
    for unknown in [
        AccessScope::project("7"),
        AccessScope::department(&project.id),
        AccessScope::cluster("west"),
    ] {
        let refused = admin.access_rules().create(&rule(unknown)).await;
        assert_eq!(refused.unwrap_err().status(), Some(StatusCode::NOT_FOUND));
    }
    let rules = admin.access_rules();
    let rule = rules.create(&rule(AccessScope::project(&project.id))).await;
    let rule = rule.unwrap();
    assert_eq!(rule.scope_name.as_deref(), Some("team-a"));
    admin.projects().delete(&project.id).await.unwrap();
    assert!(rules.get(rule.id).await.is_err());
}

#[tokio::test]
async fn a_deletion_may_be_done_later_and_its_name_is_taken_until_then() {
    let (emulator, clock) = plane(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    let west = cluster(&admin, "west").await;
    let wanted = NewProject::new("team-a", &west);
    let projects = admin.projects();
    let project = projects.create(&wanted).await.unwrap();
    let deletion = projects.delete(&project.id).await.unwrap();
    assert_eq!(deletion, Deletion::Accepted);
    let leaving = projects.get(&project.id).await.unwrap();
    assert_eq!(leaving.phase, Some(ProjectPhase::Deleting));
    assert_eq!(projects.find("team-a", None).await.unwrap(), None);
    let early = projects.ensure(&wanted).await.unwrap_err();
    assert!(early.is_conflict(), "{early}");
    clock.advance(Duration::from_secs(5));
    let gone = projects.get(&project.id).await.unwrap_err();
    assert_eq!(gone.status(), Some(StatusCode::NOT_FOUND));
    assert!(projects.ensure(&wanted).await.unwrap().is_created());

    let departments = admin.departments();
    let department = NewDepartment::new("research", &west);
    let department = departments.create(&department).await.unwrap();
    let id = department.id;
    let inside = NewProject::new("team-b", &west).department(&id);
    projects.create(&inside).await.unwrap();
    let refused = departments.delete(&id).await.unwrap_err();
    assert!(refused.to_string().contains("has projects"), "{refused}");
    let inside = projects.find("team-b", None).await.unwrap().unwrap();
    projects.delete(&inside.id).await.unwrap();
    clock.advance(Duration::from_secs(5));
    assert_eq!(departments.delete(&id).await.unwrap(), Deletion::Done);
    assert!(departments.get(&id).await.is_err());
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_change_and_quotas_change_pool_by_pool() {
    let (emulator, _) = plane(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    let projects = admin.projects();
    let mut rules = runai_auth::admin::SchedulingRules::default();
    rules.training_time_limit = Some(Duration::from_secs(3_600));
    let wanted = NewProject::new("team-a", "west")
        .description("old")
        .scheduling_rules(rules.clone())
        .default_node_pools(["a100", "default"])
        .quota(Quota::in_node_pool("a100").gpus(2.0))
        .quota(Quota::in_node_pool("default").gpus(1.0));
    let wanted = projects.resolve(wanted).await.unwrap();
    let project = projects.create(&wanted).await.unwrap();
    let update = ProjectUpdate::from(&project).description("new");
    let updated = projects.update(&project.id, &update).await.unwrap();
    assert_eq!(updated.description.as_deref(), Some("new"));
    assert_eq!(updated.scheduling_rules, Some(rules));
    assert_eq!(updated.default_node_pools, project.default_node_pools);
    assert_eq!(updated.quotas, project.quotas);
    assert_eq!(updated.node_types, project.node_types);

    let mut more = updated.quotas[0].clone();
    more.gpu.deserved = Some(5.5);
    let quotas = projects.set_quotas(&project.id, &[more]).await.unwrap();
    let gpus: Vec<_> = quotas.iter().map(|quota| quota.gpu.deserved).collect();
    assert_eq!(gpus, [Some(5.5), Some(1.0)]);
    let total = projects.get(&project.id).await.unwrap().total_gpus;
    assert_eq!(total, Some(6.5));

    let query = projects
        .list()
        .filter("totalGpuQuota", FilterOperator::AtLeast, 6)
        .sort_by("name", SortOrder::Ascending);
    assert_eq!(query.count().await.unwrap(), 1);
    let twice = [updated.quotas[0].clone(), updated.quotas[0].clone()];
    let refused = projects.set_quotas(&project.id, &twice).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Config);
    let unknown = projects.update("7", &ProjectUpdate::new()).await;
    assert_eq!(unknown.unwrap_err().status(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let (emulator, _) = plane(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    let west = cluster(&admin, "west").await;
    for number in 0..7 {
        let project = NewProject::new(format!("team-{number}"), &west);
        admin.projects().create(&project).await.unwrap();
    }
    let before = emulator.api_requests();
    let query = admin
        .projects()
        .list()
        .filter("name", FilterOperator::StartsWith, "team-")
        .sort_by("name", SortOrder::Descending)
        .page_size(3);
    let projects: Vec<_> = query.stream().try_collect().await.unwrap();
    let names: Vec<_> = projects.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names.len(), 7);
    assert!(names.is_sorted_by(|left, right| left > right), "{names:?}");
    assert_eq!(emulator.api_requests() - before, 3);
    let found = admin.projects().list().search("team-3").count().await;
    assert_eq!(found.unwrap(), 1);
}
