//! Polls that fail for a passing reason: for how long, why, and what is said of it.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::retry::transient_kind;

/// A time without a usable response to the polls of a [`Wait`](super::Wait).
#[derive(Debug, Clone)]
pub struct Outage {
    duration: Duration,
    error: Error,
}

impl Outage {
    pub(super) fn new(duration: Duration, error: Error) -> Self {
        Self { duration, error }
    }

    /// Returns how long ago the last usable response arrived, or the wait started.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns why the last poll failed.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns true if another poll failed for the same reason, which is no news.
    pub(super) fn is_due_to(&self, error: &Error) -> bool {
        self.error.kind() == error.kind() && self.error.status() == error.status()
    }

    /// Returns a phrase about the operation, whose last state is not known to be the present one.
    pub(super) fn explain(&self, what: &str, last: Option<&str>) -> String {
        let seconds = self.duration.as_secs_f64().ceil();
        match last {
            Some(state) => {
                format!("{state}, as of {seconds} s ago; the API has been unavailable since")
            }
            None => format!(
                "the state of {what} is unknown; the API has been unavailable for {seconds} s"
            ),
        }
    }
}

/// Returns true if a later poll may succeed: it changes nothing, so it may be repeated although its method is that of a create.
pub(super) fn is_passing(error: &Error) -> bool {
    let by_kind = matches!(
        error.kind(),
        ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Throttled | ErrorKind::Unavailable
    );
    let by_status = error.status().and_then(transient_kind).is_some();
    error.is_retryable() || by_kind || by_status
}
