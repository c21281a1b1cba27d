//! Jobs: their state, their end, and their own errors.

use datasaur_auth::{Client, Job};
use serde::Serialize;

use crate::arguments::JobArguments;
use crate::failure::{Ending, Failure};
use crate::operation::follow;
use crate::output::{Listed, print, render_one};
use crate::quoting::quoted;
use crate::style::Style;
use crate::work::{Work, printed};

pub(super) async fn run(client: &Client, arguments: &JobArguments) -> Result<(), Failure> {
    let (job, work) = match arguments.wait {
        false => (client.job(&arguments.id).await?, None),
        true => {
            let mut work = Work::start("nothing was changed", "")?;
            (wait(client, arguments, &mut work).await?, Some(work))
        }
    };
    let bytes = render_one(&Printed::from(job.clone()), &arguments.list)?;
    let outcome = match work {
        None => print(&bytes),
        Some(mut work) => work.print(bytes).await,
    };
    match job.error_for_status() {
        Ok(_) => printed(outcome, format!("job {} has ended", arguments.id)),
        // More important than whether it was printed.
        Err(error) => Err(Failure::Operation(Ending::Failed, error.to_string()).besides(outcome)),
    }
}

async fn wait(client: &Client, arguments: &JobArguments, work: &mut Work) -> Result<Job, Failure> {
    let id = &arguments.id;
    let wait = client.wait_for_job(id);
    let outcome = follow(wait, arguments.time_limit, &format!("job {id}"), work).await;
    outcome.map_err(|stop| {
        stop.into_failure(|continues| {
            let id_word = quoted(id);
            format!("job {id} {continues}: wait for it with `vauth datasaur job {id_word} --wait`")
        })
    })
}

/// A job as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    status: String,
    progress: Option<u8>,
    result_id: Option<String>,
    errors: Vec<PrintedError>,
}

#[derive(Serialize)]
struct PrintedError {
    id: String,
    message: String,
}

impl From<Job> for Printed {
    fn from(job: Job) -> Self {
        let errors = job.errors().iter().map(|error| PrintedError {
            id: error.id().to_owned(),
            message: error.message().to_owned(),
        });
        Self {
            id: job.id().to_owned(),
            status: job.status().to_string(),
            progress: job.progress(),
            result_id: job.result_id().map(str::to_owned),
            errors: errors.collect(),
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "status", "progress", "result id", "errors"];

    fn cells(&self) -> Vec<String> {
        let errors = self.errors.iter().map(|error| {
            let parts = [error.id.as_str(), error.message.as_str()];
            let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            parts.join(": ")
        });
        let errors: Vec<_> = errors.collect();
        vec![
            self.id.clone(),
            self.status.clone(),
            self.progress
                .map_or_else(String::new, |progress| format!("{progress} %")),
            self.result_id.clone().unwrap_or_default(),
            errors.join("; "),
        ]
    }

    fn style(&self, column: usize) -> Option<Style> {
        match (column, self.status.as_str()) {
            (1, "DELIVERED") => Some(Style::Success),
            (1, "FAILED") => Some(Style::Error),
            _ => None,
        }
    }
}
