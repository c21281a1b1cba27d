//! The parts of a batch of access rules as they are printed: one of them has the same shape as many.

use auth_core::ErrorKind;
use runai_auth::admin::{AccessRule, AccessScope, BatchFailure, NotDeleted, RoleId, Subject};
use serde::Serialize;

use super::printed::Printed;
use crate::failure::{Failure, cause_alone};
use crate::output::Listed;
use crate::work::printed;

/// What came of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Ok,
    Failed,
    /// The response was a success but does not mention this part, or it was lost.
    Unknown,
}

/// What came of all parts of a request that failed as a whole.
pub(super) struct Whole {
    outcome: Outcome,
    /// Of the server, or of the connection.
    message: String,
}

/// A part of a batch.
pub(super) trait Part: Listed {
    fn outcome(&self) -> Outcome;
}

/// An access rule that was to be created; its keys are in the documented order.
#[derive(Debug, Serialize)]
pub(super) struct Creation {
    outcome: Outcome,
    id: Option<i64>,
    subject_type: Option<String>,
    subject_id: Option<String>,
    role_id: Option<String>,
    role_name: Option<String>,
    scope_type: Option<String>,
    scope_id: Option<String>,
    scope_name: Option<String>,
    phase: Option<String>,
    message: Option<String>,
}

/// An access rule that was to be deleted; its keys are in the documented order.
#[derive(Debug, Serialize)]
pub(super) struct Deletion {
    outcome: Outcome,
    id: Option<i64>,
    message: Option<String>,
}

impl Creation {
    pub(super) fn done(rule: AccessRule) -> Self {
        let rule = Printed::from(rule);
        Self {
            outcome: Outcome::Ok,
            id: Some(rule.id),
            subject_type: Some(rule.subject_type),
            subject_id: Some(rule.subject_id),
            role_id: Some(rule.role_id),
            role_name: rule.role_name,
            scope_type: Some(rule.scope_type),
            scope_id: Some(rule.scope_id),
            scope_name: rule.scope_name,
            phase: rule.phase,
            message: None,
        }
    }

    pub(super) fn failed(one: BatchFailure) -> Self {
        let role = one.role_id.map(|role| role.to_string());
        Self {
            message: one.message,
            ..Self::of(one.subject, role, one.scope)
        }
    }

    pub(super) fn unknown(one: BatchFailure) -> Self {
        Self {
            outcome: Outcome::Unknown,
            message: Some("the response does not mention it: it may have been created, look for it with `vauth runai access-rules list`".to_owned()),
            ..Self::failed(one)
        }
    }

    /// For a part of a request that failed as a whole.
    pub(super) fn of_whole(
        (subject, role, scope): (&Subject, &RoleId, &AccessScope),
        whole: &Whole,
    ) -> Self {
        Self {
            outcome: whole.outcome,
            message: Some(whole.message.clone()),
            ..Self::of(
                Some(subject.clone()),
                Some(role.to_string()),
                Some(scope.clone()),
            )
        }
    }

    fn of(subject: Option<Subject>, role_id: Option<String>, scope: Option<AccessScope>) -> Self {
        let (subject_type, subject_id) = subject
            .map(|subject| (subject.subject_type.to_string(), subject.id))
            .unzip();
        let (scope_type, scope_id) = scope
            .map(|scope| (scope.scope_type.to_string(), scope.id))
            .unzip();
        Self {
            outcome: Outcome::Failed,
            id: None,
            subject_type,
            subject_id,
            role_id,
            role_name: None,
            scope_type,
            scope_id,
            scope_name: None,
            phase: None,
            message: None,
        }
    }
}

impl Deletion {
    /// With an id as the API returns it.
    pub(super) fn done(id: &str) -> Self {
        Self::new(Outcome::Ok, Some(id), None)
    }

    pub(super) fn failed(one: NotDeleted) -> Self {
        Self::new(Outcome::Failed, one.id.as_deref(), one.message)
    }

    pub(super) fn unknown(id: &str, is_dry_run: bool) -> Self {
        let message = match is_dry_run {
            true => "the response does not mention it",
            false => {
                "the response does not mention it: it may have been deleted, look for it with `vauth runai access-rules list`"
            }
        };
        Self::new(Outcome::Unknown, Some(id), Some(message.to_owned()))
    }

    /// For a part of a request that failed as a whole.
    pub(super) fn of_whole(id: i64, whole: &Whole) -> Self {
        Self {
            outcome: whole.outcome,
            id: Some(id),
            message: Some(whole.message.clone()),
        }
    }

    fn new(outcome: Outcome, text: Option<&str>, message: Option<String>) -> Self {
        let id = text.and_then(|text| text.parse().ok());
        // An id of another shape is at least shown.
        let odd = text.filter(|_| id.is_none());
        let message = match (odd, message) {
            (Some(odd), Some(message)) => Some(format!("{odd}: {message}")),
            (odd, message) => message.or_else(|| odd.map(str::to_owned)),
        };
        Self {
            outcome,
            id,
            message,
        }
    }
}

impl Whole {
    /// Returns none for a request that was not sent, or that a signal interrupted: standard error says it all.
    pub(super) fn of(failure: &Failure) -> Option<Self> {
        let (error, outcome) = match failure {
            Failure::Auth(error) if error.kind() == ErrorKind::ApiStatus => {
                (error, Outcome::Failed)
            }
            Failure::Unfinished { cause, .. } => match &**cause {
                Failure::Auth(error) => (error, Outcome::Unknown),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self {
            outcome,
            message: cause_alone(error),
        })
    }
}

/// Turns the outcomes of a batch, once they are printed, into that of the command.
pub(super) fn conclude<T: Part>(parts: &[T], outcome: Result<(), Failure>) -> Result<(), Failure> {
    let failed = parts.iter().filter(|part| part.outcome() != Outcome::Ok);
    let (failed, of) = (failed.count(), parts.len());
    match (outcome, failed) {
        // More important than a reader that closed the pipe.
        (Ok(()) | Err(Failure::NoReader), 1..) => Err(Failure::Batch { failed, of }),
        (outcome, _) => printed(
            outcome,
            format!("{} of {of} parts of the batch succeeded", of - failed),
        ),
    }
}

impl Part for Creation {
    fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl Part for Deletion {
    fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl Listed for Creation {
    const COLUMNS: &'static [&'static str] =
        &["outcome", "id", "subject", "role", "scope", "message"];

    fn cells(&self) -> Vec<String> {
        let role = self.role_name.as_ref().or(self.role_id.as_ref());
        vec![
            self.outcome.text(),
            self.id.map(|id| id.to_string()).unwrap_or_default(),
            pair(self.subject_type.as_ref(), self.subject_id.as_ref()),
            role.cloned().unwrap_or_default(),
            pair(self.scope_type.as_ref(), self.scope_id.as_ref()),
            self.message.clone().unwrap_or_default(),
        ]
    }
}

impl Listed for Deletion {
    const COLUMNS: &'static [&'static str] = &["outcome", "id", "message"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.outcome.text(),
            self.id.map(|id| id.to_string()).unwrap_or_default(),
            self.message.clone().unwrap_or_default(),
        ]
    }
}

impl Outcome {
    fn text(self) -> String {
        let text = match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        };
        text.to_owned()
    }
}

fn pair(kind: Option<&String>, id: Option<&String>) -> String {
    match (kind, id) {
        (Some(kind), Some(id)) => format!("{kind}:{id}"),
        _ => String::new(),
    }
}
