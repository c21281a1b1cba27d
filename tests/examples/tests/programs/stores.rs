//! The programs that share a token, each run as several processes, with a server and without.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use auth_testkit::{EmulatedVendor, Emulator};

use super::postgres_server::{self, PostgresServer};
use super::redis_server::{self, RedisServer};

/// Runs a program in several processes at once, and checks that each does its work.
fn run(program: &str, emulator: &Emulator, store: &str, processes: usize) {
    let start = |_| {
        let mut command: Command = super::program(program, emulator);
        command
            .arg(store)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let running: Vec<_> = (0..processes).map(start).collect();
    for process in running {
        let output: Output = process.wait_with_output().unwrap();
        assert_eq!(super::text(output), "25 projects\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_with_a_redis_server_send_one_token_request() {
    if !redis_server::is_installed() {
        return;
    }
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let server = RedisServer::start(&[]);
    let program = env!("CARGO_BIN_EXE_redis-token");
    run(program, &emulator, &server.url(), 4);
    assert_eq!((emulator.token_requests(), emulator.api_requests()), (1, 4));
    // One that starts later finds the token.
    run(program, &emulator, &server.url(), 1);
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_redis_server_each_process_sends_its_own() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let nobody = format!("unix://{}", folder.path().join("nobody.sock").display());
    run(env!("CARGO_BIN_EXE_redis-token"), &emulator, &nobody, 2);
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_with_a_postgres_server_send_one_token_request() {
    if !postgres_server::is_installed() {
        return;
    }
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let server = PostgresServer::start();
    let program = env!("CARGO_BIN_EXE_postgres-token");
    // The first process creates the table: two that do so at once would meet.
    run(program, &emulator, &server.settings(), 1);
    run(program, &emulator, &server.settings(), 4);
    assert_eq!((emulator.token_requests(), emulator.api_requests()), (1, 5));
}

#[test]
fn a_folder_of_a_server_is_gone_with_it() {
    if !postgres_server::is_installed() {
        return;
    }
    let server = PostgresServer::start();
    let folder = server.folder().to_owned();
    assert!(folder.exists());
    drop(server);
    assert!(!Path::new(&folder).exists());
}
