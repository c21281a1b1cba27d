//! What the crates depend on: licences, bans, advisories, and whether each one is used.

use std::fs;
use std::path::PathBuf;

use super::Context;
use super::tools::{DENY, MACHETE};
use crate::process::{cargo, read};
use crate::steps::{Outcome, StepResult};

/// Applies deny.toml, except for the advisories.
pub(super) fn deny(context: &Context) -> StepResult {
    let mut command = match context.tools.command(&DENY) {
        Ok(command) => command,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    // It reads the manifest of every crate in the lock file, those of other platforms included.
    read(cargo(&context.root).args(["fetch", "--locked"]))?;
    command.args(["--offline", "--locked", "check", "--hide-inclusion-graph"]);
    read(command.args(["bans", "licenses", "sources"]))?;
    Ok(Outcome::passed())
}

/// Compares the dependencies with a copy of the advisory database, which `cargo deny fetch` makes.
pub(super) fn advisories(context: &Context) -> StepResult {
    let deny = || context.tools.command(&DENY);
    let mut command = match deny() {
        Ok(command) => command,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    // A download that failed leaves the folder with a lock file.
    let has_database = || {
        let folders = cargo_home().and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok());
        folders.is_some_and(|found| found.flatten().any(|entry| entry.path().is_dir()))
    };
    if !has_database() && context.tools.installs() {
        // Whether it worked shows in the folder.
        let _ = read(deny()?.arg("fetch"));
    }
    if !has_database() {
        let reason = "there is no copy of the advisory database: run `cargo deny fetch`";
        return Ok(Outcome::Skipped(reason.to_owned()));
    }
    read(command.args(["--offline", "--locked", "check", "advisories"]))?;
    Ok(Outcome::passed())
}

/// Searches for dependencies that no code names.
pub(super) fn unused(context: &Context) -> StepResult {
    match context.tools.command(&MACHETE) {
        Ok(mut command) => {
            // Only what belongs to the workspace, not the programs below `target`.
            read(command.args(["crates", "tests", "xtask"]))?;
            Ok(Outcome::passed())
        }
        Err(reason) => Ok(Outcome::Skipped(reason)),
    }
}

fn cargo_home() -> Option<PathBuf> {
    let home = || Some(std::env::home_dir()?.join(".cargo"));
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(home)
}
