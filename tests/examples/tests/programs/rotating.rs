//! The program whose secret is rotated while it runs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator};

fn store(path: &Path, emulator: &Emulator, secret: &str) {
    let entry = serde_json::json!({ "client_id": emulator.client_id(), "client_secret": secret });
    std::fs::write(path, entry.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_is_used_without_a_restart() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials.json");
    store(&file, &emulator, emulator.client_secret());
    emulator.set_token_lifetime(Duration::from_secs(2));
    let mut command = super::program(env!("CARGO_BIN_EXE_rotating-secret"), &emulator);
    // The store is its only source of credentials.
    command
        .env_remove("MAIA_CLIENT_ID")
        .env_remove("MAIA_CLIENT_SECRET")
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let mut input = program.stdin.take().unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut call = || {
        input.write_all(b"next\n").unwrap();
        output.next().unwrap().unwrap()
    };

    // Calls until one ends as expected; the program has the system's clock, which no test can turn.
    let mut call_until = |is_expected: &dyn Fn(&str) -> bool| {
        (0..400).any(|_| {
            is_expected(&call()) || {
                std::thread::park_timeout(Duration::from_millis(25));
                false
            }
        })
    };
    const SUCCESS: &str = "25 projects";

    assert!(call_until(&|line| line == SUCCESS));
    store(&file, &emulator, "fake-second-secret");
    emulator.rotate_secret("fake-second-secret");
    // The refresh has the new secret, and no call fails meanwhile.
    assert!(call_until(&|line| {
        assert_eq!(line, SUCCESS);
        emulator.token_requests() > 1
    }));

    // Here the store is late: the old secret is rejected, and the new one ends the cool-down.
    emulator.rotate_secret("fake-third-secret");
    assert!(call_until(&|line| {
        assert!(!line.contains("fake-"), "{line}");
        line.starts_with("failed: ")
    }));
    store(&file, &emulator, "fake-third-secret");
    assert!(call_until(&|line| line == SUCCESS));
    drop(input);
    assert!(program.wait().unwrap().success());
}
