//! `cargo xtask fleet`: 200 processes that share one token, in each case that can go wrong.

use std::error::Error;
use std::process::ExitCode;

use crate::{process, workspace};

/// Runs the fleet and prints its table, which takes about ten minutes.
pub(crate) fn run() -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let arguments = ["test", "--package", "tests", "--test", "fleet_processes"];
    process::succeed(process::cargo(&root).args(arguments).args(["--", TABLE]))?;
    Ok(ExitCode::SUCCESS)
}

/// What makes the program of the tests print a table instead.
const TABLE: &str = "table";
