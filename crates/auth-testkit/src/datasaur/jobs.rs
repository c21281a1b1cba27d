//! The emulated jobs, whose states are a matter of the clock.

use std::time::Duration;

use auth_core::ClockReading;
use serde_json::{Value, json};

use crate::jwt;
use crate::timestamp::rfc3339;

/// A job that makes a project, or adds documents to one.
#[derive(Debug)]
pub(crate) struct Job {
    id: String,
    project: String,
    duration: Duration,
    failure: Option<String>,
    created: ClockReading,
}

impl Job {
    pub(crate) fn new(
        project: &str,
        duration: Duration,
        failure: Option<String>,
        created: ClockReading,
    ) -> Self {
        Self {
            id: jwt::uuid(),
            project: project.to_owned(),
            duration,
            failure,
            created,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    pub(crate) fn is_delivered(&self, now: ClockReading) -> bool {
        self.progress(now) == 100 && self.failure.is_none()
    }

    /// Returns the job with all its members.
    pub(crate) fn state(&self, now: ClockReading) -> Value {
        let progress = self.progress(now);
        let (status, errors) = match (progress, &self.failure) {
            (100, Some(failure)) => (
                "FAILED",
                json!([{ "id": "PROJECT_CREATION_FAILED", "stack": failure, "args": null }]),
            ),
            (100, None) => ("DELIVERED", json!([])),
            (0, _) => ("QUEUED", json!([])),
            _ => ("IN_PROGRESS", json!([])),
        };
        let created = self.created.wall();
        let result = (status == "DELIVERED").then_some(&self.project);
        json!({
            "id": self.id,
            "status": status,
            "progress": progress,
            "errors": errors,
            "resultId": result,
            "createdAt": rfc3339(created),
            "updatedAt": rfc3339(created.max(now.wall())),
        })
    }

    /// Returns the per cent that are done.
    fn progress(&self, now: ClockReading) -> u64 {
        let age = now.since(self.created);
        if age >= self.duration {
            return 100;
        }
        let done = age.as_millis() * 100 / self.duration.as_millis().max(1);
        u64::try_from(done).unwrap_or_default()
    }
}
