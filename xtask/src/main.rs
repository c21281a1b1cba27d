//! The workspace's development tasks, run as `cargo xtask <command>`.

mod flags;
mod ci;
mod release;
mod api;
mod bench;
mod codegen;
mod features;
mod fleet;
mod new_vendor;
mod tidy;
mod steps;
mod process;
mod workspace;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use flags::{Command, Flags, ReleaseCommand};

fn main() -> ExitCode {
    let outcome = api::instead_of_rustdoc().unwrap_or_else(|| run(Flags::parse().command));
    outcome.unwrap_or_else(|error| {
        // Without standard error the exit code still reports the failure.
        let _ = writeln!(io::stderr().lock(), "xtask: {error}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Api { check } => api::run(check),
        Command::Bench(options) => bench::run(options),
        Command::Ci(options) => ci::run(&options),
        Command::Codegen { check } => codegen::run(check),
        Command::CompileCost => bench::compile_cost(),
        Command::Features(options) => features::run(&options),
        Command::Fleet => fleet::run(),
        Command::NewVendor { name } => new_vendor::run(&name),
        Command::Release(ReleaseCommand::Check(options)) => release::check(&options),
        Command::Tidy => tidy::run(),
    }
}
