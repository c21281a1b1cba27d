//! Tests of a bootstrap's secrets: each leaves as soon as it is known, none goes where it was not sent, and a file that is taken is found first.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::hostile::{Answer, Hostile};
use crate::makers::NEW_SECRET;
use crate::shell::read_secret;
use crate::support::{Run, command, finish};

const CREATE: &str = "POST /api/v1/service-accounts";
const RULE: &str = "POST /api/v1/authorization/access-rules";
const USER: &str = "POST /api/v1/users";

const BASE: [&str; 6] = [
    "runai",
    "bootstrap",
    "--name",
    "nightly-import",
    "--role",
    "Viewer",
];

fn created() -> Answer {
    Answer::Json(
        201,
        json!({ "id": "id-7", "name": "nightly-import", "clientId": "nightly-import", "clientSecret": NEW_SECRET }),
    )
}

/// A control plane that holds one request, and creates whatever else is asked for.
fn plane(held: &'static str) -> Hostile {
    Hostile::start(move |request| {
        let answer = match request {
            CREATE => created(),
            USER => Answer::Json(
                201,
                json!({ "id": "id-8", "username": "a@b.io", "tempPassword": "fake-temporary" }),
            ),
            _ if request == held => crate::hostile::usual(request),
            _ => return None,
        };
        Some(if request == held {
            answer.held()
        } else {
            answer
        })
    })
}

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    let arguments = [&BASE[..], arguments].concat();
    let output = command(&arguments, &server.environment()).output();
    output.unwrap().into()
}

fn start(server: &Hostile, arguments: &[&str]) -> Child {
    let arguments = [&BASE[..], arguments].concat();
    command(&arguments, &server.environment())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_secret_is_shown_while_the_rest_is_still_to_be_done() {
    for json in [false, true] {
        let server = plane(RULE);
        let flags = ["--show-secret", "--json"];
        let mut child = start(&server, &flags[..if json { 2 } else { 1 }]);
        server.wait_for(RULE);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        // Nothing can stop this one from ending, and what it wrote before is all there is.
        child.kill().unwrap();
        let mut text = String::new();
        if json {
            stdout.read_to_string(&mut text).unwrap();
        } else {
            while !text.contains("new secret") {
                assert_ne!(stdout.read_line(&mut text).unwrap(), 0, "{text}");
            }
        }
        assert!(text.contains(NEW_SECRET), "{text}");
        child.wait().unwrap();
    }
}

#[test]
fn a_secret_is_in_its_file_while_the_rest_is_still_to_be_done() {
    let server = plane(RULE);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("secret");
    let mut child = start(&server, &["--secret-file", path.to_str().unwrap()]);
    server.wait_for(RULE);
    assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_run_that_is_cut_short_is_still_one_json_array() {
    let server = plane(RULE);
    let child = start(&server, &["--show-secret", "--json"]);
    server.wait_for(RULE);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let run = finish(child);
    assert_eq!(run.code, Some(143), "{run:?}");
    assert!(
        run.stderr
            .contains("the access rule of the account may have been created"),
        "{run:?}"
    );
    let steps: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(steps.last().unwrap()["secret"], NEW_SECRET);
    assert_eq!(steps.last().unwrap()["step"], "new_secret");
}

#[test]
fn a_file_that_is_taken_while_there_is_no_such_account_is_found_before_anything_is_made() {
    let server = plane(RULE);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, "fake-old-secret").unwrap();
    let taken = path.to_str().unwrap();
    let run = run(&server, &["--secret-file", taken]);
    assert!(
        run.stderr.contains("there is no account nightly-import"),
        "{run:?}"
    );
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert_eq!(server.count(CREATE), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "fake-old-secret");
}

#[test]
fn a_password_file_that_is_taken_while_there_is_no_such_user_is_found_before_anything_is_made() {
    let server = plane(RULE);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("password");
    fs::write(&path, "fake-old-password").unwrap();
    let taken = path.to_str().unwrap();
    let flags = [
        "--show-secret",
        "--user",
        "a@b.io",
        "--user-password-file",
        taken,
    ];
    let run = run(&server, &flags);
    assert!(run.stderr.contains("there is no user a@b.io"), "{run:?}");
    assert_eq!((server.count(CREATE), server.count(USER)), (0, 0));
    assert_eq!(fs::read_to_string(&path).unwrap(), "fake-old-password");
}

#[test]
fn one_file_for_both_secrets_is_found_before_anything_is_made() {
    let server = plane(RULE);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("both");
    let both = path.to_str().unwrap();
    let flags = [
        "--secret-file",
        both,
        "--user",
        "a@b.io",
        "--user-password-file",
        both,
    ];
    let run = run(&server, &flags);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(server.count(CREATE), 0);
    assert!(!path.exists());
}

#[test]
fn a_user_without_a_password_is_said_and_leaves_no_file() {
    let server = Hostile::start(|request| match request {
        CREATE => Some(created()),
        USER => Some(Answer::Json(
            201,
            json!({ "id": "id-8", "username": "a@b.io" }),
        )),
        _ => None,
    });
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("password");
    let file = path.to_str().unwrap();
    let run = run(
        &server,
        &[
            "--show-secret",
            "--user",
            "a@b.io",
            "--user-password-file",
            file,
        ],
    );
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(
        run.stderr.contains("vauth runai users reset-password ID"),
        "{run:?}"
    );
    assert!(
        run.stdout.contains(NEW_SECRET) && run.stdout.contains("created user"),
        "{run:?}"
    );
    assert!(!path.exists());
}

#[test]
fn a_reader_that_goes_does_not_keep_a_secret_from_its_file() {
    let server = plane(RULE);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("secret");
    let mut child = start(&server, &["--secret-file", path.to_str().unwrap()]);
    drop(child.stdout.take());
    server.wait_for(RULE);
    server.go_on();
    let run = finish(child);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
}

#[test]
fn a_secret_that_is_in_its_place_is_not_said_to_be_lost_when_what_follows_fails() {
    let nothing = Answer::Text(String::new());
    let evil = json!({ "id": "id-7", "name": "fake\u{7}", "clientId": "fake\u{7}", "clientSecret": NEW_SECRET });
    for (failing, answer) in [(RULE, nothing), (CREATE, Answer::Json(201, evil))] {
        let server = Hostile::start(move |request| match request {
            _ if request == failing => Some(answer.clone()),
            CREATE => Some(created()),
            _ => None,
        });
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        let run = run(&server, &["--secret-file", path.to_str().unwrap()]);
        assert_ne!(run.code, Some(0), "{failing}: {run:?}");
        assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
        assert!(
            !run.stderr.contains("was not returned"),
            "{failing}: {run:?}"
        );
        assert!(!run.stderr.contains("lost"), "{failing}: {run:?}");
        assert!(
            run.stderr.contains("vauth runai bootstrap "),
            "{failing}: {run:?}"
        );
    }
}
