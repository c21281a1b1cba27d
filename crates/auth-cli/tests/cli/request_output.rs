//! Tests of where `vauth request` writes the response: files that appear complete or not at all, and what counts as a failure.

use std::fs::{self, File};

use auth_testkit::EmulatedVendor;
use tempfile::TempDir;

use crate::nobody::pipe_without_reader;
use crate::support::{Run, command, environment, start, vauth};
use crate::wire::{Wire, json, response};

fn request(wire: &Wire, arguments: &[&str]) -> Run {
    vauth(
        &[&["request", "runai"], arguments].concat(),
        &wire.environment(),
    )
}

fn entries(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn a_file_is_written_and_replaced_as_a_whole() {
    let wire = Wire::start(|request| response("200 OK\r\nx-a: b", request.line.as_bytes()));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    let file = path.to_str().unwrap();
    assert_eq!(
        request(&wire, &["/first-and-longer", "-o", file]).stdout(),
        ""
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "GET /first-and-longer");
    assert_eq!(request(&wire, &["/b", "-o", file]).stdout(), "");
    assert_eq!(fs::read_to_string(&path).unwrap(), "GET /b");
    assert_eq!(request(&wire, &["/c", "-i", "-o", file]).stdout(), "");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK\nx-a: b\n"), "{text}");
    assert!(text.ends_with("\n\nGET /c"), "{text}");
    assert_eq!(entries(&folder), ["out"]);
    assert_eq!(request(&wire, &["/d", "-o", "-"]).stdout(), "GET /d");
}

#[cfg(unix)]
#[test]
fn permissions_links_and_devices_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let wire = Wire::start(|_| json("{}"));
    let folder = TempDir::new().unwrap();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::write(&target, "old").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("target", &link).unwrap();
    request(&wire, &["/x", "-o", link.to_str().unwrap()]).stdout();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&target).unwrap(), "{}");
    assert_eq!(
        target.metadata().unwrap().permissions().mode() & 0o777,
        0o640
    );
    request(&wire, &["/x", "-o", "/dev/null"]).stdout();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let new = folder.path().join("new");
    request(&wire, &["/x", "-o", new.to_str().unwrap()]).stdout();
    let umask_allows = new.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(umask_allows & 0o111, 0, "{umask_allows:o}");
    let dangling = folder.path().join("dangling");
    symlink("nowhere", &dangling).unwrap();
    let run = request(&wire, &["/x", "-o", dangling.to_str().unwrap()]);
    assert!(run.failure(2).contains("symbolic link"));
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_before_anything_is_sent() {
    let wire = Wire::start(|_| json("{}"));
    let folder = TempDir::new().unwrap();
    let is_folder = folder.path().to_str().unwrap();
    let missing = folder.path().join("no/such/file");
    let later = format!("{is_folder}/later/");
    for folder in [is_folder, &later, "/", "..", "."] {
        let line = request(&wire, &["/x", "-o", folder]).failure(2);
        assert!(line.contains("is a folder"), "{line}");
    }
    request(&wire, &["/x", "-o", missing.to_str().unwrap()]).failure(1);
    assert!(wire.received().is_empty());
}

#[test]
fn an_unsuccessful_response_is_printed_and_leaves_the_file_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    fs::write(&path, "precious").unwrap();
    for status in ["404 x", "500 x", "302 x\r\nlocation: /other"] {
        let wire = Wire::start(move |_| response(status, "{\"code\":7}"));
        let run = request(&wire, &["/x", "-o", path.to_str().unwrap()]);
        assert_eq!(run.stdout, "{\"code\":7}");
        run.failure(22);
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        assert_eq!(entries(&folder), ["out"]);
    }
}

