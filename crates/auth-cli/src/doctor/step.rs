//! A step of the check: its outcome, details and advice.

use auth_core::{Error, ErrorKind};
use serde::Serialize;

use crate::failure::{chain, hint};
use crate::names::SettingNames;
use crate::output::Listed;
use crate::style::Style;

/// The steps, in the order in which a sign-in takes them.
pub(super) const NAMES: [&str; 7] = [
    "configuration",
    "name lookup",
    "connection",
    "clock",
    "sign-in",
    "API call",
    "token store",
];

/// A further step, for a vendor that receives files at a host of its own.
pub(super) const UPLOAD: &str = "upload host";

/// A step as it is printed; its keys are in the documented order.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    step: &'static str,
    #[serde(flatten)]
    outcome: Outcome,
}

/// The outcome of a step.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    status: Status,
    detail: String,
    advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    /// Not a failure yet.
    Warning,
    Failed,
    Skipped,
}

impl Step {
    pub(super) fn new(step: &'static str, outcome: Outcome) -> Self {
        Self { step, outcome }
    }

    pub(super) fn is_failed(&self) -> bool {
        self.outcome.status == Status::Failed
    }
}

impl Outcome {
    pub(super) fn ok(detail: impl Into<String>) -> Self {
        Self::new(Status::Ok, detail.into(), None)
    }

    pub(super) fn skipped(detail: impl Into<String>) -> Self {
        Self::new(Status::Skipped, detail.into(), None)
    }

    pub(super) fn warning(detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Status::Warning, detail.into(), Some(advice.into()))
    }

    pub(super) fn failed(detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Status::Failed, detail.into(), Some(advice.into()))
    }

    /// A failure with the same advice that other commands print.
    pub(super) fn failed_with(error: &Error, names: &SettingNames) -> Self {
        let detail = chain(error, names);
        match (hint(error, names), error.kind()) {
            (Some(advice), _) => Self::failed(detail, advice),
            (None, ErrorKind::Config) => Self::explained(&detail),
            (None, _) => Self::failed(detail, "fix what the detail says"),
        }
    }

    /// A failure whose message contains the advice, after a colon.
    pub(super) fn explained(message: &str) -> Self {
        // The vendor's name, one word, may be in front of the message.
        let start = match message.split_once(": ") {
            Some((name, _)) if !name.contains(' ') => name.len() + 2,
            _ => 0,
        };
        match message[start..].split_once(": ") {
            Some((problem, advice)) => {
                Self::failed(format!("{}{problem}", &message[..start]), advice)
            }
            None => Self::failed(message, "fix what the detail says"),
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.status == Status::Ok
    }

    fn new(status: Status, detail: String, advice: Option<String>) -> Self {
        Self {
            status,
            detail,
            advice,
        }
    }
}

impl Listed for Step {
    const COLUMNS: &'static [&'static str] = &["step", "status", "detail", "advice"];

    fn cells(&self) -> Vec<String> {
        let status = match self.outcome.status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
        };
        vec![
            self.step.to_owned(),
            status.to_owned(),
            self.outcome.detail.clone(),
            self.outcome.advice.clone().unwrap_or_default(),
        ]
    }

    fn style(&self, column: usize) -> Option<Style> {
        (column == 1).then_some(match self.outcome.status {
            Status::Ok => Style::Success,
            Status::Warning => Style::Warning,
            Status::Failed => Style::Error,
            Status::Skipped => Style::Dim,
        })
    }
}
