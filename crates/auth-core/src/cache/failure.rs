//! How long a failed refresh holds: by class of failure, by whether a usable token exists, and by how often in a row.

use std::time::Duration;

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
            Class::Retryable => retryable_length(count, remaining, error.retry_after()),
            Class::Rejected => REJECTED[(count as usize - 1).min(REJECTED.len() - 1)],
            Class::Refused => REFUSED,
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
    count: u32,
    remaining: Option<Duration>,
    retry_after: Option<Duration>,
) -> Duration {
    let first = if remaining.is_some() {
        FIRST_WITH_TOKEN
    } else {
        FIRST_WITHOUT_TOKEN
    };
    let doubled = first
        .saturating_mul(1 << (count - 1).min(MAX_DOUBLINGS))
        .min(MAX_RETRYABLE);
    let length = match remaining {
        // At least a few attempts must fit into what is left of the token.
        Some(remaining) => doubled.min((remaining / 4).max(MIN_WITH_TOKEN)),
        None => doubled,
    };
    length.max(retry_after.unwrap_or_default().min(MAX_RETRY_AFTER))
}

/// Callers are failing: try again as soon as is polite.
const FIRST_WITHOUT_TOKEN: Duration = Duration::from_secs(1);
/// Nobody is waiting: leave the endpoint room to recover.
const FIRST_WITH_TOKEN: Duration = Duration::from_secs(5);
/// A token about to expire is worth an attempt each second and no more.
const MIN_WITH_TOKEN: Duration = Duration::from_secs(1);
/// An outage that ends is noticed within a minute.
const MAX_RETRYABLE: Duration = Duration::from_secs(60);
/// 1 s doubles past the cap after six steps; the bound keeps the shift from overflowing.
const MAX_DOUBLINGS: u32 = 6;
/// A server that asks for more than this is down or misconfigured, and may be mended sooner than it says.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);
/// A few quick tries for a secret that is still spreading, then slowly enough never to lock an account.
const REJECTED: [Duration; 4] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(300),
];
/// Somebody may have mended the other side; once a minute finds out.
const REFUSED: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