#[test]
fn a_response_that_breaks_off_leaves_no_file() {
    let wire = Wire::start(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart".to_vec());
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    request(&wire, &["/x", "-o", path.to_str().unwrap()]).failure(4);
    assert!(entries(&folder).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe() {
    let wire = Wire::start(|_| response("200 OK", vec![b'x'; 200_000]));
    let run = request(&wire, &["/x", "-o", "/dev/full"]);
    assert!(run.failure(1).contains("cannot write the output file"));
    let full = File::create("/dev/full").unwrap();
    let arguments = ["request", "runai", "/x"];
    let output = command(&arguments, &wire.environment())
        .stdout(full)
        .output();
    let line = Run::from(output.unwrap()).failure(1);
    assert!(line.contains("cannot write to standard output"), "{line}");
    let output = command(&arguments, &wire.environment())
        .stdout(pipe_without_reader())
        .output();
    assert_eq!(output.unwrap().status.code(), Some(0));
    // A limit on the size of files has the same effect as a full disk.
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    let script = format!(
        "ulimit -f 100; exec {} request runai /x -o {}",
        env!("CARGO_BIN_EXE_vauth"),
        path.display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .envs(wire.environment())
        .output();
    Run::from(output.unwrap()).failure(1);
    assert!(entries(&folder).is_empty());
}

#[cfg(unix)]
#[test]
fn a_signal_removes_the_part_of_the_file_that_was_written() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::sync::mpsc::channel;

    for (method, signal, code, effect) in [
        ("GET", Signal::INT, 130, false),
        ("POST", Signal::TERM, 143, true),
    ] {
        let (started, start) = channel();
        let wire = Wire::stalling(move |_| {
            started.send(()).unwrap();
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart".to_vec()
        });
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "precious").unwrap();
        let arguments = [
            "request",
            "runai",
            method,
            "/x",
            "-o",
            path.to_str().unwrap(),
        ];
        let child = command(&arguments, &wire.environment())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        start
            .recv_timeout(std::time::Duration::from_secs(60))
            .unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let line = crate::support::finish(child).failure(code);
        assert!(line.contains("was not written"), "{line}");
        assert_eq!(line.contains("may have had an effect"), effect, "{line}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        assert_eq!(entries(&folder), ["out"]);
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_download_that_is_not_a_file_too() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::sync::mpsc::channel;

    for output in ["-", "/dev/null"] {
        let (started, start) = channel();
        let wire = Wire::stalling(move |_| {
            started.send(()).unwrap();
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart".to_vec()
        });
        let child = command(
            &["request", "runai", "/x", "-o", output],
            &wire.environment(),
        )
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
        start
            .recv_timeout(std::time::Duration::from_secs(60))
            .unwrap();
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let run = crate::support::finish(child);
        // The signal ends it by itself, which shells show as 130.
        assert_eq!(run.code, None, "{run:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_the_line_end_that_the_body_lacks() {
    use std::io::Read as _;

    for (body, shown) in [("{}", "{}\r\n"), ("{}\n", "{}\r\n"), ("", "")] {
        let wire = Wire::start(move |_| json(body));
        let (mut controller, terminal) = crate::progress::terminal();
        let arguments = ["request", "runai", "/x"];
        let mut child = command(&arguments, &wire.environment())
            .stdout(terminal)
            .spawn()
            .unwrap();
        // The command's side is closed with the command, which ends the output with an error.
        let mut text = Vec::new();
        let _ = controller.read_to_end(&mut text);
        assert!(child.wait().unwrap().success());
        assert_eq!(String::from_utf8(text).unwrap(), shown);
    }
}

#[test]
fn graphql_errors_within_a_success_end_with_22() {
    for (body, code) in [
        (r#"{"data":null,"errors":[{"message":"no"}]}"#, 22),
        (
            r#"{"errors":[{"message":"no"},{"message":"no"}],"data":{"a":1}}"#,
            22,
        ),
        (r#"[{"data":{}},{"errors":[{"message":"no"}]}]"#, 22),
        (r#"{"errors":{"message":"no"}}"#, 22),
        (r#"{"data":{"errors":[1]}}"#, 0),
        (r#"{"data":{},"errors":[]}"#, 0),
        (r#"{"data":{},"errors":null}"#, 0),
        (r#"{"data":"\"errors\":[1]"}"#, 0),
        ("not json", 0),
        ("", 0),
    ] {
        let wire = Wire::start(move |_| json(body));
        for (vendor, path) in [
            ("datasaur", "/graphql"),
            ("runai", "/api/graphql"),
            ("datasaur", "/x"),
        ] {
            let run = vauth(
                &["request", vendor, "POST", path, "-d", "{}"],
                &wire.environment(),
            );
            assert_eq!(run.stdout, body);
            assert_eq!(run.code, Some(code), "{run:?}");
            assert_eq!(run.stderr.contains("GraphQL error"), code == 22, "{run:?}");
        }
        // Elsewhere a member of that name means something else.
        let run = vauth(
            &["request", "runai", "POST", "/batch", "-d", "{}"],
            &wire.environment(),
        );
        assert_eq!(run.stdout(), body);
    }
}

#[tokio::test]
async fn the_emulated_api_shows_graphql_errors_too() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let body = r#"{"query":"{ nothing }"}"#;
    let run = vauth(
        &["request", "datasaur", "/graphql", "-d", body],
        &environment(&emulator),
    );
    assert!(run.stdout.contains("errors"), "{run:?}");
    run.failure(22);
    let output = command(
        &["request", "datasaur", "/graphql", "-d", body],
        &environment(&emulator),
    );
    let code = { output }
        .stdout(pipe_without_reader())
        .output()
        .unwrap()
        .status
        .code();
    assert_eq!(code, Some(22));
}
