//! Tests of signals to commands that have done their work, and wait for a reader of their output who does not read.

use std::process::Stdio;

use auth_testkit::EmulatedVendor;
use rustix::process::Signal;

use crate::datasaur_files::job;
use crate::interrupts::{fill, send, wait_until_it_writes};
use crate::organization::one_cluster;
use crate::support::{Environment, command, environment, finish, start};

/// Runs a command whose output does not fit into its pipe, and returns the line after a signal.
fn interrupted(arguments: &[&str], environment: &Environment) -> String {
    let (_reader, writer) = std::io::pipe().unwrap();
    fill(&writer);
    let child = command(arguments, environment)
        .stdout(writer.try_clone().unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until_it_writes(&child);
    send(&child, Signal::TERM);
    finish(child).failure(143)
}

#[tokio::test]
async fn a_signal_ends_the_wait_and_it_is_said_what_was_done() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let datasaur = environment(&emulator);
    let id = job(&emulator);
    let line = interrupted(&["datasaur", "job", &id, "--wait"], &datasaur);
    assert!(line.contains(&format!("job {id} has ended")), "{line}");
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("minutes.txt");
    std::fs::write(&file, "text").unwrap();
    let upload = ["datasaur", "upload", file.to_str().unwrap()];
    let line = interrupted(&upload, &datasaur);
    assert!(line.contains("minutes.txt was uploaded as "), "{line}");
    let shell = one_cluster().await;
    shell.json(&["projects", "create", "team-a"]);
    let set = ["runai", "projects", "set-quota", "team-a", "--gpus", "2"];
    let line = interrupted(&set, &shell.environment);
    assert!(line.contains("project team-a was changed"), "{line}");
}

#[tokio::test]
async fn a_signal_ends_a_server_whose_ready_line_is_not_read() {
    let emulator = start(EmulatedVendor::Maia).await;
    let line = interrupted(&["serve", "maia"], &environment(&emulator));
    assert!(line.contains("nothing was served"), "{line}");
}

#[tokio::test]
async fn a_signal_that_a_late_reader_overtakes_still_ends_a_server() {
    let emulator = start(EmulatedVendor::Maia).await;
    let (mut reader, writer) = std::io::pipe().unwrap();
    fill(&writer);
    let child = command(&["serve", "maia"], &environment(&emulator))
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until_it_writes(&child);
    send(&child, Signal::TERM);
    // Within the time that a write has after a signal.
    let reading = std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    let run = finish(child);
    assert_eq!(run.code, Some(0), "{run:?}");
    reading.join().unwrap().unwrap();
}
