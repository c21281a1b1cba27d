//! The arguments of `vauth datasaur`.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::environment::environment;
use super::shared::{ListArguments, duration, name};

#[derive(Debug, Subcommand)]
pub(crate) enum DatasaurCommand {
    /// Send a GraphQL query and print the response's data unchanged; errors go to standard error.
    Query(QueryArguments),
    /// Upload files and print their object keys, which 'createProject' takes.
    Upload(UploadArguments),
    /// Show a job, or wait for its end.
    #[command(after_help = OUTCOMES)]
    Job(JobArguments),
}

#[derive(Debug, Args)]
#[command(after_help = environment())]
pub(crate) struct QueryArguments {
    /// GraphQL document, for example '{ me { id } }'; '@FILE' reads it from a file, '-' from standard input.
    pub(crate) graphql: String,
    /// Set the variables of the query, as a JSON object; '@FILE' reads it from a file, '-' from standard input.
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) variables: Option<String>,
    /// Select the operation to run, for a document that contains several.
    #[arg(long = "operation", value_name = "NAME", value_parser = name)]
    pub(crate) operation_name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UploadArguments {
    /// Files; '-' is standard input, which needs --name.
    #[arg(value_name = "FILE", required = true, value_hint = clap::ValueHint::FilePath)]
    pub(crate) files: Vec<OsString>,
    /// Upload the file under this name; its own by default.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct JobArguments {
    /// Id.
    #[arg(value_parser = name)]
    pub(crate) id: String,
    /// Wait for its end.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Wait at most this long, such as '90s', '30m' or '2h'; 24h by default.
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "wait")]
    pub(crate) time_limit: Option<Duration>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

const OUTCOMES: &str = "\
Exit codes:
   0  the job was delivered; without --wait, also for a job that has not ended
   7  it failed
   9  the time limit passed; it continues";
