//! One execution of a pipeline, its steps, and its status.

use std::fmt;

use auth_core::vendor::Operation;
use auth_core::{Error, ErrorKind, display_text};
use http::StatusCode;

use crate::wire;

/// An execution of a pipeline, as far as the API described it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    id: String,
    project_id: String,
    status: Option<ExecutionStatus>,
    pipeline: Option<String>,
    environment: Option<String>,
    message: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
}

/// The status of an execution, or of one of its steps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExecutionStatus {
    /// It waits for its start.
    Queued,
    /// It runs.
    Running,
    /// It ended with success.
    Success,
    /// It ended without success.
    Failed,
    /// It is being cancelled.
    Cancelling,
    /// It was cancelled.
    Cancelled,
    /// A status that this version does not know, with the API's name for it.
    Other(String),
}

/// A step of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    name: String,
    status: Option<ExecutionStatus>,
    message: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
}

impl Execution {
    pub(crate) fn new(project: &str, id: String, read: wire::Execution) -> Self {
        Self {
            id,
            project_id: read.project.unwrap_or_else(|| project.to_owned()),
            status: read.status.as_deref().map(ExecutionStatus::parse),
            pipeline: read.pipeline,
            environment: read.environment,
            message: read.message,
            started_at: read.started_at,
            finished_at: read.finished_at,
        }
    }

    /// Adds what only the details say; the status that ended the wait stays.
    pub(crate) fn with_details(self, details: Self) -> Self {
        Self {
            id: self.id,
            project_id: self.project_id,
            status: self.status,
            pipeline: details.pipeline.or(self.pipeline),
            environment: details.environment.or(self.environment),
            message: details.message.or(self.message),
            started_at: details.started_at.or(self.started_at),
            finished_at: details.finished_at.or(self.finished_at),
        }
    }

    /// Returns the id; empty only in a list whose entry has none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the id of the project.
    pub fn project_id(&self) -> &str {
        &self.project_id
    }

    /// Returns the status; `None` if the API did not say, as it may not when an execution was just started.
    pub fn status(&self) -> Option<&ExecutionStatus> {
        self.status.as_ref()
    }

    /// Returns true if the status is final.
    pub fn is_finished(&self) -> bool {
        self.status.as_ref().is_some_and(ExecutionStatus::is_final)
    }

    /// Returns the name of the pipeline.
    pub fn pipeline(&self) -> Option<&str> {
        self.pipeline.as_deref()
    }

    /// Returns the name of the environment.
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// Returns the API's message about it, such as why it failed, as one shortened line.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns when it started, as the API writes it.
    pub fn started_at(&self) -> Option<&str> {
        self.started_at.as_deref()
    }

    /// Returns when it ended, as the API writes it.
    pub fn finished_at(&self) -> Option<&str> {
        self.finished_at.as_deref()
    }

    /// Returns the execution, or an error that quotes its message if it failed or was cancelled.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`]; its [`error_code`](Error::error_code) is the status.
    pub fn error_for_status(self) -> auth_core::Result<Self> {
        match self.failure() {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    fn named(&self) -> String {
        let id = display_text(&self.id);
        match &self.pipeline {
            Some(pipeline) => format!("execution {id} of pipeline {}", display_text(pipeline)),
            None => format!("pipeline execution {id}"),
        }
    }
}

impl Operation for Execution {
    fn is_finished(&self) -> bool {
        Self::is_finished(self)
    }

    fn describe(&self) -> String {
        let named = self.named();
        match &self.status {
            Some(status) => format!("{named} is {status}"),
            None => format!("{named} has no status"),
        }
    }

    fn failure(&self) -> Option<Error> {
        let status = self.status.as_ref().filter(|status| status.is_failure())?;
        let mut message = format!("{} ended as {status}", self.named());
        if let Some(reason) = &self.message {
            message.push_str(": ");
            message.push_str(reason);
        }
        let error = Error::new(ErrorKind::ApiStatus, message)
            .with_status(StatusCode::OK)
            .with_error_code(status.as_str())
            .with_retryable(false);
        Some(error.with_vendor(wire::VENDOR))
    }
}

impl ExecutionStatus {
    /// Letter case and spelling do not matter.
    pub(crate) fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "QUEUED" => Self::Queued,
            "RUNNING" => Self::Running,
            "SUCCESS" => Self::Success,
            "FAILED" | "ERROR" => Self::Failed,
            "CANCELLING" | "CANCELING" => Self::Cancelling,
            "CANCELLED" | "CANCELED" => Self::Cancelled,
            _ => Self::Other(display_text(text)),
        }
    }

    /// Returns the API's name for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::Cancelling => "CANCELLING",
            Self::Cancelled => "CANCELLED",
            Self::Other(name) => name,
        }
    }

    /// Returns true if nothing follows it.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Success | Self::Failed | Self::Cancelled)
    }

    /// Returns true if it is final and not a success.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled)
    }
}

impl fmt::Display for ExecutionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Step {
    /// Returns the name; empty if the API did not return a readable one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the status, if the API said it.
    pub fn status(&self) -> Option<&ExecutionStatus> {
        self.status.as_ref()
    }

    /// Returns the API's message about it, as one shortened line.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns when it started, as the API writes it.
    pub fn started_at(&self) -> Option<&str> {
        self.started_at.as_deref()
    }

    /// Returns when it ended, as the API writes it.
    pub fn finished_at(&self) -> Option<&str> {
        self.finished_at.as_deref()
    }
}

impl From<wire::Step> for Step {
    fn from(step: wire::Step) -> Self {
        Self {
            name: step.name.unwrap_or_default(),
            status: step.status.as_deref().map(ExecutionStatus::parse),
            message: step.message,
            started_at: step.started_at,
            finished_at: step.finished_at,
        }
    }
}
