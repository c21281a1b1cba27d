//! Pipeline executions: each is started once, its id is printed first, and whatever ends a wait says how to continue.

use std::collections::BTreeSet;
use std::time::Duration;

use maia_auth::{Client, Execution, ExecutionStatus, NewExecution};

use super::names;
use super::printed::{PrintedExecution, PrintedStep};
use crate::arguments::{
    CancelArguments, ExecutionArguments, ListArguments, RunArguments, WaitArguments,
};
use crate::confirm;
use crate::failure::{Ending, Failure};
use crate::notes::{Level, note};
use crate::operation::follow;
use crate::output::{print_list, print_one, render_one};
use crate::quoting::quoted;
use crate::stdout::leads_nowhere;
use crate::work::{Work, printed};

/// One execution, as the messages name it.
struct Named<'a> {
    client: &'a Client,
    project: &'a str,
    id: &'a str,
}

/// How long to wait, and what a signal does.
struct Waiting<'a> {
    /// Whether this run started the execution.
    is_started: bool,
    time_limit: Option<Duration>,
    cancel_on_interrupt: bool,
    list: &'a ListArguments,
}

pub(super) async fn run(client: &Client, arguments: &RunArguments) -> Result<(), Failure> {
    let variables = variables(&arguments.variables)?;
    let maybe = format!(
        "the pipeline may have been started: look for its execution with `vauth maia executions {}` before you start it again",
        quoted(&arguments.project)
    );
    let mut work = Work::start("nothing was started", maybe)?;
    let project = names::project(client, &arguments.project);
    let project = work.prepare(project).await?;
    let (pipeline, environment) = (&arguments.pipeline, &arguments.environment);
    let check = names::check(client, &project, pipeline, environment);
    work.prepare(check).await?;
    let executions = client.executions();
    let new = variables.into_iter().fold(
        NewExecution::new(pipeline, environment),
        |new, (name, value)| new.variable(name, value),
    );
    let start = executions.start(&project.id, &new);
    let execution = work.during(start).await?;
    let id = execution.id().to_owned();
    let named = Named {
        client,
        project: &project.id,
        id: &id,
    };
    let started = format!("started execution {id} in project {}", project.id);
    let is_noted = arguments.list.json && arguments.wait;
    // The id comes first, so that nothing that happens later can lose it.
    let first = match (arguments.list.json, arguments.wait) {
        (true, false) => render_one(&PrintedExecution::from(execution), &arguments.list)?,
        (true, true) => {
            // Not progress: if the command is killed, nothing else names it.
            note(Level::Created, &started);
            Vec::new()
        }
        (false, _) => format!("{}\n", crate::text::one_line(&id)).into_bytes(),
    };
    let printed = work.print(first).await;
    printed.map_err(|failure| failure.unfinished(named.continues("was started")))?;
    if !is_noted && leads_nowhere() {
        note(Level::Created, &started);
    }
    if !arguments.wait {
        return Ok(());
    }
    let waiting = Waiting {
        is_started: true,
        time_limit: arguments.time_limit,
        cancel_on_interrupt: arguments.cancel_on_interrupt,
        list: &arguments.list,
    };
    named.wait(&waiting, &mut work).await
}

pub(super) async fn wait(client: &Client, arguments: &WaitArguments) -> Result<(), Failure> {
    let mut work = Work::start("nothing was changed", "")?;
    let project = names::project_of(client, &arguments.execution);
    let project = &work.prepare(project).await?;
    let named = Named {
        client,
        project,
        id: arguments.execution.id(),
    };
    let waiting = Waiting {
        is_started: false,
        time_limit: arguments.time_limit,
        cancel_on_interrupt: arguments.cancel_on_interrupt,
        list: &arguments.list,
    };
    named.wait(&waiting, &mut work).await
}

pub(super) async fn status(client: &Client, arguments: &ExecutionArguments) -> Result<(), Failure> {
    let project = names::project_of(client, &arguments.execution).await?;
    let executions = client.executions();
    let execution = executions.get(&project, arguments.execution.id()).await?;
    print_one(PrintedExecution::from(execution), &arguments.list)
}

