//! The `vauth` command: reads its arguments, runs one command, and turns the outcome into an exit code.

mod vendor;
mod store_settings;
mod credentials;
mod arguments;
mod interruption;
mod text;
mod paths;
mod ownership;
mod style;
mod notes;
mod names;
mod similar;
mod variables;
mod proxy_variables;
mod failure;
mod logging;
mod signals;
mod stdout;
mod output;
mod quoting;
mod file_error;
mod secret_file;
mod source;
mod layer;
mod store;
mod profiles;
mod settings;
mod session;
mod work;
mod secrets;
mod lookup;
mod confirm;
mod progress;
mod operation;
mod server;
mod config;
mod token;
mod exec;
mod cache;
mod request;
mod datasaur;
mod maia;
mod runai;
mod doctor;
mod forward;
mod token_server;
mod emulate;
mod schema;
mod completions;
mod man;
mod demo;

use std::process::ExitCode;
use std::time::Instant;

use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};
use tokio::runtime::Builder;

use self::arguments::{Arguments, Color, Command, GlobalArguments, SettingArguments};
use self::failure::Failure;
use self::progress::with_progress;
use self::session::Session;
use self::settings::Settings;
use self::store::Process;
use self::variables::Variables;
use self::vendor::Vendor;

fn main() -> ExitCode {
    let variables = Variables::of_process();
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let color = Color::among(words);
    let (wanted, choice) = match color {
        Color::Auto => (None, ColorChoice::Auto),
        Color::Always => (Some(true), ColorChoice::Always),
        Color::Never => (Some(false), ColorChoice::Never),
    };
    style::decide(wanted, variables.non_empty("NO_COLOR").is_some());
    let parsed = Arguments::command().color(choice).try_get_matches();
    let arguments = parsed.and_then(|parsed| Arguments::from_arg_matches(&parsed));
    let outcome = arguments.map_or_else(not_run, |arguments| {
        start(&arguments.global, &variables)?;
        let session = Session::new(variables, arguments.global.profile.as_deref())?;
        run(arguments.command, &session)
    });
    logging::finish();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Ends with a usage error, or prints the help that was requested.
fn not_run(error: clap::Error) -> Result<(), Failure> {
    if error.use_stderr() {
        error.exit();
    }
    error.print().map_err(Failure::output)
}

fn start(arguments: &GlobalArguments, variables: &Variables) -> Result<(), Failure> {
    if arguments.quiet {
        notes::be_quiet();
    }
    logging::start(arguments, variables)
}

fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Demo(arguments) => block_on(demo::run(&arguments)),
        Command::Token(arguments) => {
            let settings = complete(session, arguments.vendor, &arguments.settings)?;
            let renews = arguments.force_refresh;
            let work = token::run(&arguments, &settings, session.variables());
            renewing(&settings, renews, work)
        }
        Command::Exec(arguments) => {
            let prepared = exec::Prepared::new(arguments.command, arguments.env)?;
            let settings = complete(session, arguments.vendor, &arguments.settings)?;
            let renews = arguments.force_refresh;
            let token = renewing(&settings, renews, async {
                Ok(settings.client()?.token().await?)
            })?;
            let variables = (!arguments.keep_environment).then(|| session.variables());
            Err(prepared.replace_this_process(settings.vendor(), &token, variables))
        }
        Command::Request(arguments) => {
            // Mistakes in the request are reported before a secret is requested from the user.
            let (prepared, options) = request::prepare(arguments)?;
            let settings = complete(session, Some(prepared.vendor()), &options)?;
            signed_in(&settings, request::run(prepared, &settings))
        }
        Command::Datasaur(arguments) => {
            let settings = complete(session, Some(Vendor::Datasaur), &arguments.settings)?;
            signed_in(&settings, datasaur::run(arguments.command, &settings))
        }
        Command::Maia(arguments) => {
            let settings = complete(session, Some(Vendor::Maia), &arguments.settings)?;
            signed_in(&settings, maia::run(arguments.command, &settings))
        }
        Command::Runai(arguments) => {
            let settings = complete(session, Some(Vendor::Runai), &arguments.settings)?;
            signed_in(&settings, runai::run(arguments.command, &settings))
        }
        Command::Doctor(arguments) => {
            let started = Instant::now();
            let vendor = session.vendor(arguments.vendor)?;
            let settings = session.settings(vendor, arguments.settings.given());
            let settings = settings.and_then(Settings::complete);
            block_on(with_progress(doctor::run(&arguments, settings, started)))
        }
        Command::Proxy(arguments) => {
            let settings = complete(session, arguments.vendor, &arguments.settings)?;
            serving(&settings, forward::run(&arguments, &settings))
        }
        Command::Serve(arguments) => {
            let settings = complete(session, arguments.vendor, &arguments.settings)?;
            serving(&settings, token_server::run(&arguments, &settings))
        }
        Command::Emulate(arguments) => block_on(emulate::run(arguments)),
        Command::Cache(command) => block_on(cache::run(command, session)),
        Command::Config(command) => config::run(command, session),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// Returns the settings to sign in with; the user may have to type a secret.
fn complete<V>(
    session: &Session,
    vendor: Option<Vendor>,
    options: &SettingArguments<V>,
) -> Result<Settings, Failure> {
    let vendor = session.vendor(vendor)?;
    session.settings(vendor, options.given())?.complete()
}

fn signed_in(
    settings: &Settings,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    renewing(settings, false, work)
}

/// Does work that signs in; with `renews`, with a new token even if there is a stored one.
fn renewing<T>(
    settings: &Settings,
    renews: bool,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    if renews {
        settings.check_renewable()?;
    }
    settings.open_store(Process::Run, renews);
    block_on(with_progress(work)).map_err(|failure| failure.in_terms_of(settings.names()))
}

/// As [`signed_in`], for a server, which waits for requests and not for the vendor.
fn serving(
    settings: &Settings,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    settings.open_store(Process::Server, false);
    block_on(work).map_err(|failure| failure.in_terms_of(settings.names()))
}

fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::System("cannot start the async runtime", error))?;
    let outcome = runtime.block_on(async {
        signals::survive_file_size_limit()?;
        work.await
    });
    // A name lookup that hangs cannot be cancelled, and dropping the runtime would wait for it.
    runtime.shutdown_background();
    outcome
}
