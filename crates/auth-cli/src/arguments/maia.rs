//! The arguments of `vauth maia`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::environment::environment;
use super::shared::{ConfirmArguments, ListArguments, duration, name};

#[derive(Debug, Subcommand)]
pub(crate) enum MaiaCommand {
    /// List the projects that the credentials can access.
    Projects(ProjectsArguments),
    /// List the environments of a project.
    Environments(OfProjectArguments),
    /// List the published pipelines of a project, which can be run.
    Pipelines(OfProjectArguments),
    /// Start a published pipeline and print the id of its execution.
    #[command(after_help = OUTCOMES)]
    Run(RunArguments),
    /// List the pipeline executions of a project, the most recent first.
    Executions(ExecutionsArguments),
    /// Show a pipeline execution.
    Status(ExecutionArguments),
    /// List the steps of a pipeline execution.
    Steps(ExecutionArguments),
    /// Wait for the end of a pipeline execution.
    #[command(after_help = OUTCOMES)]
    Wait(WaitArguments),
    /// Cancel a pipeline execution.
    Cancel(CancelArguments),
}

#[derive(Debug, Args)]
#[command(after_help = environment())]
pub(crate) struct ProjectsArguments {
    /// Set the number of projects per request.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) page_size: u32,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct OfProjectArguments {
    /// Id or name of the project.
    #[arg(value_parser = name)]
    pub(crate) project: String,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ExecutionsArguments {
    /// Id or name of the project.
    #[arg(value_parser = name)]
    pub(crate) project: String,
    /// List at most this many.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Id or name of the project.
    #[arg(value_parser = name)]
    pub(crate) project: String,
    /// Name of the published pipeline.
    #[arg(value_parser = name)]
    pub(crate) pipeline: String,
    /// Run it in this environment.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) environment: String,
    /// Set a scalar variable of the pipeline; can be repeated.
    // Read later, since clap would repeat the text, which may be a secret.
    #[arg(long = "var", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub(crate) variables: Vec<String>,
    /// Wait for its end.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Wait at most this long, such as '90s', '30m' or '2h'; 24h by default.
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "wait")]
    pub(crate) time_limit: Option<Duration>,
    /// Cancel the execution if a signal interrupts the wait.
    #[arg(long, requires = "wait")]
    pub(crate) cancel_on_interrupt: bool,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// Names a pipeline execution.
#[derive(Debug, Args)]
pub(crate) struct ExecutionName {
    /// Id of the execution; the id or name of its project can precede it, and is otherwise searched for.
    #[arg(value_name = "[PROJECT] EXECUTION", required = true, num_args = 1..=2, value_parser = name)]
    words: Vec<String>,
}

impl ExecutionName {
    pub(crate) fn project(&self) -> Option<&str> {
        match &self.words[..] {
            [project, _] => Some(project),
            _ => None,
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }
}

#[derive(Debug, Args)]
pub(crate) struct ExecutionArguments {
    #[command(flatten)]
    pub(crate) execution: ExecutionName,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct WaitArguments {
    #[command(flatten)]
    pub(crate) execution: ExecutionName,
    /// Wait at most this long, such as '90s', '30m' or '2h'; 24h by default.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) time_limit: Option<Duration>,
    /// Cancel the execution if a signal interrupts the wait.
    #[arg(long)]
    pub(crate) cancel_on_interrupt: bool,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CancelArguments {
    #[command(flatten)]
    pub(crate) execution: ExecutionName,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

const OUTCOMES: &str = "\
Exit codes of a finished wait:
   0  the execution succeeded
   7  it failed
   8  it was cancelled
   9  the time limit passed; it continues
A signal ends the wait with 128 plus its number; the execution continues, unless --cancel-on-interrupt is given.";
