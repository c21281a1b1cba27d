//! Tests of `vauth runai`: each resource's life, secrets that are shown once, questions, and what a control plane lacks.

use std::fs;

use auth_testkit::ControlPlane;
use serde_json::Value;

use crate::shell::{ROLE, Shell, read_secret};
use crate::support::{vauth, with};

#[tokio::test]
async fn a_client_is_made_shown_switched_off_given_a_new_secret_and_deleted() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    for (resource, can_be_switched_off) in [
        ("apps", true),
        ("service-accounts", true),
        ("access-keys", false),
        ("user-apps", false),
    ] {
        let file = shell.path(resource);
        let made = shell.json(&[resource, "create", "nightly-import", "--secret-file", &file]);
        let secret = read_secret(&file);
        assert!(!made.to_string().contains(&secret), "{resource}");
        let id = made["id"].as_str().unwrap();
        assert!(
            shell.names(resource).contains(&"nightly-import".to_owned()),
            "{resource}"
        );
        assert_eq!(shell.json(&[resource, "get", id])["name"], "nightly-import");

        if can_be_switched_off {
            assert_eq!(shell.run(&[resource, "disable", id, "--yes"]).stdout(), "");
            assert_eq!(shell.json(&[resource, "get", id])["enabled"], false);
            assert_eq!(shell.run(&[resource, "enable", id]).stdout(), "");
            assert_eq!(shell.json(&[resource, "get", id])["enabled"], true);
        }

        let replace = [resource, "regenerate-secret", id, "--yes"];
        let run = shell.run(&[&replace[..], &["--secret-file", &file]].concat());
        assert_eq!(run.stdout(), "");
        let second = read_secret(&file);
        assert_ne!(second, secret, "{resource}");
        let shown = shell
            .run(&[&replace[..], &["--show-secret"]].concat())
            .stdout();
        assert_ne!(shown.trim(), second, "{resource}");

        assert_eq!(shell.run(&[resource, "delete", id, "--yes"]).stdout(), "");
        assert!(
            !shell.names(resource).contains(&"nightly-import".to_owned()),
            "{resource}"
        );
    }
}

#[tokio::test]
async fn nothing_is_made_whose_secret_could_not_be_kept() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let before = shell.names("apps");
    let taken = shell.path("taken");
    fs::write(&taken, "precious").unwrap();
    let nowhere = shell.path("no/such/folder");
    for (flags, code) in [
        (&["--secret-file", &taken][..], 2),
        (&["--secret-file", &nowhere], 1),
        (&[], 2),
        (&["--secret-file", &nowhere, "--show-secret"], 2),
    ] {
        let run = shell.run(&[&["apps", "create", "nightly-import"], flags].concat());
        assert_eq!(run.code, Some(code), "{run:?}");
    }
    assert_eq!(shell.names("apps"), before);
    assert_eq!(fs::read_to_string(&taken).unwrap(), "precious");
    assert_eq!(fs::read_dir(shell.folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn without_a_terminal_nothing_is_destroyed_unless_told_to() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let before = shell.emulator.api_requests();
    let file = shell.path("secret");
    for arguments in [
        &["apps", "delete", "7"][..],
        &["apps", "disable", "7"],
        &["apps", "regenerate-secret", "7", "--secret-file", &file],
        &["access-keys", "delete", "7", "--of-anybody"],
        &["users", "delete", "7"],
        &["users", "logout", "7"],
        &["users", "reset-password", "7", "--show-secret"],
        &["access-rules", "delete", "7", "8"],
    ] {
        let line = shell.run(arguments).failure(2);
        assert!(line.contains("--yes"), "{line}");
    }
    assert_eq!(shell.emulator.api_requests(), before);
}

#[tokio::test]
async fn users_are_made_found_counted_and_removed() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let file = shell.path("password");
    for name in ["b@b.io", "a@b.io"] {
        let _ = fs::remove_file(&file);
        let made = shell.json(&["users", "create", name, "--secret-file", &file]);
        assert_eq!(made["username"], name);
        assert!(!read_secret(&file).is_empty());
    }
    let found = shell.json(&[
        "users",
        "list",
        "--filter",
        "username=@b.io",
        "--filter",
        "isLocal==true",
        "--sort",
        "username",
    ]);
    let names: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|user| &user["username"])
        .collect();
    assert_eq!(names, ["a@b.io", "b@b.io"]);
    let count = shell
        .run(&["users", "count", "--filter", "username=@b.io"])
        .stdout();
    assert_eq!(count, "2\n");
    let id = found[0]["id"].as_str().unwrap();
    assert_eq!(shell.json(&["users", "get", id])["username"], "a@b.io");
    assert_eq!(shell.run(&["users", "logout", id, "--yes"]).stdout(), "");
    let reset = shell.run(&["users", "reset-password", id, "--yes", "--show-secret"]);
    assert!(!reset.stdout().trim().is_empty());
    assert_eq!(shell.run(&["users", "delete", id, "--yes"]).stdout(), "");
    shell.run(&["users", "get", id]).failure(22);
    let line = shell.run(&["users", "list", "--filter", "isLocal"]).stderr;
    assert!(line.contains("isLocal==true"), "{line}");
}

