//! Tests of quotas: how they are printed and changed, and node pools that are named twice.

use auth_testkit::{ControlPlane, Runai};
use serde_json::Value;

use crate::shell::{ROLE, Shell};
use crate::support::Run;

async fn one_cluster() -> Shell {
    Shell::beside(Runai::new().cluster("west").node_pool("a100")).await
}

/// Returns the GPUs in a node pool.
fn gpus<'a>(unit: &'a Value, pool: &str) -> &'a Value {
    let mut quotas = unit["quotas"].as_array().unwrap().iter();
    &quotas.find(|one| one["node_pool_name"] == pool).unwrap()["gpus"]
}

#[tokio::test]
async fn the_printed_quotas_are_those_that_were_set() {
    let shell = one_cluster().await;
    let quotas = |run: Run| {
        run.stdout()
            .trim_end()
            .rsplit('\t')
            .next()
            .unwrap()
            .to_owned()
    };
    let create = [
        "projects",
        "create",
        "team-b",
        "--quota",
        "default=2,limit=4",
    ];
    assert_eq!(quotas(shell.run(&create)), "default=2,limit=4");
    let change = ["projects", "set-quota", "team-b"];
    let whole = "a100=0.5,limit=3,weight=2,cpus=4,memory=64GB";
    let both = shell.run(&[&change[..], &["--quota", whole]].concat());
    let expected = format!("default=2,limit=4 {whole}");
    assert_eq!(quotas(both), expected);
    let show = shell.run(&["projects", "get", "team-b"]);
    assert_eq!(quotas(show), expected);
    let create = [
        "departments",
        "create",
        "research",
        "--quota",
        "a100=1,limit=2",
    ];
    assert_eq!(quotas(shell.run(&create)), "a100=1,limit=2");
}

#[tokio::test]
async fn the_gpus_of_the_default_node_pool_are_no_other_ones() {
    let shell = one_cluster().await;
    shell.json(&["projects", "create", "team-a", "--quota", "a100=4"]);
    let changed = shell.json(&["projects", "set-quota", "team-a", "--gpus", "2"]);
    assert_eq!(*gpus(&changed, "a100"), 4.0, "{changed}");
    assert_eq!(*gpus(&changed, "default"), 2.0, "{changed}");
}

#[tokio::test]
async fn a_node_pool_that_is_named_twice_is_a_usage_error_before_anything_is_created() {
    let shell = one_cluster().await;
    shell.json(&["projects", "create", "team-a"]);
    let pool = shell.json(&["node-pools", "get", "a100"])["id"].clone();
    let by_id = format!("{}=3", pool.as_str().unwrap());
    let before = shell.emulator.received_requests().len();
    for (quotas, pool) in [
        (&["--gpus", "2", "--quota", "default=3"][..], "default"),
        (&["--quota", "a100=2", "--quota", &by_id], "a100"),
        (&["--quota", "a100=2", "--quota", "a100=2"], "a100"),
    ] {
        for command in [
            &["projects", "create", "team-b"][..],
            &["projects", "set-quota", "team-a"],
            &["departments", "create", "research"],
            &[
                "bootstrap",
                "--name",
                "import",
                "--role",
                ROLE,
                "--project",
                "team-b",
                "--show-secret",
            ],
        ] {
            let line = shell.run(&[command, quotas].concat()).failure(2);
            let words = format!("node pool \"{pool}\" has two quotas");
            assert!(line.contains(&words), "{line}");
        }
    }
    let both = [
        "--department",
        "research",
        "--department-gpus",
        "8",
        "--gpus",
        "2",
    ];
    let base = [
        "bootstrap",
        "--name",
        "import",
        "--role",
        ROLE,
        "--show-secret",
    ];
    let line = shell.run(&[&base[..], &both].concat()).failure(2);
    assert!(line.contains("has two quotas"), "{line}");
    let requests = shell.emulator.received_requests();
    let changes = requests[before..]
        .iter()
        .filter(|request| request.method() != "GET" && !request.path().ends_with("/token"));
    assert_eq!(changes.count(), 0);
}

#[tokio::test]
async fn the_quota_of_a_project_changes_where_node_pools_are_not_listed() {
    for version in [ControlPlane::V2_18, ControlPlane::V2_22] {
        let runai = Runai::new().control_plane(version).cluster("west");
        let shell = Shell::beside(runai).await;
        shell
            .run(&["projects", "create", "team-a", "--gpus", "2"])
            .stdout();
        let project = shell.json(&["projects", "get", "team-a"]);
        let id = project["quotas"][0]["node_pool_id"].as_str().unwrap();
        let name = project["quotas"][0]["node_pool_name"].as_str().unwrap();
        for (number, pool) in [(3, id), (4, name)] {
            let quota = format!("{pool}={number}");
            shell
                .run(&["projects", "set-quota", "team-a", "--quota", &quota])
                .stdout();
            let project = shell.json(&["projects", "get", "team-a"]);
            assert_eq!(project["quotas"][0]["gpus"], f64::from(number), "{pool}");
        }
    }
}
