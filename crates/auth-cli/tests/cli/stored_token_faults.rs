//! Tests of cache folders that are not what they should be: one line says so, and the run signs in by itself.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use auth_testkit::EmulatedVendor;

use crate::cache_folder::{Cached, names};
use crate::support::Run;

async fn start() -> Cached {
    Cached::start(EmulatedVendor::Maia).await
}

fn set_mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_folder_and_its_files_are_for_their_owner_only() {
    let cached = start().await;
    cached.token();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&cached.folder()), 0o700);
    for name in names(&cached.folder()) {
        assert_eq!(mode(&cached.folder().join(name)), 0o600);
    }
}

#[tokio::test]
async fn a_folder_that_others_can_use_is_named_with_what_to_do() {
    let cached = start().await;
    cached.token();
    set_mode(&cached.folder(), 0o755);
    let line = cached.warned(&[]);
    assert!(line.contains(cached.folder().to_str().unwrap()), "{line}");
    assert!(line.contains("0700") && line.contains("--store"), "{line}");
    let run = cached.run(&["token", "maia", "--quiet"]);
    run.stdout();
    set_mode(&cached.folder(), 0o700);
    let before = cached.emulator.token_requests();
    cached.token();
    assert_eq!(cached.emulator.token_requests(), before);
}

#[tokio::test]
async fn a_link_in_the_folders_place_is_not_followed() {
    let cached = start().await;
    let elsewhere = cached.home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    set_mode(&elsewhere, 0o700);
    fs::create_dir_all(cached.folder().parent().unwrap()).unwrap();
    symlink(&elsewhere, cached.folder()).unwrap();
    let line = cached.warned(&[]);
    assert!(line.contains("link"), "{line}");
    assert_eq!(names(&elsewhere), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_in_the_folders_place_is_named() {
    let cached = start().await;
    fs::create_dir_all(cached.folder().parent().unwrap()).unwrap();
    fs::write(cached.folder(), "mine").unwrap();
    let line = cached.warned(&[]);
    assert!(line.contains(cached.folder().to_str().unwrap()), "{line}");
    assert_eq!(fs::read_to_string(cached.folder()).unwrap(), "mine");
}

#[tokio::test]
async fn a_torn_file_costs_one_token_request() {
    let cached = start().await;
    let first = cached.token();
    let token = |name: &&String| name.ends_with(".token");
    let name = names(&cached.folder()).iter().find(token).unwrap().clone();
    let path = cached.folder().join(name);
    let whole = fs::read(&path).unwrap();
    for torn in [&whole[..whole.len() / 2], &[], &vec![0; whole.len()]] {
        fs::write(&path, torn).unwrap();
        let before = cached.emulator.token_requests();
        let second = cached.token();
        assert_ne!(second, first);
        assert_eq!(cached.token(), second);
        assert_eq!(cached.emulator.token_requests(), before + 1);
    }
}

/// A process without privileges: for root, no folder is read-only and none another user's.
fn unprivileged(cached: &Cached, arguments: &[&str]) -> Option<Run> {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        return Some(cached.run(arguments));
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(env!("CARGO_BIN_EXE_vauth"))
        .args(arguments)
        .env_clear()
        .envs(cached.environment.iter().map(|(name, value)| (name, value)));
    let output = command.output().ok()?;
    // The program itself may be where this user has no access.
    (output.status.code() != Some(126)).then(|| output.into())
}

fn skipped() {
    use std::io::Write as _;
    let note = "skipped a test as an unprivileged user: setpriv is missing, or cannot run vauth";
    let _ = writeln!(std::io::stderr(), "{note}");
}

#[tokio::test]
async fn a_home_that_cannot_be_written_to_is_named() {
    let cached = start().await;
    set_mode(cached.home.path(), 0o555);
    let run = unprivileged(&cached, &["token", "maia"]);
    set_mode(cached.home.path(), 0o755);
    let Some(run) = run else {
        return skipped();
    };
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.len() > 20, "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    for part in ["vauth: warning: ", ".cache/vauth/tokens", "--store"] {
        assert!(run.stderr.contains(part), "{run:?}");
    }
}

#[tokio::test]
async fn the_folder_of_another_user_is_named() {
    let cached = start().await;
    if !rustix::process::geteuid().is_root() {
        return skipped();
    }
    cached.token();
    set_mode(cached.home.path(), 0o755);
    for parent in [".cache", ".cache/vauth"] {
        set_mode(&cached.home.path().join(parent), 0o755);
    }
    let Some(run) = unprivileged(&cached, &["token", "maia"]) else {
        return skipped();
    };
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.starts_with("vauth: warning: "), "{run:?}");
    assert_eq!(cached.emulator.token_requests(), 2);
}

#[tokio::test]
async fn a_cache_folder_below_a_file_is_named() {
    let cached = start().await;
    fs::write(cached.home.path().join(".cache"), "mine").unwrap();
    let line = cached.warned(&[]);
    assert!(line.contains(".cache/vauth/tokens"), "{line}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_cannot_grow_is_a_full_disk_and_costs_nothing_else() {
    let cached = start().await;
    let mut command = Command::new("sh");
    // The limit of a file's size stands for a full disk.
    let output = command
        .args(["-c", "ulimit -f 0; exec \"$0\" token maia"])
        .arg(env!("CARGO_BIN_EXE_vauth"))
        .env_clear()
        .envs(cached.environment.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let run = Run::from(output);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.len() > 20, "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.starts_with("vauth: warning: "), "{run:?}");
    cached.token();
    assert_eq!(cached.emulator.token_requests(), 2);
    let left = names(&cached.folder());
    assert!(!left.iter().any(|name| name.ends_with(".tmp")), "{left:?}");
}

#[tokio::test]
async fn doctor_warns_of_a_folder_that_others_can_use() {
    let cached = start().await;
    cached.token();
    set_mode(&cached.folder(), 0o770);
    let run = cached.run(&["doctor", "maia"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("token store\twarning\t"), "{run:?}");
    assert!(run.stdout.contains("0700"), "{run:?}");
    assert_eq!(run.stderr, "");
}