#[tokio::test]
async fn access_rules_are_granted_listed_and_taken_away_one_by_one_and_together() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let user = "user:a@b.io";
    let rule = shell.json(&["access-rules", "create", "--role", ROLE, "--subject", user]);
    let rule = &rule[0];
    assert_eq!(rule["outcome"], "ok");
    assert_eq!(rule["subject_id"], "a@b.io");
    assert_eq!(rule["role_name"], ROLE);
    assert_eq!(rule["scope_type"], "tenant");
    let again = ["access-rules", "create", "--role", ROLE, "--subject", user];
    assert!(shell.run(&again).failure(22).contains("already exists"));
    // For programs, one part has the shape of many, also if it failed.
    let run = shell.run(&[&again[..], &["--json"]].concat());
    let outcomes: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(outcomes[0]["outcome"], "failed");
    assert_eq!(outcomes[0]["subject_id"], "a@b.io");
    let message = outcomes[0]["message"].as_str().unwrap();
    assert!(message.contains("already exists"), "{message}");
    run.failure(22);
    let found = shell.json(&["access-rules", "list", "--subject", user, "--role", ROLE]);
    assert_eq!(found.as_array().unwrap().len(), 1);
    let id = rule["id"].to_string();
    assert_eq!(shell.json(&["access-rules", "get", &id])["id"], rule["id"]);

    let both = [&again[..], &["--subject", "user:c@b.io", "--json"]].concat();
    let run = shell.run(&both);
    assert_eq!(
        run.code,
        Some(22),
        "one of the two is there already: {run:?}"
    );
    let outcomes: Value = serde_json::from_str(&run.stdout).unwrap();
    let outcomes = outcomes.as_array().unwrap();
    let of = |key: &str| -> Vec<Value> { outcomes.iter().map(|one| one[key].clone()).collect() };
    assert_eq!(of("outcome"), ["ok", "failed"]);
    assert_eq!(of("subject_id"), ["c@b.io", "a@b.io"]);
    assert!(outcomes[0]["id"].is_i64(), "{outcomes:?}");
    assert_eq!(outcomes[1]["id"], Value::Null);

    let run = shell.run(&["access-rules", "delete", &id, "999999", "--dry-run"]);
    assert_eq!(run.code, Some(22));
    assert!(run.stdout.starts_with(&format!("ok\t{id}\t")), "{run:?}");
    shell.json(&["access-rules", "get", &id]);
    assert_eq!(
        shell
            .run(&["access-rules", "delete", &id, "--yes"])
            .stdout(),
        ""
    );
    shell.run(&["access-rules", "get", &id]).failure(22);
    let run = shell.run(&["access-rules", "delete", &id, "--yes", "--json"]);
    let outcomes: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(outcomes[0]["outcome"], "failed");
    assert_eq!(outcomes[0]["id"].to_string(), id);
    run.failure(22);
    assert!(
        !shell
            .json(&["my-access-rules"])
            .as_array()
            .unwrap()
            .is_empty()
    );
    let line = shell
        .run(&[
            "access-rules",
            "create",
            "--role",
            "Archduke",
            "--subject",
            user,
        ])
        .failure(2);
    assert!(line.contains(ROLE), "{line}");
}

#[tokio::test]
async fn roles_and_permissions_are_listed_on_every_control_plane() {
    for version in [ControlPlane::V2_20, ControlPlane::V3_0] {
        let shell = Shell::start(version).await;
        assert!(shell.names("roles").contains(&ROLE.to_owned()));
        assert!(!shell.json(&["permissions"]).as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_a_control_plane_lacks_is_said_with_what_to_use_instead() {
    for (version, resource, instead) in [
        (ControlPlane::V2_20, "service-accounts", "applications"),
        (ControlPlane::V2_20, "access-keys", "user applications"),
        (ControlPlane::V3_0, "apps", "service accounts"),
        (ControlPlane::V3_0, "user-apps", "access keys"),
    ] {
        let shell = Shell::start(version).await;
        let line = shell.run(&[resource, "list"]).failure(22);
        assert!(
            line.contains("this control plane has no") && line.contains(instead),
            "{line}"
        );
    }
}

#[tokio::test]
async fn whoever_signs_in_sees_what_is_permitted_and_changes_the_own_password() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let permitted = shell
        .run(&["permitted-scopes", "project", "--action", "read"])
        .stdout();
    let permitted: Value = serde_json::from_str(&permitted).unwrap();
    assert!(permitted["read"]["tenants"].is_array(), "{permitted}");

    let (old, new) = (shell.path("old"), shell.path("new"));
    fs::write(&old, format!("{}\n", shell.emulator.password().unwrap())).unwrap();
    fs::write(&new, "another-fake-password\n").unwrap();
    let change = [
        "change-password",
        "--current-password-file",
        &old,
        "--new-password-file",
        &new,
    ];
    assert_eq!(shell.run(&change).stdout(), "");
    assert_eq!(
        shell.run(&change).code,
        Some(3),
        "the password there was is no good any more"
    );
    let changed = with(shell.environment, "RUNAI_PASSWORD", "another-fake-password");
    assert!(
        !vauth(&["runai", "my-access-rules"], &changed)
            .stdout()
            .is_empty()
    );
}
