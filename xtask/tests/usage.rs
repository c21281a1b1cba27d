//! Tests of what the program answers to words that are no work.

use std::io;
use std::process::{Command, Output};

#[test]
fn an_unknown_command_exits_with_2_and_lists_the_commands() {
    let output = xtask(&["tidie"]).unwrap();
    let answer = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        answer.starts_with("xtask: unknown command `tidie`\n"),
        "{answer}"
    );
    assert!(answer.contains("\n  tidy "), "{answer}");
}

#[test]
fn help_lists_the_commands_on_standard_output() {
    let output = xtask(&["--help"]).unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("\n  tidy "));
}

fn xtask(words: &[&str]) -> io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(words)
        .output()
}
