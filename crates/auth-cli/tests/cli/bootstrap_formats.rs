//! Tests of `vauth runai bootstrap --format`: settings with the secret, as programs read them.

use std::path::Path;
use std::process::Command;

use auth_testkit::ControlPlane;
use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};
use crate::shell::{ROLE, Shell, read_secret};
use crate::support::{Run, vauth};

const NAME: &str = "nightly-import";

#[cfg(target_os = "linux")]
const CREATE: &str = "POST /api/v1/service-accounts";

fn bootstrap(shell: &Shell, arguments: &[&str]) -> Run {
    let start = ["bootstrap", "--name", NAME, "--role", ROLE];
    shell.run(&[&start[..], arguments].concat())
}

/// Standard output of a run whose steps are on standard error.
#[track_caller]
fn document(run: Run) -> String {
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("signed in"), "{run:?}");
    run.stdout
}

#[tokio::test]
async fn a_second_run_reads_the_secret_back_from_every_format() {
    for format in ["env", "dotenv", "k8s-secret", "json"] {
        let shell = Shell::start(ControlPlane::V2_24).await;
        let file = shell.path("credentials");
        let arguments = ["--format", format, "--secret-file", &file];
        assert_eq!(document(bootstrap(&shell, &arguments)), "");
        let written = read_secret(&file);
        let second = bootstrap(&shell, &arguments);
        assert!(second.stderr.contains("verified sign-in"), "{second:?}");
        assert_eq!(document(second), "");
        assert_eq!(read_secret(&file), written);
        let renewed = bootstrap(&shell, &[&arguments[..], &["--regenerate-secret"]].concat());
        assert_eq!(document(renewed), "");
        assert_ne!(read_secret(&file), written);
        std::fs::write(&file, "something else\n").unwrap();
        let line = bootstrap(&shell, &arguments).failure(2);
        assert!(line.contains("no secret in this format"), "{line}");
    }
}

#[tokio::test]
async fn standard_output_contains_the_document_alone() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let show = ["--format", "json", "--show-secret"];
    let object: Value = serde_json::from_str(&document(bootstrap(&shell, &show))).unwrap();
    assert_eq!(object["base_url"], shell.emulator.base_url());
    assert!(object["client_id"].is_string());
    let secret = object["client_secret"].as_str().unwrap();
    let again = bootstrap(&shell, &show);
    assert_eq!(again.stdout, "");
    assert!(!again.stderr.contains(secret), "{again:?}");
    assert_eq!(again.code, Some(2));
    assert!(
        again.stderr.contains("pass --regenerate-secret"),
        "{again:?}"
    );
    let renew = [&show[..], &["--regenerate-secret"]].concat();
    let renewed: Value = serde_json::from_str(&document(bootstrap(&shell, &renew))).unwrap();
    assert_ne!(renewed["client_secret"], secret);
}

#[cfg(unix)]
#[tokio::test]
async fn the_exports_are_what_a_client_needs() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let file = shell.path("credentials");
    document(bootstrap(
        &shell,
        &["--format", "env", "--secret-file", &file],
    ));
    let script = format!(
        ". {file} && exec {} token runai",
        env!("CARGO_BIN_EXE_vauth")
    );
    let output = Command::new("/bin/sh")
        .args(["-c", &script])
        .env_clear()
        .output();
    let run = Run::from(output.unwrap());
    assert!(run.stdout().len() >= 40);
}

