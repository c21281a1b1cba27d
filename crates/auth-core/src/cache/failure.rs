//! How long a failed refresh holds: by class of failure, by whether a usable token exists, and by how often in a row.

use std::time::Duration;

use super::policy::RefreshPolicy;
use crate::clock::Moment;
use crate::error::{Error, ErrorKind};

/// A failure and the time during which no other refresh is started.
#[derive(Debug, Clone)]
pub(super) struct CoolDown {
    pub(super) error: Error,
    pub(super) since: Moment,
    pub(super) length: Duration,
    /// The credentials the failed refresh was made with.
    pub(super) revision: u64,
    class: Class,
    /// Whether callers had a usable token meanwhile.
    usable: bool,
    /// Failures in a row of this class and standing.
    count: u32,
}

/// What kind of patience a failure asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Passes by itself.
    Retryable,
    /// The credentials were refused: pointless until somebody mends them, and a hammered login is a locked account.
    Rejected,
    /// The request or a setting is wrong: pointless until somebody changes it.
    Refused,
}

impl CoolDown {
    /// Makes the cool-down after `error`, which follows `previous` unless something succeeded in between.
    ///
    /// `remaining` is the life left of the token that callers are still served, if there is one.
    pub(super) fn after(
        policy: &RefreshPolicy,
        previous: Option<&Self>,
        error: Error,
        now: Moment,
        remaining: Option<Duration>,
        revision: u64,
    ) -> Self {
        let class = Class::of(&error);
        let usable = remaining.is_some();
        let count = match previous {
            Some(previous) if previous.class == class && previous.usable == usable => {
                previous.count.saturating_add(1)
            }
            _ => 1,
        };
        let length = match class {
            Class::Retryable => retryable_length(policy, count, remaining, error.retry_after()),
            Class::Rejected => rejected_length(policy, count),
            Class::Refused => policy.refused(),
        };
        Self {
            error,
            since: now,
            length,
            revision,
            class,
            usable,
            count,
        }
    }

    /// Returns the same failure, and its place in the count, holding nothing any more.
    pub(super) fn ended(self) -> Self {
        Self {
            length: Duration::ZERO,
            ..self
        }
    }

    /// Returns true if other credentials end this cool-down at once.
    pub(super) fn ends_with_new_credentials(&self) -> bool {
        self.class == Class::Rejected || self.error.kind() == ErrorKind::Config
    }

    /// Returns true if this failure is of another kind than the one before it: worth a warning, where a repetition is not.
    pub(super) fn is_news_after(&self, previous: Option<&Self>) -> bool {
        previous.is_none_or(|previous| previous.error.kind() != self.error.kind())
    }
}

impl Class {
    fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Rejected => Self::Rejected,
            ErrorKind::Config | ErrorKind::Request | ErrorKind::Api | ErrorKind::Closed => {
                Self::Refused
            }
            ErrorKind::Response
            | ErrorKind::Throttled
            | ErrorKind::Timeout
            | ErrorKind::Transport
            | ErrorKind::Unavailable => Self::Retryable,
        }
    }
}

fn retryable_length(
    policy: &RefreshPolicy,
    count: u32,
    remaining: Option<Duration>,
    retry_after: Option<Duration>,
) -> Duration {
    let first = match remaining {
        Some(_) => policy.retry_with_token(),
        None => policy.retry_without_token(),
    };
    let doublings = (count - 1).min(MAX_DOUBLINGS);
    let doubled = first.saturating_mul(1 << doublings).min(policy.retry_cap());
    let length = match remaining {
        // A few attempts must fit into what is left of the token, and no more than one a second.
        Some(remaining) => doubled.min((remaining / 4).max(policy.retry_without_token())),
        None => doubled,
    };
    length.max(
        retry_after
            .unwrap_or_default()
            .min(policy.retry_after_cap()),
    )
}

fn rejected_length(policy: &RefreshPolicy, count: u32) -> Duration {
    let lengths = policy.rejected();
    let step = usize::try_from(count - 1).unwrap_or(usize::MAX);
    lengths[step.min(lengths.len() - 1)]
}

/// Far past any cap in use; the bound keeps the shift from overflowing.
const MAX_DOUBLINGS: u32 = 16;

#[cfg(test)]
mod tests;
