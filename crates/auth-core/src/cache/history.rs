//! The failures since the last success: the current cool-down, and the refreshes that ended without an outcome.

use std::time::Duration;

use super::classify::CoolDownView;
use super::failure::{self, FailureCounts};
use super::policy::RefreshPolicy;
use crate::clock::ClockReading;
use crate::error::{Error, ErrorKind};

/// The failure history of a cache. A success clears it, except for the time of the last failure.
///
/// It is allocated with the first failure, since most tenants of many have none.
#[derive(Debug, Clone, Default)]
pub(crate) struct FailureHistory(Option<Box<Failures>>);

#[derive(Debug, Clone, Default)]
struct Failures {
    cool_down: Option<CoolDown>,
    counts: FailureCounts,
    /// Failures since the last success, whatever their class.
    failures: u32,
    last_kind: Option<ErrorKind>,
    last_failure: Option<(ClockReading, Error)>,
    /// Consecutive refreshes that ended without an outcome.
    abandoned: u32,
    last_abandoned: Option<ClockReading>,
    /// Consecutive rejections of credentials that had been replaced meanwhile.
    outdated: u32,
}

/// A failure and its cool-down, during which no other refresh starts.
#[derive(Debug, Clone)]
struct CoolDown {
    error: Error,
    since: ClockReading,
    length: Duration,
    /// The credentials at its start.
    revision: u64,
}

/// The credentials of a refresh that failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Revisions {
    /// The credentials that it used.
    pub(super) tried: u64,
    /// The current credentials.
    pub(super) current: u64,
}

impl FailureHistory {
    /// Returns the current failure for a decision; `revision` is that of the current credentials, if known.
    pub(super) fn view(&self, revision: Option<u64>) -> Option<CoolDownView> {
        self.cool_down().map(|cool_down| CoolDownView {
            since: cool_down.since,
            length: cool_down.length,
            lifted: failure::ends_with_new_credentials(&cool_down.error)
                && revision.is_some_and(|revision| revision != cool_down.revision),
        })
    }

    /// Returns true if other credentials would end the cool-down.
    pub(super) fn awaits_credentials(&self) -> bool {
        self.cool_down()
            .is_some_and(|cool_down| failure::ends_with_new_credentials(&cool_down.error))
    }

    /// Returns the last failure with the rest of its cool-down as `retry_after`.
    pub(super) fn fail_fast(&self, left: Duration) -> Error {
        let error = match self.cool_down() {
            Some(cool_down) => cool_down.error.clone(),
            None => Error::new(ErrorKind::Unavailable, "the last refresh failed"),
        };
        error.with_retry_after(left)
    }

    /// Returns true once it no longer affects a decision or a count: no cool-down applies, and none ended recently.
    pub(super) fn has_ended(&self, now: ClockReading, policy: &RefreshPolicy) -> bool {
        self.cool_down().is_none_or(|cool_down| {
            now.since(cool_down.since) >= cool_down.length.saturating_add(policy.max_cool_down())
        })
    }

    /// Returns when it will end, on the monotonic clock.
    pub(super) fn ends_at(&self, policy: &RefreshPolicy) -> Duration {
        self.cool_down().map_or(Duration::ZERO, |cool_down| {
            let ended = cool_down.since.monotonic().saturating_add(cool_down.length);
            ended.saturating_add(policy.max_cool_down())
        })
    }

    /// Returns the same failures for a source whose credentials currently have this revision.
    ///
    /// A new source counts its revisions from the start, so the stored revision is meaningless.
    pub(super) fn with_revision(mut self, revision: u64) -> Self {
        if let Some(failures) = &mut self.0
            && let Some(cool_down) = &mut failures.cool_down
        {
            cool_down.revision = revision;
        }
        self
    }

    pub(super) fn failures(&self) -> u32 {
        self.0.as_ref().map_or(0, |failures| failures.failures)
    }

    pub(super) fn last_failure(&self) -> Option<&(ClockReading, Error)> {
        self.0.as_ref()?.last_failure.as_ref()
    }

    /// Records a success, which clears the cool-down and the counts.
    pub(super) fn clear(&mut self) {
        let Some(failures) = &mut self.0 else {
            return;
        };
        match failures.last_failure.take() {
            None => self.0 = None,
            last_failure => {
                **failures = Failures {
                    last_failure,
                    ..Failures::default()
                };
            }
        }
    }

    /// Records a failure; returns true if its kind differs from the previous one.
    ///
    /// `remaining` is the remaining lifetime of the token that callers still get, if there is one.
    pub(super) fn add(
        &mut self,
        policy: &RefreshPolicy,
        now: ClockReading,
        error: Error,
        remaining: Option<Duration>,
        revisions: Revisions,
    ) -> bool {
        let failures = self.0.get_or_insert_default();
        failures.add(policy, now, error, remaining, revisions)
    }

    /// Records a failure of another process, which holds this one off for `length`; returns true if its kind differs from the previous one.
    ///
    /// It is not counted: the cool-downs of this process grow with its own attempts.
    #[cfg(feature = "store")]
    pub(super) fn hold(
        &mut self,
        now: ClockReading,
        error: Error,
        length: Duration,
        revisions: Revisions,
    ) -> bool {
        let failures = self.0.get_or_insert_default();
        failures.failures = failures.failures.saturating_add(1);
        failures.last_failure = Some((now, error.clone()));
        let is_news = failures.last_kind.replace(error.kind()) != Some(error.kind());
        let is_outdated = is_outdated(&error, revisions);
        failures.cool_down = (!is_outdated).then(|| CoolDown {
            length,
            since: now,
            error,
            revision: revisions.current,
        });
        is_news
    }

    /// Records a refresh without an outcome; returns a failure for the second consecutive one.
    pub(super) fn add_abandoned(
        &mut self,
        policy: &RefreshPolicy,
        at: ClockReading,
    ) -> Option<Error> {
        self.0.get_or_insert_default().add_abandoned(policy, at)
    }

    fn cool_down(&self) -> Option<&CoolDown> {
        self.0.as_ref()?.cool_down.as_ref()
    }
}

impl Failures {
    fn add(
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
        // A rejection of older credentials says nothing about the new ones, and is not counted. But a provider
        // that returns new credentials each time would then be called endlessly.
        self.outdated = if is_outdated(&error, revisions) {
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

    fn add_abandoned(&mut self, policy: &RefreshPolicy, at: ClockReading) -> Option<Error> {
        // A refresh that starts long after such an end was not started by the callers that waited for it.
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

fn is_outdated(error: &Error, revisions: Revisions) -> bool {
    failure::ends_with_new_credentials(error) && revisions.tried != revisions.current
}

/// A second consecutive one is no accident, and retrying forever would be a loop.
const MAX_ABANDONED: u32 = 2;

/// Secrets are not rotated more often than this within the seconds that a refresh takes.
const MAX_OUTDATED: u32 = 3;