#[tokio::test]
async fn a_kubernetes_secret_has_the_given_names() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let names = ["--secret-name", "runai.import", "--namespace", "jobs"];
    let arguments = [&["--format", "k8s-secret", "--show-secret"][..], &names].concat();
    let text = document(bootstrap(&shell, &arguments));
    for line in [
        "apiVersion: v1\nkind: Secret\nmetadata:\n",
        "  name: \"runai.import\"\n  namespace: \"jobs\"\n",
        "type: Opaque\ndata:\n  RUNAI_BASE_URL: \"aHR0c",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[tokio::test]
async fn mistakes_are_errors_before_anything_is_created() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let before = shell.emulator.api_requests();
    let file = shell.path("credentials");
    for arguments in [
        &["--format", "k8s-secret", "--secret-name", "A_b"][..],
        &["--format", "k8s-secret", "--namespace", "a.b"],
        &["--format", "env", "--namespace", "a"],
        &["--secret-name", "a"],
        &["--format", "env", "--json"],
        &["--format", "yaml"],
    ] {
        let run = bootstrap(&shell, &[&["--secret-file", &file], arguments].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
    }
    let run = bootstrap(&shell, &["--format", "env"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(!Path::new(&file).exists());
    assert_eq!(shell.emulator.api_requests(), before);
}

/// What a server that hates shells would return.
const HOSTILE_ID: &str = "it's \"$(touch forged)\" `id`\n\u{fc}";

#[cfg(unix)]
#[test]
fn a_hostile_client_id_is_only_text() {
    let secret = "a'b\"c$(d)\u{fc}";
    let server = Hostile::start(move |request| {
        (request == "POST /api/v1/service-accounts").then(|| {
            let body = json!({ "id": "id-7", "name": NAME, "clientId": HOSTILE_ID, "clientSecret": secret });
            Answer::Json(201, body)
        })
    });
    let start = [
        "runai",
        "bootstrap",
        "--name",
        NAME,
        "--role",
        "Viewer",
        "--show-secret",
    ];
    let run = vauth(
        &[&start[..], &["--format", "env"]].concat(),
        &server.environment(),
    );
    let script = [
        &run.stdout,
        "printf '%s|%s' \"$RUNAI_CLIENT_ID\" \"$RUNAI_CLIENT_SECRET\"",
    ]
    .concat();
    let output = Command::new("/bin/sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    let read = String::from_utf8(output.stdout).unwrap();
    assert_eq!(read, format!("{HOSTILE_ID}|{secret}"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_signal_during_the_setup_leaves_no_document_without_a_secret() {
    use rustix::process::{Pid, Signal, kill_process};

    let server = Hostile::start(|request| {
        let is_create = request == "POST /api/v1/service-accounts";
        is_create.then(|| Answer::Json(201, json!({})).held())
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    let start = ["runai", "bootstrap", "--name", NAME, "--role", "Viewer"];
    let file = path.to_str().unwrap();
    let format = [
        "--format",
        "k8s-secret",
        "--namespace",
        "jobs",
        "--secret-file",
        file,
    ];
    let child = crate::support::command(&[&start[..], &format].concat(), &server.environment())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    server.wait_for("POST /api/v1/service-accounts");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let run = crate::support::finish(child);
    assert_eq!(run.code, Some(130), "{run:?}");
    // The command that completes the setup writes the same document.
    let again =
        format!("--secret-file {file} --format k8s-secret --namespace jobs --regenerate-secret`");
    assert!(run.stderr.contains(&again), "{run:?}");
    assert!(!path.exists());
}

/// The command line for a document on standard output, and a control plane that holds the account's response.
#[cfg(target_os = "linux")]
fn shown() -> ([&'static str; 9], Hostile) {
    let arguments = [
        "runai",
        "bootstrap",
        "--name",
        NAME,
        "--role",
        "Viewer",
        "--show-secret",
        "--format",
        "env",
    ];
    let server = Hostile::start(|request| {
        let body =
            json!({ "id": "id-7", "name": NAME, "clientId": "c", "clientSecret": "fake-secret" });
        (request == CREATE).then(|| Answer::Json(201, body).held())
    });
    (arguments, server)
}

/// Asserts that a run said that the secret is lost, and how to get another one.
#[cfg(target_os = "linux")]
#[track_caller]
fn assert_lost(run: &Run, code: i32) {
    assert_eq!(run.code, Some(code), "{run:?}");
    let last = run.stderr.lines().last().unwrap_or_default();
    assert!(last.contains("exists now with the id id-7"), "{run:?}");
    assert!(last.contains("is lost"), "{run:?}");
    let command = "vauth runai service-accounts regenerate-secret id-7";
    assert!(last.contains(command), "{run:?}");
    assert!(!run.stderr.contains("fake-secret"), "{run:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_that_nobody_gets_is_said_to_be_lost() {
    use rustix::process::Signal;

    use crate::interrupts::{fill, send, wait_until_it_writes};

    // A reader that goes meanwhile.
    let (arguments, server) = shown();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = crate::support::command(&arguments, &server.environment());
    let child = command
        .stdout(writer)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The command itself has a copy of the writer.
    drop(command);
    server.wait_for(CREATE);
    drop(reader);
    server.go_on();
    assert_lost(&crate::support::finish(child), 1);

    // A reader that does not read, and a signal: it waits neither for the write nor for the runtime.
    let (arguments, server) = shown();
    let (_reader, writer) = std::io::pipe().unwrap();
    let mut command = crate::support::command(&arguments, &server.environment());
    let child = command
        .stdout(writer.try_clone().unwrap())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    server.wait_for(CREATE);
    fill(&writer);
    server.go_on();
    assert!(wait_until_it_writes(&child));
    send(&child, Signal::TERM);
    assert_lost(&crate::support::finish(child), 143);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_when_the_document_arrives_is_said() {
    let (arguments, server) = shown();
    server.go_on();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let script = format!("ulimit -f 0; exec \"$@\" > '{}'", out.display());
    let output = Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_vauth")])
        .args(arguments)
        .env_clear()
        .envs(server.environment())
        .output()
        .unwrap();
    assert_lost(&output.into(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_loses_no_document_without_a_word() {
    let (arguments, server) = shown();
    server.go_on();
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = crate::support::command(&arguments, &server.environment())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    // A full device is detected before anything is created.
    assert_eq!(server.count(CREATE), 0);
}