pub(super) async fn steps(client: &Client, arguments: &ExecutionArguments) -> Result<(), Failure> {
    let project = names::project_of(client, &arguments.execution).await?;
    let executions = client.executions();
    let steps = executions.steps(&project, arguments.execution.id()).await?;
    let steps: Vec<_> = steps.into_iter().map(PrintedStep::from).collect();
    print_list(&steps, &arguments.list)
}

pub(super) async fn cancel(client: &Client, arguments: &CancelArguments) -> Result<(), Failure> {
    let id = arguments.execution.id();
    let what = format!("cancel execution {id}");
    confirm::check(&what, &arguments.confirm)?;
    let project = names::project_of(client, &arguments.execution).await?;
    confirm::confirm(&what, &arguments.confirm)?;
    let execution = client.executions().cancel(&project, id).await?;
    match arguments.list.json {
        true => print_one(PrintedExecution::from(execution), &arguments.list),
        false => Ok(()),
    }
}

impl Named<'_> {
    async fn wait(&self, waiting: &Waiting<'_>, work: &mut Work) -> Result<(), Failure> {
        let wait = self.client.executions().wait(self.project, self.id);
        let what = format!("execution {}", self.id);
        let stop = match follow(wait, waiting.time_limit, &what, work).await {
            Ok(execution) => return self.conclude(execution, waiting.list, work).await,
            Err(stop) if waiting.is_started => stop.of_known(),
            Err(stop) => stop,
        };
        match stop.interruption() {
            Some(by) if waiting.cancel_on_interrupt => {
                let state = self.cancel(work).await;
                Err(Failure::Interrupted { by, state })
            }
            _ => Err(stop.into_failure(|continues| self.continues(continues))),
        }
    }

    /// Cancels, and returns what became of it; a second signal ends the attempt.
    async fn cancel(&self, work: &mut Work) -> String {
        let executions = self.client.executions();
        let cancel = executions.cancel(self.project, self.id);
        let outcome = tokio::select! {
            biased;
            outcome = tokio::time::timeout(CANCEL_LIMIT, cancel) => outcome,
            _ = work.interrupted() => return self.continues("may continue"),
        };
        match outcome {
            Ok(Ok(_)) => format!(
                "the cancellation of execution {} was requested: see its end with `{}`",
                self.id,
                self.command("wait")
            ),
            Ok(Err(error)) => format!(
                "{}; it could not be cancelled: {error}",
                self.continues("may continue")
            ),
            Err(_) => self.continues("may continue"),
        }
    }

    async fn conclude(
        &self,
        execution: Execution,
        list: &ListArguments,
        work: &mut Work,
    ) -> Result<(), Failure> {
        let bytes = render_one(&PrintedExecution::from(execution.clone()), list)?;
        let outcome = work.print(bytes).await;
        let ending = match execution.status() {
            Some(ExecutionStatus::Cancelled) => Ending::Cancelled,
            _ => Ending::Failed,
        };
        match execution.error_for_status() {
            Ok(_) => printed(outcome, format!("execution {} has ended", self.id)),
            // More important than whether it was printed.
            Err(error) => {
                let steps = self.command("steps");
                let message = format!("{error}; see its steps with `{steps}`");
                Err(Failure::Operation(ending, message).besides(outcome))
            }
        }
    }

    /// Says that it continues, and how to follow it.
    fn continues(&self, what: &str) -> String {
        format!(
            "execution {} {what}: wait for its end with `{}`, or cancel it with `{}`",
            self.id,
            self.command("wait"),
            self.command("cancel")
        )
    }

    fn command(&self, name: &str) -> String {
        let [project, id] = [self.project, self.id].map(quoted);
        format!("vauth maia {name} {project} {id}")
    }
}

/// Reads the variables; the texts are not repeated, since a value may be a secret.
fn variables(given: &[String]) -> Result<Vec<(&str, &str)>, Failure> {
    let mut names = BTreeSet::new();
    let mut variables = Vec::new();
    for text in given {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::Usage(
                "--var: expected a name, an equals sign and a value, such as 'day=2026-11-28'"
                    .to_owned(),
            ));
        };
        if !names.insert(name) {
            return Err(Failure::Usage(format!(
                "--var sets {name} twice: leave one of them out"
            )));
        }
        variables.push((name, value));
    }
    Ok(variables)
}

/// Long for one request, short for a user who has just pressed Ctrl-C.
const CANCEL_LIMIT: Duration = Duration::from_secs(10);
