//! What went wrong since the last success: the failure that holds, and the refreshes that ended without an outcome.

use std::time::Duration;

use super::classify::CoolDownView;
use super::failure::{self, FailureCounts};
use super::policy::RefreshPolicy;
use crate::clock::ClockReading;
use crate::error::{Error, ErrorKind};

/// The cache's memory of failures. A success clears all of it but the last failure's date.
#[derive(Debug, Clone, Default)]
pub(super) struct FailureHistory {
    cool_down: Option<CoolDown>,
    counts: FailureCounts,
    /// Failures since the last success, whatever their class.
    failures: u32,
    last_kind: Option<ErrorKind>,
    last_failure: Option<(ClockReading, Error)>,
    /// Refreshes in a row that ended without an outcome.
    abandoned: u32,
    last_abandoned: Option<ClockReading>,
    /// Rejections in a row of credentials that had been replaced meanwhile.
    outdated: u32,
}

/// A failure and the time during which no other refresh is started.
#[derive(Debug, Clone)]
struct CoolDown {
    error: Error,
    since: ClockReading,
    length: Duration,
    /// The credentials there were when it began.
    revision: u64,
}

/// The credentials of a refresh that failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Revisions {
    /// What it authenticated with.
    pub(super) tried: u64,
    /// What it would authenticate with now.
    pub(super) current: u64,
}

impl FailureHistory {
    /// Returns the failure that holds as a decision sees it; `revision` is that of the current credentials, if known.
    pub(super) fn view(&self, revision: Option<u64>) -> Option<CoolDownView> {
        self.cool_down.as_ref().map(|cool_down| CoolDownView {
            since: cool_down.since,
            length: cool_down.length,
            lifted: failure::ends_with_new_credentials(&cool_down.error)
                && revision.is_some_and(|revision| revision != cool_down.revision),
        })
    }

    /// Returns true if other credentials would end the cool-down.
    pub(super) fn awaits_credentials(&self) -> bool {
        self.cool_down
            .as_ref()
            .is_some_and(|cool_down| failure::ends_with_new_credentials(&cool_down.error))
    }

    /// Returns the last failure with what is left of its cool-down as its `retry_after`.
    pub(super) fn fail_fast(&self, left: Duration) -> Error {
        let error = match &self.cool_down {
            Some(cool_down) => cool_down.error.clone(),
            None => Error::new(ErrorKind::Unavailable, "the last refresh failed"),
        };
        error.with_retry_after(left)
    }

    /// Returns true once nothing of it would change a decision or a count: no cool-down holds, nor did one end lately.
    pub(super) fn has_ended(&self, now: ClockReading, policy: &RefreshPolicy) -> bool {
        self.cool_down.as_ref().is_none_or(|cool_down| {
            now.since(cool_down.since) >= cool_down.length.saturating_add(policy.max_cool_down())
        })
    }

    /// Returns when it will have ended, on the monotonic clock.
    pub(super) fn ends_at(&self, policy: &RefreshPolicy) -> Duration {
        self.cool_down.as_ref().map_or(Duration::ZERO, |cool_down| {
            let ended = cool_down.since.monotonic().saturating_add(cool_down.length);
            ended.saturating_add(policy.max_cool_down())
        })
    }

    /// Returns the same failures for a source whose credentials have this revision now.
    ///
    /// A source that was created anew counts its revisions anew as well, so that the one that was noted says nothing.
    pub(super) fn with_revision(mut self, revision: u64) -> Self {
        if let Some(cool_down) = &mut self.cool_down {
            cool_down.revision = revision;
        }
        self
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn last_failure(&self) -> Option<&(ClockReading, Error)> {
        self.last_failure.as_ref()
    }

    /// A token came: nothing holds, and counting starts anew.
    pub(super) fn clear(&mut self) {
        *self = Self {
            last_failure: self.last_failure.take(),
            ..Self::default()
        };
    }

    /// Takes a failure; returns true if it is of another kind than the one before.
    ///
    /// `remaining` is the life left of the token that callers are still served, if there is one.
    pub(super) fn add(
        &mut self,
        policy: &RefreshPolicy,
        now: ClockReading,
        error: Error,
        remaining: Option<Duration>,
        revisions: Revisions,
    ) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some((now, error.clone()));
        self.abandoned = 0;
        let is_news = self.last_kind.replace(error.kind()) != Some(error.kind());
        // What older credentials were rejected for says nothing of the new ones, nor adds to the count. But a provider
        // whose every response is news would then be asked without end.
        let is_outdated =
            failure::ends_with_new_credentials(&error) && revisions.tried != revisions.current;
        self.outdated = if is_outdated {
            self.outdated.saturating_add(1)
        } else {
            0
        };
        let is_forgiven = (1..=MAX_OUTDATED).contains(&self.outdated);
        self.cool_down = (!is_forgiven).then(|| CoolDown {
            length: self.counts.count(policy, &error, remaining),
            since: now,
            error,
            revision: revisions.current,
        });
        is_news
    }

    /// Takes a refresh without an outcome; returns the failure that it amounts to, if it is the second in a row.
    pub(super) fn add_abandoned(
        &mut self,
        policy: &RefreshPolicy,
        at: ClockReading,
    ) -> Option<Error> {
        // A refresh that starts long after one ended so was not elected by those who waited for that one.
        let is_recent = self
            .last_abandoned
            .is_some_and(|last| at.since(last) < policy.max_cool_down());
        self.abandoned = if is_recent { self.abandoned + 1 } else { 1 };
        self.last_abandoned = Some(at);
        (self.abandoned >= MAX_ABANDONED).then(|| {
            Error::new(
                ErrorKind::Unavailable,
                "the token refresh ended twice without an outcome: its task panicked, or its runtime was shut down or is no longer driven",
            )
        })
    }
}

/// A second one in a row is no accident, and electing forever would be a loop.
const MAX_ABANDONED: u32 = 2;

/// Nobody rotates a secret more often than this within the seconds that a refresh takes.
const MAX_OUTDATED: u32 = 3;
