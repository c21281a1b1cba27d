//! Tests of a standard output that is full, closed or /dev/null: lost output is an error where that can be known, and what was started is said.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, Maia};

use crate::support::{Environment, Run, SECRET, environment, start, with};

/// Returns a shell that redirects standard output and becomes vauth.
fn shell(redirection: &str, arguments: &[&str], environment: &Environment) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg(format!("exec \"$0\" \"$@\" {redirection}"))
        .arg(env!("CARGO_BIN_EXE_vauth"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)));
    shell
}

fn redirected(redirection: &str, arguments: &[&str], environment: &Environment) -> Run {
    let output = shell(redirection, arguments, environment).output();
    output.unwrap().into()
}

/// A device without space.
const FULL: &str = "> /dev/full";

#[tokio::test]
async fn output_that_is_lost_is_an_error() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = environment(&emulator);
    for arguments in [
        &["token", "maia"][..],
        &["token", "maia", "--format", "json"],
        &["maia", "projects"],
        &["request", "maia", "/dpc/v1/projects?page=0"],
        &["cache", "status", "--store", "none"],
        &["config", "list", "maia", "--json"],
        &["doctor", "maia"],
        &["schema"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["token", "--help"],
        &["--version"],
    ] {
        let line = redirected(FULL, arguments, &environment).failure(1);
        assert!(line.contains("standard output"), "{arguments:?}: {line}");
    }
}

#[tokio::test]
async fn output_that_is_not_wanted_is_no_error() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = environment(&emulator);
    // The last one cannot be told from the one before, with which other languages start programs whose output is ignored.
    for redirection in ["> /dev/null", "1<> /dev/null", ">&-"] {
        let run = redirected(redirection, &["maia", "projects"], &environment);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.stderr, "", "{run:?}");
    }
}

/// Returns the first line on standard error of a server whose standard output leads nowhere, and stops it.
fn first_line(redirection: &str, arguments: &[&str], environment: &Environment) -> String {
    let mut server = shell(redirection, arguments, environment)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(server.stderr.take().unwrap());
    let (lines, line) = channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = stderr.read_line(&mut line);
        let _ = lines.send(read.map(|_| line));
    });
    // A server that says nothing runs on.
    let line = line.recv_timeout(LONG);
    server.kill().unwrap();
    server.wait().unwrap();
    line.unwrap().unwrap()
}

#[tokio::test]
async fn the_port_that_a_server_chose_is_on_standard_error_if_standard_output_leads_nowhere() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = with(environment(&emulator), "VAUTH_STORE", "none");
    for redirection in [">&-", "> /dev/null"] {
        for arguments in [
            &["serve", "maia"][..],
            &["proxy", "maia"],
            &["-q", "serve", "maia"],
        ] {
            let line = first_line(redirection, arguments, &environment);
            assert!(line.contains("\"url\":\"http://127.0.0.1:"), "{line}");
        }
        let line = first_line(redirection, &["emulate", "maia"], &environment);
        assert!(line.contains("listening at http://127.0.0.1:"), "{line}");
        assert!(!line.contains("secret"), "{line}");
    }
    // A port that the user chose is known.
    let folder = tempfile::tempdir().unwrap();
    let socket = format!("unix:{}", folder.path().join("socket").display());
    let serve = ["-v", "serve", "maia", "--listen", &socket];
    let line = first_line(">&-", &serve, &environment);
    assert!(!line.contains("listening"), "{line}");
}

async fn maia() -> Emulator {
    let moment = Duration::from_millis(1);
    let maia = Maia::new()
        .pipeline("Works", moment)
        .failing_pipeline("Fails", moment, "no table");
    let builder = Emulator::builder(maia).client_secret(SECRET);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn the_id_of_a_run_whose_output_is_lost_is_on_standard_error() {
    let emulator = maia().await;
    let environment = environment(&emulator);
    let start = [
        "maia",
        "run",
        "Project 01",
        "Works",
        "--environment",
        "Production",
    ];
    for more in [&[][..], &["--json"], &["--wait"]] {
        let line = redirected(FULL, &[&start, more].concat(), &environment).failure(1);
        assert!(line.contains("was started"), "{line}");
        assert!(line.contains("vauth maia wait "), "{line}");
        for redirection in [">&-", "> /dev/null"] {
            let run = redirected(redirection, &[&start, more].concat(), &environment);
            assert_eq!(run.code, Some(0), "{run:?}");
            assert_eq!(
                run.stderr.matches("started execution ").count(),
                1,
                "{run:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_failed_run_says_as_well_that_its_output_is_lost() {
    let emulator = maia().await;
    let environment = environment(&emulator);
    let start = [
        "maia",
        "run",
        "Project 01",
        "Fails",
        "--environment",
        "Production",
    ];
    let arguments = [&start[..], &["--wait", "--json"]].concat();
    let run = redirected(FULL, &arguments, &environment);
    assert_eq!(run.code, Some(7), "{run:?}");
    let last = run.stderr.lines().last().unwrap();
    for part in ["no table", "cannot write to standard output"] {
        assert!(last.contains(part), "{run:?}");
    }
    let arguments = ["request", "maia", "/dpc/v1/no-such"];
    let line = redirected(FULL, &arguments, &environment).failure(22);
    assert!(line.contains("cannot write to standard output"), "{line}");
}

/// Long enough for the slowest machine.
const LONG: Duration = Duration::from_secs(20);
