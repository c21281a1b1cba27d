//! Tests of the program's exit codes and of where it writes.

use std::io;
use std::process::{Command, Output};

#[test]
fn an_unknown_command_exits_with_2_and_names_the_likely_one() {
    let output = xtask(&["tidie"]).unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("tidie"), "{message}");
    assert!(message.contains("cargo xtask <COMMAND>"), "{message}");
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
