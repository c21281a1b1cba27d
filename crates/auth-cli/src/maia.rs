//! `vauth maia`: commands for Maia's own API.

mod printed;
mod names;
mod executions;

use futures_util::{StreamExt as _, TryStreamExt as _};
use maia_auth::Client;

use self::printed::{PrintedEnvironment, PrintedExecution, PrintedPipeline, PrintedProject};
use crate::arguments::{ExecutionsArguments, MaiaCommand, OfProjectArguments, ProjectsArguments};
use crate::failure::Failure;
use crate::output::print_list;
use crate::progress::counted;
use crate::settings::Settings;

pub(crate) async fn run(command: MaiaCommand, settings: &Settings) -> Result<(), Failure> {
    let client = &settings.maia()?;
    match command {
        MaiaCommand::Projects(arguments) => projects(client, &arguments).await,
        MaiaCommand::Environments(arguments) => environments(client, &arguments).await,
        MaiaCommand::Pipelines(arguments) => pipelines(client, &arguments).await,
        MaiaCommand::Executions(arguments) => list(client, &arguments).await,
        MaiaCommand::Run(arguments) => executions::run(client, &arguments).await,
        MaiaCommand::Status(arguments) => executions::status(client, &arguments).await,
        MaiaCommand::Steps(arguments) => executions::steps(client, &arguments).await,
        MaiaCommand::Wait(arguments) => executions::wait(client, &arguments).await,
        MaiaCommand::Cancel(arguments) => executions::cancel(client, &arguments).await,
    }
}

async fn projects(client: &Client, arguments: &ProjectsArguments) -> Result<(), Failure> {
    let projects = client.projects().page_size(arguments.page_size).stream();
    let projects = counted(projects.map_ok(PrintedProject::from)).await?;
    print_list(&projects, &arguments.list)
}

async fn environments(client: &Client, arguments: &OfProjectArguments) -> Result<(), Failure> {
    let project = names::project(client, &arguments.project).await?;
    let all = client
        .environments(&project.id)
        .page_size(names::PAGE)
        .stream();
    let all = counted(all.map_ok(PrintedEnvironment::from)).await?;
    print_list(&all, &arguments.list)
}

async fn pipelines(client: &Client, arguments: &OfProjectArguments) -> Result<(), Failure> {
    let project = names::project(client, &arguments.project).await?;
    let all = client
        .pipelines(&project.id)
        .page_size(names::PAGE)
        .stream();
    let all = counted(all.map_ok(PrintedPipeline::from)).await?;
    print_list(&all, &arguments.list)
}

async fn list(client: &Client, arguments: &ExecutionsArguments) -> Result<(), Failure> {
    let project = names::project(client, &arguments.project).await?;
    let limit = arguments.limit.and_then(|limit| limit.try_into().ok());
    let all = client.executions().list(&project.id);
    let all = all.map_ok(PrintedExecution::from);
    let all = counted(all.take(limit.unwrap_or(usize::MAX))).await?;
    print_list(&all, &arguments.list)
}
