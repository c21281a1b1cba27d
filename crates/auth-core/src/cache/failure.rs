//! How long a failed refresh holds: by class of failure, by whether a usable token exists, and by how often in a row.

use std::time::Duration;

use super::policy::RefreshPolicy;
use crate::error::{Error, ErrorKind};

/// The failures of each class since the last success.
///
/// Each class counts by itself: an endpoint that alternates between classes would otherwise start every count anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FailureCounts {
    retryable: u32,
    rejected: u32,
    refused: u32,
    /// Whether callers had a usable token when the last failure was counted.
    had_token: bool,
}

/// The kind of cool-down that a failure starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Passes by itself.
    Retryable,
    /// The credentials were rejected: pointless until they are fixed, and repeated attempts may lock the account.
    Rejected,
    /// The request or a setting is wrong: pointless until somebody changes it.
    Refused,
}

impl FailureCounts {
    /// Counts a failure and returns how long it holds.
    ///
    /// `remaining` is the life left of the token that callers are still served, if there is one.
    pub(super) fn count(
        &mut self,
        policy: &RefreshPolicy,
        error: &Error,
        remaining: Option<Duration>,
    ) -> Duration {
        // Callers begin to fail now: what was worth a minute's pause before is urgent.
        if self.had_token && remaining.is_none() {
            self.retryable = 0;
        }
        self.had_token = remaining.is_some();
        match Class::of(error) {
            Class::Retryable => {
                self.retryable = self.retryable.saturating_add(1);
                retryable_length(policy, self.retryable, remaining, error.retry_after())
            }
            Class::Rejected => {
                self.rejected = self.rejected.saturating_add(1);
                rejected_length(policy, self.rejected)
            }
            Class::Refused => {
                self.refused = self.refused.saturating_add(1);
                policy.refused_cool_down()
            }
        }
    }
}

impl Class {
    fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidCredentials => Self::Rejected,
            ErrorKind::Config
            | ErrorKind::TokenRequestRefused
            | ErrorKind::ApiStatus
            | ErrorKind::Closed => Self::Refused,
            ErrorKind::InvalidResponse
            | ErrorKind::Throttled
            | ErrorKind::Timeout
            | ErrorKind::Transport
            | ErrorKind::Unavailable => Self::Retryable,
        }
    }
}

/// Returns true if other credentials would end the pause after this failure at once.
pub(super) fn ends_with_new_credentials(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidCredentials | ErrorKind::Config
    )
}

/// Returns how long to leave the source alone after it returned the very token that is due for a refresh.
///
/// Such a source is a cache itself, or has one behind it; it will have another token in a moment, and not at the next call.
pub(super) fn hold_off(policy: &RefreshPolicy, remaining: Duration) -> Duration {
    retryable_length(policy, 1, Some(remaining), None)
}

fn retryable_length(
    policy: &RefreshPolicy,
    count: u32,
    remaining: Option<Duration>,
    retry_after: Option<Duration>,
) -> Duration {
    let first = match remaining {
        Some(_) => policy.cool_down_with_token(),
        None => policy.cool_down_without_token(),
    };
    let doublings = count.saturating_sub(1).min(MAX_DOUBLINGS);
    let doubled = first
        .saturating_mul(1 << doublings)
        .min(policy.max_cool_down());
    let length = match remaining {
        // A few attempts must fit into what is left of the token, and no more than one a second.
        Some(remaining) => doubled.min((remaining / 4).max(policy.cool_down_without_token())),
        None => doubled,
    };
    length.max(
        retry_after
            .unwrap_or_default()
            .min(policy.retry_after_cap()),
    )
}

fn rejected_length(policy: &RefreshPolicy, count: u32) -> Duration {
    let lengths = policy.rejected_cool_downs();
    let step = usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
    lengths[step.min(lengths.len() - 1)]
}

/// Far past any cap in use; the bound keeps the shift from overflowing.
const MAX_DOUBLINGS: u32 = 16;

#[cfg(test)]
mod tests;
