//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Cargo in that folder, of the toolchain that runs this program.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder);
    forget_package(&mut command);
    command
}

/// Cargo of another toolchain, which must be installed.
pub(crate) fn cargo_of(toolchain: &str, folder: &Path) -> Command {
    let mut command = Command::new("rustup");
    command
        .args(["run", toolchain, "cargo"])
        // Set for programs that cargo runs, and would name the wrong toolchain.
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .current_dir(folder);
    forget_package(&mut command);
    command
}

/// Removes what `cargo run` and `cargo test` tell a program about its package: build scripts, such as ring's, run again when it changes,
/// and everything above them is compiled again.
fn forget_package(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_package(name)) {
        command.env_remove(name);
    }
}

fn is_of_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// Runs a program whose output is shown as it comes.
///
/// # Errors
///
/// Says what failed.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("cannot run {}: {error}", shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed: {status}", shown(command)))
    }
}

/// Runs a program and returns its standard output.
///
/// # Errors
///
/// Says what failed, with the last lines of its standard error.
pub(crate) fn read(command: &mut Command) -> Result<String, String> {
    let output = output(command)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failure(command, &output))
    }
}

/// Runs a program to its end, whatever its exit code.
///
/// # Errors
///
/// Says why it cannot be run.
pub(crate) fn output(command: &mut Command) -> Result<Output, String> {
    command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {}: {error}", shown(command)))
}

/// Describes a failure, with the last lines of both outputs.
pub(crate) fn failure(command: &Command, output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
    format!("`{}` failed: {}\n{last}", shown(command), output.status)
}

/// The program's name and arguments, as a person would type them.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// Enough for the first error of a build.
const LAST_LINES: usize = 40;

#[cfg(test)]
mod tests;
