//! Jobs: what a mutation starts and the API does afterwards.

use std::fmt;

use auth_core::vendor::{Operation, Wait};
use auth_core::{ApiErrorBody, Error, ErrorKind, Result, display_text};
use http::StatusCode;

use crate::calls::Calls;
use crate::graphql::Query;
use crate::wire;

/// A job, such as that of `createProject`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    id: String,
    status: JobStatus,
    progress: Option<u8>,
    errors: Vec<JobError>,
    result_id: Option<String>,
}

/// The status of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobStatus {
    /// It waits for its start.
    Queued,
    /// It runs.
    InProgress,
    /// It ended with success.
    Delivered,
    /// It ended without success.
    Failed,
    /// A status that this version does not know, with the API's name for it.
    Other(String),
}

/// One reason why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobError {
    id: String,
    message: String,
}

impl Calls {
    /// Requests a job.
    ///
    /// # Errors
    /// As [`Calls::graphql`] and [`GraphqlResponse::data`](crate::GraphqlResponse::data);
    /// [`ErrorKind::ApiStatus`] that names the job, if there is no such job.
    pub async fn job(&self, id: &str) -> Result<Job> {
        let query = Query::new(wire::JOB).variables(&wire::JobVariables { id });
        let answer = self.graphql(&query).await?;
        match answer.data::<wire::JobData>()?.job {
            Some(job) => {
                let errors = job.errors.unwrap_or_default().into_iter();
                let mut errors: Vec<_> = errors.map(JobError::from).collect();
                answer.redact_all(errors.iter_mut().map(|error| &mut error.id));
                answer.clean_all(errors.iter_mut().map(|error| &mut error.message));
                Ok(Job {
                    id: id.to_owned(),
                    status: JobStatus::parse(&job.status.unwrap_or_default()),
                    progress: job.progress.and_then(wire::per_cent),
                    errors,
                    result_id: job.result_id.map(|id| id.0),
                })
            }
            None => {
                let message = format!("there is no job {id}");
                Err(answer.error(&ApiErrorBody::new(Some(message))))
            }
        }
    }

    /// Waits for the end of a job, for longer than any token is valid.
    ///
    /// The result is the finished job, or an error that quotes the job's own errors if it failed; [`Wait::outcome`] returns the job either way.
    /// Dropping the wait does not affect the job. A status that this version does not know counts as unfinished, until the time limit.
    ///
    /// # Examples
    /// ```no_run
    /// # async fn example(client: datasaur_auth::Client, id: &str) -> datasaur_auth::auth_core::Result<()> {
    /// let job = client
    ///     .wait_for_job(id)
    ///     .on_progress(|job| println!("{:?} %", job.progress()))
    ///     .await?;
    /// println!("{}", job.result_id().unwrap_or("done"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for_job(&self, id: &str) -> Wait<Job> {
        let (calls, id) = (self.clone(), id.to_owned());
        self.api
            .wait(format!("job {}", display_text(&id)), move || {
                let (calls, id) = (calls.clone(), id.clone());
                async move { calls.job(&id).await }
            })
    }
}

impl Job {
    /// Returns the id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the status.
    pub fn status(&self) -> &JobStatus {
        &self.status
    }

    /// Returns the progress in per cent, if the API reports it.
    pub fn progress(&self) -> Option<u8> {
        self.progress
    }

    /// Returns why the job failed, each reason as one shortened line.
    pub fn errors(&self) -> &[JobError] {
        &self.errors
    }

    /// Returns the id of what the job made, such as a project's.
    pub fn result_id(&self) -> Option<&str> {
        self.result_id.as_deref()
    }

    /// Returns true if the status is final.
    pub fn is_finished(&self) -> bool {
        matches!(self.status, JobStatus::Delivered | JobStatus::Failed)
    }

    /// Returns the job, or an error that quotes its own errors if it failed.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`] with the first few of its errors; its [`error_code`](Error::error_code) is the id of the first one, if it has one.
    pub fn error_for_status(self) -> Result<Self> {
        match self.failure() {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }
}

impl Operation for Job {
    fn is_finished(&self) -> bool {
        Self::is_finished(self)
    }

    fn describe(&self) -> String {
        let id = display_text(&self.id);
        match self.progress {
            Some(progress) => format!("job {id} is {} ({progress} %)", self.status),
            None => format!("job {id} is {}", self.status),
        }
    }

    fn failure(&self) -> Option<Error> {
        if self.status != JobStatus::Failed {
            return None;
        }
        let mut message = format!("job {} failed", display_text(&self.id));
        let reason = |error: &JobError| match error.message.is_empty() {
            true => display_text(&error.id),
            false => error.message.clone(),
        };
        let reasons: Vec<String> = self.errors.iter().take(MAX_REASONS).map(reason).collect();
        if !reasons.is_empty() {
            message.push_str(": ");
            message.push_str(&reasons.join("; "));
        }
        let rest = self.errors.len().saturating_sub(reasons.len());
        if rest > 0 {
            message.push_str(&format!("; and {rest} more"));
        }
        message.push_str(" (check what it left behind before you start it again)");
        let error = Error::new(ErrorKind::ApiStatus, message)
            .with_status(StatusCode::OK)
            .with_retryable(false)
            .with_vendor(wire::VENDOR);
        let code = self.errors.first().map(JobError::id);
        Some(match code.filter(|code| wire::is_code(code)) {
            Some(code) => error.with_error_code(code),
            None => error,
        })
    }
}

impl JobStatus {
    fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "QUEUED" => Self::Queued,
            "IN_PROGRESS" => Self::InProgress,
            "DELIVERED" => Self::Delivered,
            "FAILED" => Self::Failed,
            _ => Self::Other(display_text(text)),
        }
    }

    /// Returns the API's name for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "QUEUED",
            Self::InProgress => "IN_PROGRESS",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<wire::JobError> for JobError {
    fn from(error: wire::JobError) -> Self {
        Self {
            id: error.id.map(|id| id.0).unwrap_or_default(),
            message: error.stack.unwrap_or_default(),
        }
    }
}

impl JobError {
    /// Returns the API's id of the kind of error; empty if there is none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the message, as one shortened line; empty if there is none.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// A job has an error for each document that it could not read; each reason may have a thousand characters.
const MAX_REASONS: usize = 3;
