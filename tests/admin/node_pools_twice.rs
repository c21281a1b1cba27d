//! Node pools with two quotas, by whatever names: an error that names the node pool, before anything is sent that changes something.

use auth_testkit::{ControlPlane, Emulator, Runai};
use runai_auth::admin::{Admin, NewDepartment, NewProject, ProjectUpdate, Quota};
use runai_auth::auth_core::{Error, ErrorKind};

use crate::life::administrator;

async fn plane(version: ControlPlane) -> (Emulator, Admin) {
    let runai = Runai::new().control_plane(version).cluster("west");
    let emulator = Emulator::start(runai.node_pool("a100")).await.unwrap();
    let admin = administrator(&emulator);
    (emulator, admin)
}

#[track_caller]
fn assert_names(error: &Error, pool: &str) {
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    let words = format!("node pool \"{pool}\" has two quotas");
    assert!(error.to_string().contains(&words), "{words}: {error}");
}

#[tokio::test]
async fn two_names_of_one_node_pool_are_found_when_they_are_looked_up() {
    let (_emulator, admin) = plane(ControlPlane::V3_0).await;
    let id = |name: &'static str| {
        let admin = &admin;
        async move {
            admin
                .node_pools()
                .by_name_or_id(name, None)
                .await
                .unwrap()
                .id
        }
    };
    let (default, a100) = (id("default").await, id("a100").await);
    let of = |pool: &str| Quota::in_node_pool(pool).gpus(1.0);
    for (quotas, pool) in [
        ([of("a100"), of("a100")], "a100"),
        ([of("a100"), of(&a100)], "a100"),
        ([of(&a100), of("a100")], "a100"),
        ([Quota::new().gpus(2.0), of("default")], "default"),
        ([of(&default), Quota::new()], "default"),
        ([Quota::new(), Quota::new()], "default"),
    ] {
        let [first, second] = quotas;
        let project = NewProject::new("team-a", "west")
            .quota(first.clone())
            .quota(second.clone());
        assert_names(&admin.projects().resolve(project).await.unwrap_err(), pool);
        let department = NewDepartment::new("research", "west")
            .quota(first)
            .quota(second);
        let resolved = admin.departments().resolve(department).await;
        assert_names(&resolved.unwrap_err(), pool);
    }
    // Different ones are not the same.
    let project = NewProject::new("team-a", "west")
        .quota(Quota::new())
        .quota(of("a100"));
    assert!(admin.projects().resolve(project).await.is_ok());
}

#[tokio::test]
async fn an_id_that_is_there_twice_is_not_sent() {
    for version in [ControlPlane::V2_18, ControlPlane::V3_0] {
        let (emulator, admin) = plane(version).await;
        let west = admin.clusters().only().await.unwrap().id;
        let before = emulator.api_requests();
        let project = NewProject::new("team-a", &west)
            .quota(Quota::in_node_pool("7"))
            .quota(Quota::in_node_pool("7"));
        let department = NewDepartment::new("research", &west)
            .quota(Quota::new())
            .quota(Quota::new());
        let update =
            ProjectUpdate::new().quotas([Quota::in_node_pool("7"), Quota::in_node_pool("7")]);
        let twice = [Quota::in_node_pool("7"), Quota::in_node_pool("7")];
        let (projects, departments) = (admin.projects(), admin.departments());
        for (error, pool) in [
            (projects.create(&project).await.unwrap_err(), "7"),
            (projects.ensure(&project).await.unwrap_err(), "7"),
            (
                departments.create(&department).await.unwrap_err(),
                "default",
            ),
            (
                departments.ensure(&department).await.unwrap_err(),
                "default",
            ),
            (projects.update("8", &update).await.unwrap_err(), "7"),
            (projects.set_quotas("8", &twice).await.unwrap_err(), "7"),
        ] {
            assert_names(&error, pool);
        }
        assert_eq!(emulator.api_requests(), before, "{version}");
    }
}
