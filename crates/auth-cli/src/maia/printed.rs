//! What `vauth maia` prints; the keys of JSON are in the documented order.

use maia_auth::{Environment, Execution, ExecutionStatus, Pipeline, Project, Step};
use serde::Serialize;

use crate::output::Listed;
use crate::style::Style;

#[derive(Serialize)]
pub(super) struct PrintedProject {
    id: String,
    name: String,
    description: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PrintedEnvironment {
    name: String,
    agent_id: Option<String>,
    agent_name: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PrintedPipeline {
    name: String,
    published_at: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PrintedExecution {
    id: String,
    project_id: String,
    status: Option<String>,
    pipeline: Option<String>,
    environment: Option<String>,
    message: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PrintedStep {
    name: String,
    status: Option<String>,
    message: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
}

impl From<Project> for PrintedProject {
    fn from(project: Project) -> Self {
        Self {
            id: project.id().to_owned(),
            name: project.name().to_owned(),
            description: owned(project.description()),
        }
    }
}

impl From<Environment> for PrintedEnvironment {
    fn from(environment: Environment) -> Self {
        Self {
            name: environment.name().to_owned(),
            agent_id: owned(environment.agent_id()),
            agent_name: owned(environment.agent_name()),
        }
    }
}

impl From<Pipeline> for PrintedPipeline {
    fn from(pipeline: Pipeline) -> Self {
        Self {
            name: pipeline.name().to_owned(),
            published_at: owned(pipeline.published_at()),
        }
    }
}

impl From<Execution> for PrintedExecution {
    fn from(execution: Execution) -> Self {
        Self {
            id: execution.id().to_owned(),
            project_id: execution.project_id().to_owned(),
            status: owned(execution.status().map(ExecutionStatus::as_str)),
            pipeline: owned(execution.pipeline()),
            environment: owned(execution.environment()),
            message: owned(execution.message()),
            started_at: owned(execution.started_at()),
            finished_at: owned(execution.finished_at()),
        }
    }
}

impl From<Step> for PrintedStep {
    fn from(step: Step) -> Self {
        Self {
            name: step.name().to_owned(),
            status: owned(step.status().map(ExecutionStatus::as_str)),
            message: owned(step.message()),
            started_at: owned(step.started_at()),
            finished_at: owned(step.finished_at()),
        }
    }
}

impl Listed for PrintedProject {
    const COLUMNS: &'static [&'static str] = &["id", "name", "description"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.name.clone(),
            cell(self.description.as_ref()),
        ]
    }
}

impl Listed for PrintedEnvironment {
    const COLUMNS: &'static [&'static str] = &["name", "agent"];

    fn cells(&self) -> Vec<String> {
        let agent = self.agent_name.as_ref().or(self.agent_id.as_ref());
        vec![self.name.clone(), cell(agent)]
    }
}

impl Listed for PrintedPipeline {
    const COLUMNS: &'static [&'static str] = &["name", "published"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), cell(self.published_at.as_ref())]
    }
}

impl Listed for PrintedExecution {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "status",
        "pipeline",
        "environment",
        "started",
        "finished",
        "message",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            cell(self.status.as_ref()),
            cell(self.pipeline.as_ref()),
            cell(self.environment.as_ref()),
            cell(self.started_at.as_ref()),
            cell(self.finished_at.as_ref()),
            cell(self.message.as_ref()),
        ]
    }

    fn style(&self, column: usize) -> Option<Style> {
        style(self.status.as_deref().filter(|_| column == 1)?)
    }
}

impl Listed for PrintedStep {
    const COLUMNS: &'static [&'static str] = &["name", "status", "started", "finished", "message"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            cell(self.status.as_ref()),
            cell(self.started_at.as_ref()),
            cell(self.finished_at.as_ref()),
            cell(self.message.as_ref()),
        ]
    }

    fn style(&self, column: usize) -> Option<Style> {
        style(self.status.as_deref().filter(|_| column == 1)?)
    }
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn cell(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

fn style(status: &str) -> Option<Style> {
    match status {
        "SUCCESS" => Some(Style::Success),
        "FAILED" => Some(Style::Error),
        "CANCELLING" | "CANCELLED" => Some(Style::Warning),
        _ => None,
    }
}
