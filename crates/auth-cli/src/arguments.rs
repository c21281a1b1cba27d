//! The arguments of the command line.

pub(crate) mod runai;
mod cache;
mod config;
mod datasaur;
mod environment;
mod exec;
mod global;
mod maia;
mod request;
mod schema;
mod server;
mod settings;
mod shared;
mod token;

pub(crate) use cache::{CacheArguments, CacheCommand};
pub(crate) use config::{
    ConfigCommand, ConfigListArguments, GetArguments, SetArguments, UnsetArguments,
};
pub(crate) use datasaur::{DatasaurCommand, JobArguments, QueryArguments, UploadArguments};
pub(crate) use exec::ExecArguments;
pub(crate) use global::{Color, GlobalArguments};
pub(crate) use maia::{
    CancelArguments, ExecutionArguments, ExecutionName, ExecutionsArguments, MaiaCommand,
    OfProjectArguments, ProjectsArguments, RunArguments, WaitArguments,
};
pub(crate) use request::RequestArguments;
pub(crate) use schema::SchemaArguments;
pub(crate) use server::{ListenAddress, ProxyArguments, ServeArguments, ServerArguments};
pub(crate) use settings::{SettingArguments, option_of};
pub(crate) use shared::{ConfirmArguments, ListArguments, SecretArguments};
pub(crate) use token::{Format, TokenArguments};

use std::convert::Infallible;
use std::path::PathBuf;

use auth_core::Secret;
use auth_testkit::ControlPlane;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use self::environment::environment;
use self::runai::RunaiCommand;
use self::settings::{DatasaurOnly, MaiaOnly, RunaiOnly, Vendors};
use self::shared::name;
use crate::vendor::Vendor;

/// Get access tokens for Datasaur, Maia and NVIDIA Run:ai, call their APIs, and emulate them.
#[derive(Debug, Parser)]
#[command(name = "vauth", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: GlobalArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the crates against three vendor emulators inside this process; takes a few seconds.
    Demo(DemoArguments),
    /// Print an access token for the credentials in the environment or in a profile.
    Token(TokenArguments),
    /// Run a command with an access token in its environment.
    Exec(ExecArguments),
    /// Send one authorized request to a vendor's API and print the response body.
    Request(RequestArguments),
    /// Query Datasaur's API, upload files, and wait for jobs.
    Datasaur(VendorArguments<DatasaurOnly, DatasaurCommand>),
    /// List projects and pipelines, and run pipelines.
    Maia(VendorArguments<MaiaOnly, MaiaCommand>),
    /// Manage a Run:ai control plane.
    Runai(VendorArguments<RunaiOnly, RunaiCommand>),
    /// Diagnose configuration, connectivity and sign-in, with a suggested fix for each failure.
    Doctor(DoctorArguments),
    /// Forward requests of local programs to a vendor's API with an access token, until it is interrupted.
    Proxy(ProxyArguments),
    /// Serve access tokens to local programs, as a cloud's metadata server does, until it is interrupted.
    Serve(ServeArguments),
    /// Run a vendor emulator on 127.0.0.1 until it is interrupted.
    Emulate(EmulateArguments),
    /// Print the JSON Schema of a command's JSON output.
    Schema(SchemaArguments),
    /// Show and delete the tokens that are stored between runs.
    #[command(subcommand)]
    Cache(CacheCommand),
    /// Show and change profiles: settings of a vendor under a name, in a configuration file.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a shell completion script for this command.
    #[command(after_help = INSTALLATION)]
    Completions(CompletionsArguments),
    /// Print the manual page of this command, or write those of all commands to a folder.
    Man(ManArguments),
}

/// The commands of one vendor, and its settings.
#[derive(Debug, Args)]
pub(crate) struct VendorArguments<V: Vendors, C: Subcommand> {
    #[command(flatten)]
    pub(crate) settings: SettingArguments<V>,
    #[command(subcommand)]
    pub(crate) command: C,
}

#[derive(Debug, Args)]
#[command(after_help = environment())]
pub(crate) struct DoctorArguments {
    /// Vendor to check; the profile's, if not given.
    pub(crate) vendor: Option<Vendor>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// Shell to complete in.
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// Write the pages of all commands to this folder, such as ~/.local/share/man/man1; it is created.
    ///
    /// man finds ~/.local/share/man if ~/.local/bin is on PATH, or if MANPATH names it.
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EmulateArguments {
    /// Vendor to emulate.
    pub(crate) vendor: Vendor,
    /// Listen on this port of 127.0.0.1; any free one by default.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Set the token lifetime; by default 3600 for Datasaur and Run:ai, 1800 for Maia.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=LONGEST_LIFETIME))]
    pub(crate) token_lifetime: Option<u64>,
    /// Set the version of Run:ai's control plane: 2.18, 2.20, 2.22, 2.24, 2.25 or 3.0; 2.24 by default.
    #[arg(long, value_name = "VERSION")]
    pub(crate) control_plane: Option<ControlPlane>,
    /// Set the client id; the vendor's name and `-demo-client` by default.
    #[arg(long, value_name = "ID", allow_hyphen_values = true, value_parser = name)]
    pub(crate) client_id: Option<String>,
    /// Set the client secret; generated by default.
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true, value_parser = secret)]
    pub(crate) client_secret: Option<Secret>,
    /// Set the user name of Run:ai's administrator; `admin@example.com` by default.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true, value_parser = name)]
    pub(crate) admin_username: Option<String>,
    /// Set the password of Run:ai's administrator; generated by default.
    #[arg(long, value_name = "PASSWORD", allow_hyphen_values = true, value_parser = secret)]
    pub(crate) admin_password: Option<Secret>,
}

/// Accepts any text: clap echoes what a parser rejects, so the secret is checked later.
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::from(text))
}

/// Ten years, as the longest of the other durations.
const LONGEST_LIFETIME: u64 = 10 * 365 * 24 * 60 * 60;

const EXIT_CODES: &str = "\
Exit codes:
   0  success, or the reader of the output closed the pipe
   1  the demo's expectations were not met, a step of doctor failed, or the system failed
   2  usage or configuration
   3  the credentials were rejected
   4  the endpoint is unavailable, unreachable, too slow, or asks to slow down
   5  the response could not be read
   6  the token endpoint refused the request for another reason
   7  a pipeline execution or a job failed
   8  a pipeline execution was cancelled
   9  the time limit of a wait passed; what it waited for continues
  22  the API returned 400 or above, GraphQL errors, a batch with failures, or a redirect
 126  exec cannot run the command; 127 if it is not found
 128 plus a signal's number  a signal ended a command that creates or changes something, waits for something, or writes a file";

const INSTALLATION: &str = "\
Install it where the shell looks for it, after 'mkdir -p' of the folder:
  bash        vauth completions bash > ~/.local/share/bash-completion/completions/vauth
  zsh         vauth completions zsh > ~/.zfunc/_vauth
              with 'fpath=(~/.zfunc $fpath)' before 'compinit' in ~/.zshrc
  fish        vauth completions fish > ~/.config/fish/completions/vauth.fish
  powershell  vauth completions powershell >> $PROFILE
  elvish      vauth completions elvish >> ~/.config/elvish/rc.elv";

#[cfg(test)]
mod tests;
