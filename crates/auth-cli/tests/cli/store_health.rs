//! Tests of what `vauth cache status` says of a store that no run can write to, and of failures that runs share.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use auth_testkit::EmulatedVendor;
use serde_json::Value;

use crate::cache_folder::{Cached, names};
use crate::support::{Run, SECRET, vauth, with, without};

/// Runs the command as a user without privileges, for whom a folder can be read-only.
fn unprivileged(cached: &Cached, arguments: &[&str]) -> Option<Run> {
    let mut command = match rustix::process::geteuid().is_root() {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
            command.arg(env!("CARGO_BIN_EXE_vauth"));
            command
        }
        false => Command::new(env!("CARGO_BIN_EXE_vauth")),
    };
    let output = command
        .args(arguments)
        .env_clear()
        .envs(cached.environment.iter().map(|(name, value)| (name, value)))
        .output()
        .ok()?;
    // The program itself may be where this user has no access.
    (output.status.code() != Some(126)).then(|| output.into())
}

#[track_caller]
fn assert_unusable(run: &Run) {
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    let shown: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(shown["state"], "unusable", "{run:?}");
    assert!(shown["problem"].is_string(), "{run:?}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_unusable() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    // Before it exists, its parent counts.
    fs::set_permissions(cached.home.path(), Permissions::from_mode(0o555)).unwrap();
    let status = ["cache", "status", "maia", "--json"];
    let Some(run) = unprivileged(&cached, &status) else {
        return;
    };
    assert_unusable(&run);
    assert!(run.stderr.contains("cannot be created"), "{run:?}");
    assert!(!cached.folder().exists());

    fs::set_permissions(cached.home.path(), Permissions::from_mode(0o777)).unwrap();
    unprivileged(&cached, &["token", "maia"]).unwrap().stdout();
    let run = unprivileged(&cached, &status).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    fs::set_permissions(cached.folder(), Permissions::from_mode(0o500)).unwrap();
    assert_unusable(&unprivileged(&cached, &status).unwrap());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_unusable() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let status = || -> Run {
        let output = Command::new("/bin/sh")
            .args(["-c", "ulimit -f 0; exec \"$0\" cache status maia --json"])
            .arg(env!("CARGO_BIN_EXE_vauth"))
            .env_clear()
            .envs(cached.environment.iter().map(|(name, value)| (name, value)))
            .output();
        output.unwrap().into()
    };
    assert_unusable(&status());
    assert!(!cached.folder().exists());
    cached.token();
    assert_unusable(&status());
    let left = names(&cached.folder());
    assert!(left.iter().all(|name| !name.contains("probe")), "{left:?}");
}

#[tokio::test]
async fn a_shared_rejection_says_what_the_first_run_said_and_for_how_long() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.emulator.disable_client();
    let first = cached.run(&["token", "maia"]).failure(3);
    let requests = cached.emulator.token_requests();
    let second = cached.run(&["token", "maia"]).failure(3);
    assert_eq!(cached.emulator.token_requests(), requests);
    let (_, advice) = first.rsplit_once("; ").unwrap();
    for part in ["status 401", "invalid_client", advice, "--store none"] {
        assert!(second.contains(part), "{part}: {second}");
    }
    let (_, wait) = second.split_once("try again in ").unwrap();
    let seconds: u64 = wait.split(' ').next().unwrap().parse().unwrap();
    assert!(seconds <= 30, "{second}");
}

#[tokio::test]
async fn a_successful_refresh_by_force_removes_the_failure() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.emulator.disable_client();
    cached.run(&["token", "maia"]).failure(3);
    cached.emulator.enable_client();
    cached.run(&["token", "maia"]).failure(3);
    let failures = || {
        let names = names(&cached.folder());
        names.iter().filter(|it| it.ends_with(".failure")).count()
    };
    assert_eq!(failures(), 1);
    cached.token_with(&["--force-refresh"]);
    assert_eq!(failures(), 0);
    cached.token();
}

#[tokio::test]
async fn a_mistake_of_the_user_is_not_preceded_by_a_warning_about_the_store() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let dead = with(
        cached.environment.clone(),
        "VAUTH_STORE",
        "redis://127.0.0.1:1",
    );
    let datasaur = [
        ("DATASAUR_CLIENT_ID", "fake"),
        ("DATASAUR_CLIENT_SECRET", SECRET),
    ]
    .into_iter()
    .fold(dead.clone(), |all, (name, value)| with(all, name, value));
    let run = [
        "maia",
        "run",
        "a",
        "b",
        "--environment",
        "c",
        "--var",
        "novalue",
    ];
    for (arguments, environment) in [
        (
            &["token", "maia"][..],
            without(dead.clone(), "MAIA_CLIENT_SECRET"),
        ),
        (
            &["token", "maia"],
            with(dead.clone(), "MAIA_BASE_URL", "no url"),
        ),
        (&["datasaur", "upload", "/nowhere/x"], datasaur),
        (&run, dead.clone()),
    ] {
        let run = vauth(arguments, &environment);
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        run.failure(2);
    }
    // A run that needs a token is warned, once.
    let run = vauth(&["token", "maia"], &dead);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.contains("signs in by itself"), "{run:?}");
}
