//! Tests of every command that changes something against signals: before its request, while it is under way, and when the answer is there.

use std::fs;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::hostile::{Answer, Hostile, usual};
use crate::makers::{Maker, NEW_SECRET, with_secrets, without_secrets};
use crate::shell::read_secret;
use crate::support::{Run, command, finish};

const SIGNALS: [(Signal, &str, i32); 4] = [
    (Signal::INT, "SIGINT", 130),
    (Signal::TERM, "SIGTERM", 143),
    (Signal::HUP, "SIGHUP", 129),
    (Signal::QUIT, "SIGQUIT", 131),
];

fn start(server: &Hostile, arguments: &[&str]) -> Child {
    command(arguments, &server.environment())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

pub(crate) fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// All commands, each with its secret in a file if it has one, and a folder that holds their files.
fn all(folder: &TempDir) -> Vec<(Maker, Vec<String>)> {
    let path = |name: &str| folder.path().join(name);
    for name in ["current", "new"] {
        fs::write(path(name), "fake-password").unwrap();
    }
    let secret = path("secret");
    let with: Vec<_> = with_secrets()
        .into_iter()
        .map(|maker| {
            let arguments = maker.to_file(&secret);
            let arguments = arguments.into_iter().map(str::to_owned).collect();
            (maker, arguments)
        })
        .collect();
    let without = without_secrets(&path("current"), &path("new")).into_iter();
    let without = without.map(|maker| {
        let arguments = maker.arguments.iter().map(|one| (*one).to_owned());
        let arguments = arguments.collect();
        (maker, arguments)
    });
    with.into_iter().chain(without).collect()
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[track_caller]
fn assert_interrupted(run: &Run, name: &str, code: i32) {
    assert_eq!(run.code, Some(code), "{run:?}");
    let start = format!("vauth: interrupted by {name}; ");
    assert!(run.stderr.starts_with(&start), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(!run.stderr.contains(NEW_SECRET), "{run:?}");
}

#[test]
fn before_the_request_nothing_is_made_and_no_file_is_left() {
    let folder = TempDir::new().unwrap();
    for (at, (maker, arguments)) in all(&folder).into_iter().enumerate() {
        let (signal, name, code) = SIGNALS[at % SIGNALS.len()];
        let server =
            Hostile::start(|request| request.ends_with("/token").then(|| usual(request).held()));
        let child = start(&server, &words(&arguments));
        server.wait_for("POST ");
        send(&child, signal);
        let run = finish(child);
        assert_interrupted(&run, name, code);
        let nothing = ["nothing was created", "was not replaced", "was not changed"];
        assert!(
            nothing.iter().any(|words| run.stderr.contains(words)),
            "{run:?}"
        );
        assert_eq!(server.count(maker.request), 0, "{maker:?}");
        assert!(!folder.path().join("secret").exists(), "{maker:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{maker:?}");
    }
}

#[test]
fn during_the_request_it_is_said_what_may_exist_and_how_to_go_on() {
    for (signal, name, code) in SIGNALS {
        let folder = TempDir::new().unwrap();
        for (maker, arguments) in all(&folder) {
            let server = maker.serve(maker.good().held());
            let child = start(&server, &words(&arguments));
            server.wait_for(maker.request);
            send(&child, signal);
            let run = finish(child);
            assert_interrupted(&run, name, code);
            assert!(run.stderr.contains("may have been"), "{maker:?}: {run:?}");
            let is_bootstrap = maker.arguments.contains(&"bootstrap");
            for named in maker.named.iter().filter(|_| !is_bootstrap) {
                assert!(run.stderr.contains(named), "{named}: {run:?}");
            }
            if is_bootstrap {
                assert!(run.stderr.contains("--regenerate-secret`"), "{run:?}");
            }
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{maker:?}");
        }
    }
}

#[test]
fn after_the_request_a_secret_that_nobody_reads_is_said_to_be_lost() {
    for (at, maker) in with_secrets().into_iter().enumerate() {
        // Each command meets one of them, and each of them some commands: what ends the wait is the same for all.
        let (signal, name, code) = SIGNALS[at % SIGNALS.len()];
        let server = maker.serve(maker.good().held());
        let (mut reader, writer) = std::io::pipe().unwrap();
        let child = command(&maker.shown(), &server.environment())
            .stdout(writer.try_clone().unwrap())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        server.wait_for(maker.request);
        // Nothing more fits, so the secret waits for a reader who does not come.
        fill(&writer);
        server.go_on();
        server.wait_for(&format!("read: {}", maker.request));
        // Otherwise the signal could overtake the last steps of reading the answer.
        let is_writing = wait_until_it_writes(&child);
        send(&child, signal);
        let run = finish(child);
        assert_interrupted(&run, name, code);
        let is_lost = run.stderr.contains("is lost");
        let may_exist = !is_writing && run.stderr.contains("may have been");
        assert!(is_lost || may_exist, "{run:?}");
        drop(writer);
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut reader, &mut rest).unwrap();
        assert!(!rest.contains(NEW_SECRET), "{maker:?}");
    }
}

/// Waits until a thread of the command stands still in a full pipe; false on a system that does not show that.
pub(crate) fn wait_until_it_writes(child: &Child) -> bool {
    let tasks = format!("/proc/{}/task", child.id());
    let is_shown = |place: &str| !["", "0"].contains(&place);
    let mut others = 0;
    while let Ok(tasks) = fs::read_dir(&tasks) {
        let places = tasks.flatten().map(|task| task.path().join("wchan"));
        let places: Vec<_> = places.flat_map(fs::read_to_string).collect();
        if places.iter().any(|place| place.contains("pipe_write")) {
            return true;
        }
        // A thread that runs stands nowhere, but not all of them run for ever.
        others = if places.iter().any(|place| is_shown(place)) {
            0
        } else {
            others + 1
        };
        if others > 10_000 {
            break;
        }
        std::thread::yield_now();
    }
    false
}

/// Fills a pipe to the last byte.
pub(crate) fn fill(mut writer: &std::io::PipeWriter) {
    use std::io::Write as _;

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

    let flags = fcntl_getfl(writer).unwrap();
    fcntl_setfl(writer, flags | OFlags::NONBLOCK).unwrap();
    while writer.write(&[b'x'; 1]).is_ok() {}
    fcntl_setfl(writer, flags).unwrap();
}

#[test]
fn a_connection_that_ends_without_an_answer_leaves_no_doubt_untold() {
    let folder = TempDir::new().unwrap();
    for (maker, arguments) in all(&folder) {
        for answer in [Answer::HangUp, Answer::Json(504, serde_json::json!({}))] {
            let server = maker.serve(answer);
            let child = start(&server, &words(&arguments));
            let run = finish(child);
            assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
            assert!(run.stderr.contains("may have been"), "{maker:?}: {run:?}");
            assert!(!run.stderr.contains("try again in"), "{maker:?}: {run:?}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{maker:?}");
        }
    }
}

#[test]
fn a_refusal_is_a_refusal_and_leaves_no_file() {
    let folder = TempDir::new().unwrap();
    for (maker, arguments) in all(&folder) {
        let body = serde_json::json!({ "code": 403, "message": "no" });
        let server = maker.serve(Answer::Json(403, body));
        let child = start(&server, &words(&arguments));
        let run = finish(child);
        assert_eq!(run.code, Some(22), "{run:?}");
        assert!(!run.stderr.contains("may have been"), "{maker:?}: {run:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{maker:?}");
    }
}

#[test]
fn a_signal_that_the_command_was_started_to_ignore_stays_ignored() {
    for maker in with_secrets() {
        let server = maker.serve(maker.good().held());
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        let child = std::process::Command::new("sh")
            .args([
                "-c",
                "trap '' HUP; exec \"$@\"",
                "sh",
                env!("CARGO_BIN_EXE_vauth"),
            ])
            .args(maker.to_file(&path))
            .env_clear()
            .envs(server.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        server.wait_for(maker.request);
        send(&child, Signal::HUP);
        server.go_on();
        finish(child).stdout();
        assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
    }
}
