//! Tests of the files that passwords and secrets are read from: one set of rules, whichever option or variable names them.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::hostile::Hostile;
use crate::support::{Run, command};

fn change(server: &Hostile, current: &Path, new: &Path) -> Run {
    let arguments = [
        "runai",
        "change-password",
        "--current-password-file",
        current.to_str().unwrap(),
        "--new-password-file",
        new.to_str().unwrap(),
    ];
    let output = command(&arguments, &server.environment()).output();
    output.unwrap().into()
}

#[test]
fn a_password_that_nobody_could_sign_in_with_is_not_set() {
    let server = Hostile::start(|_| None);
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("good"), "fake-password\n").unwrap();
    for (name, content) in [
        ("two line breaks", "fake-password\n\n"),
        ("a space at the end", "fake-password \n"),
        ("a tab inside", "fake\tpassword"),
        ("nothing", ""),
        ("a line break alone", "\n"),
        ("two lines", "fake\npassword"),
    ] {
        fs::write(path(name), content).unwrap();
    }
    fs::write(path("no text"), [0xff, 0xfe, 0x00]).unwrap();
    let sparse = File::create(path("sparse")).unwrap();
    sparse.set_len(200 * 1024 * 1024).unwrap();
    let bad: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|entry| !entry.ends_with("good"))
        .chain(["/dev/zero", "/dev/null", "/"].map(Into::into))
        .collect();
    assert_eq!(bad.len(), 11);
    for bad in bad {
        for (current, new) in [(path("good"), bad.clone()), (bad.clone(), path("good"))] {
            let run = change(&server, &current, &new);
            assert_eq!(run.code, Some(2), "{bad:?}: {run:?}");
            // So that a typing error is found.
            assert!(
                run.stderr.contains(bad.to_str().unwrap()),
                "{bad:?}: {run:?}"
            );
            assert!(!run.stderr.contains("fake"), "{run:?}");
        }
    }
    assert_eq!(server.count("POST /api/v1/me/password"), 0);
}

#[test]
fn a_pipe_without_an_end_is_not_read_for_ever() {
    let server = Hostile::start(|_| None);
    let folder = TempDir::new().unwrap();
    let (good, pipe) = (folder.path().join("good"), folder.path().join("pipe"));
    fs::write(&good, "fake-password").unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let writer = pipe.clone();
    // More than any secret is, and as much as somebody wants to have.
    let feeder = std::thread::spawn(move || {
        use std::io::Write as _;
        let mut file = fs::OpenOptions::new().write(true).open(writer).unwrap();
        while file.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let run = change(&server, &good, &pipe);
    assert_eq!(run.code, Some(2), "{run:?}");
    feeder.join().unwrap();
}

#[test]
fn a_pipe_that_nothing_writes_to_is_waited_for_with_a_line() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let pipe = pipe.to_str().unwrap();
    let settings = ["--client-id", "fake", "--region", "eu1"];
    let environment = vec![("MAIA_CLIENT_SECRET".to_owned(), "fake-secret".to_owned())];
    for option in ["--caller-secret-file", "--store-key-file"] {
        let arguments = [&["proxy", "maia", option, pipe], &settings[..]].concat();
        let mut child = command(&arguments, &environment)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        stderr.read_line(&mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(line.contains(option) && line.contains(pipe), "{line}");
    }
}
