//! Tests of every command that gives a secret against every mishap of its output: no secret is lost without a word, and none goes where it was not sent.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::hostile::Hostile;
use crate::makers::{Maker, NEW_SECRET, with_secrets};
use crate::nobody::{pipe_without_reader, wait_until_unread};
use crate::shell::read_secret;
use crate::support::{Run, command, finish};

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    let output = command(arguments, &server.environment()).output();
    output.unwrap().into()
}

/// Something exists now, or a secret was replaced, and the secret is lost: that is said, with what to do, and the secret is nowhere.
#[track_caller]
fn assert_lost(maker: &Maker, run: &Run) {
    assert!(run.code.is_some_and(|code| code != 0), "{maker:?}: {run:?}");
    for named in &maker.named {
        assert!(run.stderr.contains(named), "{named}: {maker:?}: {run:?}");
    }
    assert!(
        run.stderr.contains("is lost") && run.stderr.contains("no longer works") == maker.replaces,
        "{maker:?}: {run:?}"
    );
    assert_nowhere(maker, run);
}

#[track_caller]
fn assert_nowhere(maker: &Maker, run: &Run) {
    let text = format!("{}{}", run.stdout, run.stderr);
    assert!(!text.contains(NEW_SECRET), "{maker:?}: {run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{maker:?}: {run:?}");
}

/// Nothing was sent that changes anything, and no file is left that was not there.
#[track_caller]
fn assert_nothing_made(maker: &Maker, server: &Hostile, run: &Run) {
    assert!(run.code.is_some_and(|code| code != 0), "{maker:?}: {run:?}");
    assert_eq!(server.count(maker.request), 0, "{maker:?}: {run:?}");
    assert_nowhere(maker, run);
}

fn entries(folder: &TempDir) -> usize {
    fs::read_dir(folder.path()).unwrap().count()
}

#[test]
fn a_secret_reaches_its_file_or_standard_output() {
    for maker in with_secrets() {
        let server = maker.serve(maker.good());
        let shown = run(&server, &maker.shown()).stdout();
        assert_eq!(shown.matches(NEW_SECRET).count(), 1, "{maker:?}: {shown}");
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        let printed = run(&server, &maker.to_file(&path)).stdout();
        assert!(!printed.contains(NEW_SECRET), "{maker:?}: {printed}");
        assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
        assert_eq!(entries(&folder), 1, "{maker:?}");
    }
}

#[test]
fn an_output_that_cannot_take_a_secret_is_found_before_anything_is_made() {
    for maker in with_secrets() {
        let server = maker.serve(maker.good());
        let outputs: [(&str, Stdio); 4] = [
            ("a pipe without a reader", pipe_without_reader().into()),
            ("a full device", writable("/dev/full").into()),
            (
                "a descriptor for reading",
                File::open("/dev/zero").unwrap().into(),
            ),
            ("nowhere", Stdio::null()),
        ];
        for (what, stdout) in outputs {
            let mut command = command(&maker.shown(), &server.environment());
            let output = command.stdout(stdout).stderr(Stdio::piped()).output();
            let run = Run::from(output.unwrap());
            assert!(run.stderr.contains("standard output"), "{what}: {run:?}");
            assert_nothing_made(&maker, &server, &run);
        }
        // A shell's way to say that there is no standard output.
        let run = in_shell(&server, &maker.shown(), "exec \"$@\" >&-");
        assert_nothing_made(&maker, &server, &run);
    }
}

#[test]
fn a_reader_that_goes_while_the_request_is_under_way_is_told_what_exists() {
    for maker in with_secrets() {
        let server = maker.serve(maker.good().held());
        let (reader, writer) = std::io::pipe().unwrap();
        let mut command = command(&maker.shown(), &server.environment());
        let child = command
            .stdout(writer.try_clone().unwrap())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The command keeps one for the standard output of a further child.
        drop(command);
        server.wait_for(maker.request);
        drop(reader);
        wait_until_unread(&writer);
        server.go_on();
        assert_lost(&maker, &finish(child));
    }
}

