//! The `vauth` command: reads its arguments, runs one command, and turns the outcome into an exit code.

mod vendor;
mod arguments;
mod interruption;
mod proxy;
mod failure;
mod signals;
mod stdout;
mod output;
mod quoting;
mod source;
mod secrets;
mod confirm;
mod progress;
mod token;
mod request;
mod datasaur;
mod maia;
mod runai;
mod doctor;
mod emulate;
mod schema;
mod completions;
mod demo;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

use self::arguments::{Arguments, Command};
use self::failure::Failure;
use self::progress::with_progress;

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::System("cannot start the async runtime", error))?;
    let outcome = runtime.block_on(async {
        signals::survive_file_size_limit()?;
        match command {
            Command::Demo => demo::run().await,
            Command::Token(arguments) => with_progress(token::run(&arguments)).await,
            Command::Request(arguments) => with_progress(request::run(arguments)).await,
            Command::Datasaur(command) => with_progress(datasaur::run(command)).await,
            Command::Maia(command) => with_progress(maia::run(command)).await,
            Command::Runai(command) => with_progress(runai::run(command)).await,
            Command::Doctor(arguments) => with_progress(doctor::run(&arguments)).await,
            Command::Emulate(arguments) => emulate::run(arguments).await,
            Command::Schema(arguments) => schema::run(&arguments),
            Command::Completions(arguments) => completions::run(&arguments),
        }
    });
    // A name lookup that hangs cannot be cancelled, and dropping the runtime would wait for it.
    runtime.shutdown_background();
    outcome
}
