//! Tests of logs that nobody reads, or that find no space: they change nothing but what is logged.

use std::fs::File;
use std::process::Stdio;

use auth_testkit::EmulatedVendor;
use rustix::process::Signal;

use crate::interrupts::fill;
use crate::organization::one_cluster;
use crate::servers::running::Running;
use crate::support::{Environment, Run, command, environment, finish, start};

/// Standard errors that cannot be written: the reader is gone, and the disk is full.
fn broken() -> [Stdio; 2] {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let full = File::options().write(true).open("/dev/full").unwrap();
    [writer.into(), full.into()]
}

fn run(stderr: Stdio, arguments: &[&str], environment: &Environment) -> Run {
    let child = command(arguments, environment)
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn();
    finish(child.unwrap())
}

#[tokio::test]
async fn a_command_works_although_its_log_cannot_be_written() {
    let emulator = start(EmulatedVendor::Maia).await;
    let maia = environment(&emulator);
    for stderr in broken() {
        let token = run(stderr, &["-v", "token", "maia"], &maia).stdout();
        assert_eq!(token.lines().count(), 1, "{token}");
    }
    let shell = one_cluster().await;
    for (stderr, name) in broken().into_iter().zip(["first", "second"]) {
        let create = ["-vv", "runai", "apps", "create", name, "--show-secret"];
        let secret = run(stderr, &create, &shell.environment).stdout();
        assert!(secret.contains(name), "{secret}");
    }
}

#[tokio::test]
async fn a_server_answers_and_ends_although_its_log_is_lost() {
    let (reader, full) = std::io::pipe().unwrap();
    fill(&full);
    let [gone, no_space] = broken();
    for stderr in [gone, no_space, full.into()] {
        let emulator = start(EmulatedVendor::Maia).await;
        let environment = environment(&emulator);
        let server = Running::start_with(stderr, &["serve", "maia", "-v"], &environment, emulator);
        for _ in 0..3 {
            let reply = server.send("GET /token", &["vauth: true"], b"");
            assert_eq!(reply.status, 200, "{reply:?}");
        }
        server.signal(Signal::TERM);
        assert_eq!(server.ended().0, Some(0));
    }
    drop(reader);
}