#[test]
fn a_disk_that_is_full_is_found_before_anything_is_made() {
    // A limit on a file's size meets the first byte as a full disk does, and needs no file system of its own.
    for maker in with_secrets() {
        let server = maker.serve(maker.good());
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        let run = in_shell(&server, &maker.to_file(&path), "ulimit -f 0; exec \"$@\"");
        assert!(run.stderr.contains("cannot create a file"), "{run:?}");
        assert_nothing_made(&maker, &server, &run);
        assert_eq!(entries(&folder), 0, "{maker:?}");
    }
}

#[test]
fn standard_output_in_a_file_that_cannot_grow_is_told_what_exists() {
    for maker in with_secrets() {
        let server = maker.serve(maker.good());
        let folder = TempDir::new().unwrap();
        let script = format!(
            "ulimit -f 0; exec \"$@\" > '{}/out'",
            folder.path().display()
        );
        let run = in_shell(&server, &maker.shown(), &script);
        // A bootstrap prints a step before it makes anything.
        match server.count(maker.request) {
            0 => assert_nothing_made(&maker, &server, &run),
            _ => assert_lost(&maker, &run),
        }
    }
}

#[test]
fn a_path_that_cannot_become_the_secrets_file_is_found_before_anything_is_made() {
    for maker in with_secrets() {
        let server = maker.serve(maker.good());
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("target"), "precious").unwrap();
        symlink(path("target"), path("link")).unwrap();
        symlink(path("absent"), path("dangling")).unwrap();
        fs::create_dir(path("folder")).unwrap();
        let status = Command::new("mkfifo").arg(path("pipe")).status();
        assert!(status.unwrap().success());
        let _socket = UnixListener::bind(path("socket")).unwrap();
        fs::hard_link(path("target"), path("other-name")).unwrap();
        let before = entries(&folder);
        let mut places: Vec<PathBuf> =
            ["link", "dangling", "folder", "pipe", "socket", "other-name"]
                .map(path)
                .into();
        places.push(path("no/such/folder"));
        places.push(path("target/below-a-file"));
        places.extend(["/dev/null", "/dev/full", "/dev/zero", "/proc/version"].map(PathBuf::from));
        if !maker.replaces {
            places.push(path("target"));
        }
        for place in places {
            let run = run(&server, &maker.to_file(&place));
            assert_nothing_made(&maker, &server, &run);
        }
        assert_eq!(entries(&folder), before, "{maker:?}");
        assert_eq!(fs::read_to_string(path("target")).unwrap(), "precious");
        assert!(path("link").is_symlink() && path("dangling").is_symlink());
    }
}

#[test]
fn a_file_that_takes_the_place_meanwhile_stays_and_the_loss_is_told() {
    for maker in with_secrets() {
        let server = maker.serve(maker.good().held());
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        let mut command = command(&maker.to_file(&path), &server.environment());
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        server.wait_for(maker.request);
        let other = folder.path().join("other");
        fs::write(&other, "precious").unwrap();
        fs::rename(&other, &path).unwrap();
        server.go_on();
        assert_lost(&maker, &finish(child));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        assert_eq!(entries(&folder), 1, "{maker:?}");
    }
}

#[test]
fn a_file_of_ours_is_replaced_by_a_new_secret_whole() {
    for maker in with_secrets().iter().filter(|maker| maker.replaces) {
        let server = maker.serve(maker.good());
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "the-old-secret-which-is-longer-than-the-new-one").unwrap();
        run(&server, &maker.to_file(&path)).stdout();
        assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
        assert_eq!(entries(&folder), 1, "{maker:?}");
    }
}

fn writable(path: impl AsRef<Path>) -> File {
    OpenOptions::new().write(true).open(path).unwrap()
}

/// Runs the command from a shell, which can do to itself what a test must not do to its own process.
fn in_shell(server: &Hostile, arguments: &[&str], script: &str) -> Run {
    let output: Output = Command::new("sh")
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_vauth")])
        .args(arguments)
        .env_clear()
        .envs(server.environment())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    output.into()
}
