//! Runs each example as a program of its own, against an emulator, and checks what it prints.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

#[path = "../../../common/redis_server.rs"]
mod redis_server;
#[path = "../common/postgres_server.rs"]
mod postgres_server;
mod grpc;
mod service;
mod rotating;
mod runai;
mod stores;

use std::process::{Command, Output};

use auth_testkit::{EmulatedVendor, Emulator};

/// A program whose environment points at an emulator and holds nothing else.
fn program(path: &str, emulator: &Emulator) -> Command {
    let prefix = emulator.name().to_uppercase();
    let variables = [
        ("BASE_URL", emulator.base_url()),
        ("TOKEN_URL", emulator.token_url()),
        ("CLIENT_ID", emulator.client_id()),
        ("CLIENT_SECRET", emulator.client_secret()),
    ];
    let mut command = Command::new(path);
    command
        .env_clear()
        .envs(variables.map(|(name, value)| (format!("{prefix}_{name}"), value)));
    command
}

/// Standard output of a program that ended well.
fn text(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn typed_graphql_prints_the_projects() {
    let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
    let program = env!("CARGO_BIN_EXE_graphql-typed");
    let text = text(program_output(program, &emulator));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines.last(), Some(&"2 in all"));
    assert!(
        lines
            .iter()
            .take(2)
            .all(|line| line.split(' ').count() >= 3),
        "{text}"
    );
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test]
async fn the_blocking_script_lists_every_project_with_one_token() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let program = env!("CARGO_BIN_EXE_blocking-script");
    let text = text(program_output(program, &emulator));
    let expected = [
        "page 0: 25 projects",
        "page 1: 25 projects",
        "page 2: 10 projects",
        "page 3: 0 projects",
        "60 projects",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test]
async fn the_blocking_script_ends_early_if_its_secret_is_wrong() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let mut command = program(env!("CARGO_BIN_EXE_blocking-script"), &emulator);
    let output = command
        .env("MAIA_CLIENT_SECRET", "fake-wrong-secret")
        .output()
        .unwrap();
    assert!(
        !output.status.success() && output.stdout.is_empty(),
        "{output:?}"
    );
    assert_eq!(emulator.api_requests(), 0);
}

#[tokio::test]
async fn an_own_http_client_sends_everything() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let program = env!("CARGO_BIN_EXE_own-http-client");
    let text = text(program_output(program, &emulator));
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].starts_with("POST /oauth/dpc/token: 200 OK in "),
        "{text}"
    );
    assert!(
        lines[1].starts_with("GET /dpc/v1/projects: 200 OK in "),
        "{text}"
    );
    assert_eq!(lines[2..], ["25 projects"]);
    assert_eq!((emulator.token_requests(), emulator.api_requests()), (1, 1));
}

#[tokio::test]
async fn an_own_http_client_follows_no_redirect() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let elsewhere = format!("{}/elsewhere", emulator.base_url());
    emulator.inject_api_fault(auth_testkit::Fault::redirect(&elsewhere));
    let program = env!("CARGO_BIN_EXE_own-http-client");
    let output = program_output(program, &emulator);
    assert!(!output.status.success(), "{output:?}");
    assert_eq!(emulator.unscripted_requests(), 0);
    assert_eq!(emulator.api_requests(), 1);
}

/// Runs a program to its end.
fn program_output(path: &str, emulator: &Emulator) -> Output {
    program(path, emulator).output().unwrap()
}
