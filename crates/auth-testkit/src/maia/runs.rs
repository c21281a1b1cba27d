//! The runs of Maia's pipelines: started once, and then a matter of the clock.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_core::ClockReading;
use serde_json::{Value, json};

use crate::jwt;
use crate::timestamp::rfc3339;

/// A published pipeline.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) name: String,
    duration: Duration,
    /// Why its runs fail, if they do.
    failure: Option<String>,
}

impl Pipeline {
    pub(super) fn new(name: &str, duration: Duration, failure: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            duration,
            failure,
        }
    }
}

/// What there is before anything runs, and the runs.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) projects: usize,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) has_short_shapes: bool,
    pub(super) runs: Runs,
}

/// All runs, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<Vec<Run>>);

/// One run, with all that its state depends on.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) environment: String,
    pub(super) pipeline: String,
    variables: Value,
    duration: Duration,
    failure: Option<String>,
    started: ClockReading,
    cancelled: Option<ClockReading>,
}

impl Runs {
    pub(super) fn start(
        &self,
        project: &str,
        environment: &str,
        pipeline: &Pipeline,
        variables: Value,
        now: ClockReading,
    ) -> Run {
        let run = Run {
            id: jwt::uuid(),
            project: project.to_owned(),
            environment: environment.to_owned(),
            pipeline: pipeline.name.clone(),
            variables,
            duration: pipeline.duration,
            failure: pipeline.failure.clone(),
            started: now,
            cancelled: None,
        };
        self.lock().push(run.clone());
        run
    }

    pub(super) fn find(&self, project: &str, id: &str) -> Option<Run> {
        let runs = self.lock();
        let mut runs = runs.iter();
        runs.find(|run| run.project == project && run.id == id)
            .cloned()
    }

    /// Cancels a run, unless it has ended.
    pub(super) fn cancel(&self, id: &str, now: ClockReading) {
        let mut runs = self.lock();
        let found = runs.iter_mut().find(|run| run.id == id);
        if let Some(run) = found.filter(|run| !run.has_ended(now)) {
            run.cancelled = Some(now);
        }
    }

    /// Returns all runs, the most recent first.
    pub(super) fn all(&self) -> Vec<Run> {
        self.lock().iter().rev().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    fn has_ended(&self, now: ClockReading) -> bool {
        self.cancelled.is_some() || now.since(self.started) >= self.duration
    }

    pub(super) fn status(&self, now: ClockReading) -> &'static str {
        let age = now.since(self.started);
        match (self.cancelled, &self.failure) {
            (Some(_), _) => "CANCELLED",
            (None, _) if age < self.duration.min(QUEUED) / 2 => "QUEUED",
            (None, _) if age < self.duration => "RUNNING",
            (None, Some(_)) => "FAILED",
            (None, None) => "SUCCESS",
        }
    }

    /// Returns the details, as the vendor documents them.
    pub(super) fn details(&self, now: ClockReading) -> Value {
        let mut details = json!({
            "pipelineExecutionId": self.id,
            "projectId": self.project,
            "pipelineName": self.pipeline,
            "pipelineType": "ORCHESTRATION",
            "environmentName": self.environment,
            "startedAt": rfc3339(self.started.wall()),
            "status": self.status(now),
            "trigger": "API",
        });
        if self.has_ended(now) {
            let end = self.cancelled.map(ClockReading::wall);
            let end = end.unwrap_or_else(|| self.started.wall().saturating_add(self.duration));
            details["finishedAt"] = rfc3339(end).into();
            details["message"] = self.message().into();
        }
        details
    }

    /// Returns two steps, of which the second one fails if the run does.
    pub(super) fn steps(&self, now: ClockReading) -> Value {
        let half = self.duration / 2;
        let is_second = now.since(self.started) >= half;
        let first = if is_second {
            "SUCCESS"
        } else {
            self.status(now)
        };
        let step = |name: &str, status: &str| {
            json!({
                "id": jwt::uuid(),
                "name": name,
                "result": { "status": status, "startedAt": rfc3339(self.started.wall()) },
            })
        };
        let mut steps = vec![step("Extract", first)];
        if is_second {
            let mut second = step("Load table", self.status(now));
            if self.has_ended(now) {
                second["result"]["message"] = self.message().into();
            }
            steps.push(second);
        }
        steps.into()
    }

    fn message(&self) -> String {
        match (&self.failure, self.cancelled) {
            (_, Some(_)) => "Cancelled".to_owned(),
            (Some(failure), None) => failure.clone(),
            (None, None) => format!("\"Load table\": Success, variables {}", self.variables),
        }
    }
}

/// A run waits for its agent at first.
const QUEUED: Duration = Duration::from_secs(2);
