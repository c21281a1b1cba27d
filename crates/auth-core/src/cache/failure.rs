//! The cool-down after a failed refresh: by class of failure, by whether a usable token exists, and by the number of failures.

use std::time::Duration;

use super::policy::RefreshPolicy;
use crate::error::{Error, ErrorKind};

/// The failures of each class since the last success.
///
/// Each class is counted separately: an endpoint that alternates between classes would otherwise reset every count.
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
    /// Transient.
    Retryable,
    /// The credentials were rejected: pointless until they are fixed, and repeated attempts may lock the account.
    Rejected,
    /// The request or a setting is wrong: pointless until it is changed.
    Refused,
}

impl FailureCounts {
    /// Counts a failure and returns its cool-down.
    ///
    /// `remaining` is the remaining lifetime of the token that callers still get, if there is one.
    pub(super) fn count(
        &mut self,
        policy: &RefreshPolicy,
        error: &Error,
        remaining: Option<Duration>,
    ) -> Duration {
        // Callers start to fail now, so a retry is more urgent than before.
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
            ErrorKind::InvalidCredentials | ErrorKind::UnknownTenant => Self::Rejected,
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

/// Returns true if other credentials would end the cool-down after this failure.
pub(super) fn ends_with_new_credentials(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidCredentials | ErrorKind::UnknownTenant | ErrorKind::Config
    )
}

/// Returns how long to wait after the source returned the same token that is due for a refresh.
///
/// Such a source is a cache itself, or has one behind it; it will have another token shortly, but not at the next call.
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
        // A few attempts must fit into the remaining lifetime, but no more than one a second.
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

/// Far above any cap in use; the bound prevents an overflow of the shift.
const MAX_DOUBLINGS: u32 = 16;

#[cfg(test)]
mod tests;
