//! The workspace's own chores, run as `cargo xtask <command>`.

mod codegen;
mod flags;
mod bench;
mod new_vendor;
mod features;
mod tidy;
mod workspace;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use flags::Command;

fn main() -> ExitCode {
    let outcome = match flags::parse(std::env::args().skip(1)) {
        Ok(command) => run(command),
        Err(mistake) => {
            return match writeln!(
                io::stderr().lock(),
                "xtask: {mistake}\n\n{}",
                flags::usage()
            ) {
                Ok(()) => ExitCode::from(WRONG_USAGE),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    outcome.unwrap_or_else(|error| {
        // With standard error gone there is nobody left to tell; the exit code still says it.
        let _ = writeln!(io::stderr().lock(), "xtask: {error}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Help => {
            writeln!(io::stdout().lock(), "{}", flags::usage())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Bench(options) => bench::run(options),
        Command::Features(packages) => features::run(&packages),
        Command::Tidy => tidy::run(),
        Command::NewVendor { name } => new_vendor::run(&name),
        Command::Codegen { check } => codegen::run(check),
    }
}

/// The exit code by which shells and CI tell a misspelt command from one that failed.
const WRONG_USAGE: u8 = 2;
