//! The arguments of the command line.

pub(crate) mod runai;
mod shared;

pub(crate) use shared::{ConfirmArguments, ListArguments, SecretArguments};

use std::convert::Infallible;

use auth_core::Secret;
use auth_testkit::ControlPlane;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use http::Method;

use self::runai::RunaiCommand;
use crate::vendor::Vendor;

/// Signs in to Datasaur, Maia and NVIDIA Run:ai.
#[derive(Debug, Parser)]
#[command(name = "vauth", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows the crates at work with three emulated vendors inside this process; takes a few seconds.
    Demo,
    /// Prints a token for the credentials in the environment.
    Token(TokenArguments),
    /// Sends one authorized request to a vendor's API and prints the answer's body.
    Request(RequestArguments),
    /// Asks Datasaur's API.
    #[command(subcommand)]
    Datasaur(DatasaurCommand),
    /// Asks Maia's API.
    #[command(subcommand)]
    Maia(MaiaCommand),
    /// Administers Run:ai.
    #[command(subcommand)]
    Runai(RunaiCommand),
    /// Diagnoses configuration, connectivity and sign-in, with a suggested fix for each failure.
    Doctor(DoctorArguments),
    /// Runs an emulated vendor on 127.0.0.1 until it is interrupted.
    Emulate(EmulateArguments),
    /// Prints a script that teaches a shell to complete this command.
    Completions(CompletionsArguments),
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct TokenArguments {
    /// Vendor to sign in to.
    pub(crate) vendor: Vendor,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Token)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The token alone.
    Token,
    /// The whole header line, `Authorization: Bearer` and the token, as `curl -H` takes it.
    Header,
    /// An object with `token`, `token_type`, `expires_at`, `expires_in` and `scope`.
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct RequestArguments {
    /// Vendor to sign in to.
    pub(crate) vendor: Vendor,
    /// The HTTP method, in capitals.
    pub(crate) method: Method,
    /// The path below the API's base URL, with its query if it has one.
    pub(crate) path: String,
    /// A JSON body to send.
    #[arg(
        short = 'd',
        long = "data",
        value_name = "BODY",
        allow_hyphen_values = true
    )]
    pub(crate) body: Option<String>,
    /// Prints the answer's status and headers before its body.
    #[arg(short = 'i', long)]
    pub(crate) include: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DatasaurCommand {
    /// Sends a GraphQL query and prints the answer's data as it came; errors go to standard error.
    Query(QueryArguments),
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct QueryArguments {
    /// The document, for example '{ me { id } }'.
    pub(crate) graphql: String,
    /// The variables, a JSON object.
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) variables: Option<String>,
    /// The operation to run, of a document that holds several.
    #[arg(long = "operation", value_name = "NAME")]
    pub(crate) operation_name: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MaiaCommand {
    /// Lists the projects that the credentials may see.
    Projects(ProjectsArguments),
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct ProjectsArguments {
    /// How many projects one request asks for.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) page_size: u32,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct DoctorArguments {
    /// Whom to check.
    pub(crate) vendor: Vendor,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct EmulateArguments {
    /// Vendor to emulate.
    pub(crate) vendor: Vendor,
    /// The port on 127.0.0.1; any free one by default.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// How long tokens live; 3600 for Datasaur and Run:ai, 1800 for Maia by default.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) token_lifetime: Option<u64>,
    /// The version of Run:ai's control plane, 2.20, 2.22, 2.24 or 3.0; 2.24 by default.
    #[arg(long, value_name = "VERSION")]
    pub(crate) control_plane: Option<ControlPlane>,
    /// The id of the one client; made up by default.
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) client_id: Option<String>,
    /// The secret of the one client; made up by default.
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true, value_parser = secret)]
    pub(crate) client_secret: Option<Secret>,
    /// The name of Run:ai's administrator; `admin@example.com` by default.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub(crate) admin_username: Option<String>,
    /// The password of Run:ai's administrator; made up by default.
    #[arg(long, value_name = "PASSWORD", allow_hyphen_values = true, value_parser = secret)]
    pub(crate) admin_password: Option<Secret>,
}

/// Takes any text: what an argument's parser refuses is echoed, and this is checked later.
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::from(text))
}

const ENVIRONMENT: &str = "\
Environment:
  datasaur  DATASAUR_CLIENT_ID, DATASAUR_CLIENT_SECRET; DATASAUR_BASE_URL
  maia      MAIA_CLIENT_ID, MAIA_CLIENT_SECRET, MAIA_REGION or MAIA_BASE_URL;
            MAIA_TOKEN_URL, MAIA_AUDIENCE
  runai     RUNAI_CLIENT_ID, RUNAI_CLIENT_SECRET, RUNAI_BASE_URL;
            RUNAI_USERNAME and RUNAI_PASSWORD instead of the first two;
            RUNAI_TOKEN_API, RUNAI_CA_FILE
Variables after the semicolon are optional.
Each _CLIENT_SECRET may be a _CLIENT_SECRET_FILE instead, which names a file.";

const EXIT_CODES: &str = "\
Exit codes:
   0  it worked
   1  the demo's expectations did not hold, a step of doctor failed, or the system failed
   2  usage or configuration
   3  the credentials were refused
   4  the endpoint is unavailable, unreachable, too slow, or asks to slow down
   5  the answer could not be read
   6  the token endpoint refused the request for another reason
  22  the API answered 400 or above, with GraphQL errors, or to a request with a redirect
 128 and a signal's number  a signal ended a command that creates or changes something";
