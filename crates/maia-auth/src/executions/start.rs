//! Starts a pipeline, once, and says what may be running if that failed.

use std::fmt;

use auth_core::{ApiRequest, Error, Result, SideEffect, display_text};
use http::Method;
use serde_json::{Map, Value};

use super::{Execution, Executions, read_execution};
use crate::wire;

/// An execution to start: a published pipeline in an environment, with values for its variables.
///
/// Its `Debug` shows the names of the variables and not their values.
///
/// # Examples
/// ```
/// use maia_auth::NewExecution;
///
/// let execution = NewExecution::new("Load sales", "Production")
///     .variable("day", "2026-11-28")
///     .variable("mode", "full");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct NewExecution {
    pipeline: String,
    environment: String,
    variables: Vec<(String, String)>,
}

impl NewExecution {
    /// Creates it from the names of the pipeline and of the environment.
    pub fn new(pipeline: impl Into<String>, environment: impl Into<String>) -> Self {
        Self {
            pipeline: pipeline.into(),
            environment: environment.into(),
            variables: Vec::new(),
        }
    }

    /// Sets one of the pipeline's scalar variables; setting the same one twice is an error of [`Executions::start`].
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    fn scalar_variables(&self) -> Result<Map<String, Value>> {
        let mut variables = Map::new();
        for (name, value) in &self.variables {
            if variables
                .insert(name.clone(), value.as_str().into())
                .is_some()
            {
                let error = Error::config(format!(
                    "variable {} is set twice: set it once",
                    display_text(name)
                ));
                return Err(error.with_vendor(wire::VENDOR));
            }
        }
        Ok(variables)
    }
}

impl fmt::Debug for NewExecution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("NewExecution")
            .field("pipeline", &self.pipeline)
            .field("environment", &self.environment)
            .field("variables", &variables)
            .finish()
    }
}

impl Executions {
    /// Starts a published pipeline in an environment of a project.
    ///
    /// It is sent once: neither a lost connection nor a throttled response is followed by another start. The only exception is a rejected token,
    /// after which the request is resent with another one, since it had no effect.
    ///
    /// # Errors
    /// An error that names the pipeline, the environment and the project. If the pipeline may have been started although the call failed,
    /// [`Error::side_effect`] says so; otherwise it was not. Kinds as for [`Client::execute_json`](crate::Client::execute_json);
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) also for an unknown project, pipeline or environment, and
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a variable that is set twice.
    pub async fn start(&self, project: &str, execution: &NewExecution) -> Result<Execution> {
        let mut is_certain = false;
        let started = self
            .request_start(project, execution, &mut is_certain)
            .await;
        started.map_err(|error| {
            let is_open = error.may_have_taken_effect();
            let names = [&execution.pipeline, &execution.environment, project];
            let [pipeline, environment, project] = names.map(display_text);
            let place = format!("started in environment {environment} of project {project}");
            let context = match (is_open, is_certain) {
                (_, true) => format!("pipeline {pipeline} was {place}, and its id is unknown"),
                (true, false) => format!("pipeline {pipeline} may not have been {place}"),
                (false, false) => format!("pipeline {pipeline} was not {place}"),
            };
            let error = error.with_context(context);
            if !is_open {
                return error;
            }
            let execution = SideEffect::new(
                "an execution of pipeline",
                pipeline,
                "list the project's executions before you start it again",
            );
            error.with_side_effect(if is_certain {
                execution.certain()
            } else {
                execution
            })
        })
    }

    /// Sets `is_certain` if the response is one of this API, so that it runs, although its id cannot be read.
    async fn request_start(
        &self,
        project: &str,
        new: &NewExecution,
        is_certain: &mut bool,
    ) -> Result<Execution> {
        let body = wire::Start {
            pipeline_name: &new.pipeline,
            environment_name: &new.environment,
            scalar_variables: new.scalar_variables()?,
        };
        let request = ApiRequest::new(Method::POST, wire::START_PATH)
            .parameter(wire::PROJECT_ID, project)
            .json(&body);
        let response = self.api.execute(&request).await?;
        let unreadable = response
            .invalid("no id of an execution")
            .with_retryable(false);
        let read: Value = response.json()?;
        *is_certain = read.is_object();
        let mut execution = read_execution(read, &response);
        match execution.id.take() {
            Some(id) => Ok(Execution::new(project, id, execution)),
            None => Err(unreadable),
        }
    }
}
