//! Tests of destinations of `vauth request -o` that are open already, have another owner, or must not get a failure.

use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::support::{Run, command, finish, vauth};
use crate::wire::{Wire, json, response};

#[test]
fn the_file_behind_standard_output_or_error_is_written_to_and_not_replaced() {
    let wire = Wire::start(|_| json("{}"));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log");
    let own = path.to_str().unwrap();
    for (descriptor, names) in [
        (1, ["/dev/stdout", "/proc/self/fd/1", own]),
        (2, ["/dev/stderr", "/proc/self/fd/2", "/dev/fd/2"]),
    ] {
        for name in names {
            fs::write(&path, "before\n").unwrap();
            let inode = path.metadata().unwrap().ino();
            let log = || OpenOptions::new().append(true).open(&path).unwrap();
            let arguments = ["request", "runai", "/x", "-o", name];
            let mut request = command(&arguments, &wire.environment());
            match descriptor {
                1 => request.stdout(log()),
                _ => request.stderr(log()),
            };
            assert!(request.status().unwrap().success());
            assert_eq!(fs::read_to_string(&path).unwrap(), "before\n{}", "{name}");
            assert_eq!(path.metadata().unwrap().ino(), inode, "{name}");
        }
    }
    // Another descriptor cannot be written to, and its file must not be replaced.
    let script = format!(
        "exec 3>> {own}; exec {} request runai /x -o /dev/fd/3",
        env!("CARGO_BIN_EXE_vauth")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .envs(wire.environment())
        .output();
    let line = Run::from(output.unwrap()).failure(2);
    assert!(line.contains("open already"), "{line}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\n{}");
}

#[test]
fn graphql_errors_are_printed_and_leave_the_file_alone() {
    let body = r#"{"data":null,"errors":[{"message":"no"}]}"#;
    let wire = Wire::start(move |_| json(body));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    fs::write(&path, "precious").unwrap();
    let file = path.to_str().unwrap();
    let arguments = ["request", "datasaur", "/graphql", "-d", "{}", "-o", file];
    let run = vauth(&arguments, &wire.environment());
    assert_eq!(run.stdout, body);
    run.failure(22);
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let arguments = [&arguments[..], &["-i"]].concat();
    let run = vauth(&arguments, &wire.environment());
    assert!(run.stdout.starts_with("HTTP/1.1 200 OK\n"), "{run:?}");
    assert!(run.stdout.ends_with(body), "{run:?}");
    // A device has it already.
    let arguments = ["request", "datasaur", "/x", "-d", "{}", "-o", "/dev/null"];
    let run = vauth(&arguments, &wire.environment());
    assert_eq!(run.stdout, "");
    run.failure(22);
}

#[test]
fn a_signal_ends_the_wait_for_a_reader_of_a_large_failure() {
    let wire = Wire::start(|_| response("500 x", vec![b'x'; 1_000_000]));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    let arguments = ["request", "runai", "/x", "-o", path.to_str().unwrap()];
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut child = command(&arguments, &wire.environment());
    let child = child.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    // It is being printed, and waits for more to be read.
    reader.read_exact(&mut [0; 1_000]).unwrap();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    finish(child).failure(143);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Only root can give files away.
#[test]
fn a_replaced_file_keeps_its_owner_and_group() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    File::create(&path).unwrap();
    if chown(&path, Some(12_345), Some(12_346)).is_err() {
        return;
    }
    let wire = Wire::start(|_| json("{}"));
    let arguments = ["request", "runai", "/x", "-o", path.to_str().unwrap()];
    vauth(&arguments, &wire.environment()).stdout();
    let found = path.metadata().unwrap();
    assert_eq!((found.uid(), found.gid()), (12_345, 12_346));
    assert_eq!(fs::read_to_string(&path).unwrap(), "{}");

    let config = folder.path().join("config.toml");
    fs::write(&config, "[profiles.a]\nvendor = 'maia'\n").unwrap();
    chown(&config, Some(12_345), Some(12_346)).unwrap();
    let environment = vec![(
        "VAUTH_CONFIG".to_owned(),
        config.to_str().unwrap().to_owned(),
    )];
    let set = ["config", "set", "--profile", "a", "region", "eu1"];
    vauth(&set, &environment).stdout();
    for name in ["config.toml", "config.toml.lock"] {
        let found = folder.path().join(name).metadata().unwrap();
        assert_eq!((found.uid(), found.gid()), (12_345, 12_346), "{name}");
    }
    let text = fs::read_to_string(&config).unwrap();
    assert!(text.contains("region = \"eu1\""), "{text}");
}
