//! What went wrong since the last success: the failure that holds, and the refreshes that died without one.

use std::time::Duration;

use super::classify::CoolDownView;
use super::failure::CoolDown;
use super::policy::RefreshPolicy;
use crate::clock::Moment;
use crate::error::{Error, ErrorKind};

/// The cache's memory of failures. A success forgets all of it but the last failure's date.
#[derive(Debug, Default)]
pub(super) struct Setback {
    cool_down: Option<CoolDown>,
    /// Failures since the last success, whatever their class.
    failures: u32,
    last_failure: Option<(Moment, Error)>,
    /// Refreshes in a row that died without an outcome.
    deaths: u32,
    last_death: Option<Moment>,
    /// Refusals in a row of credentials that had been replaced meanwhile.
    outdated: u32,
}

impl Setback {
    /// Returns the failure that holds as a decision sees it; `revision` is that of the credentials there are now, if asked.
    pub(super) fn view(&self, revision: Option<u64>) -> Option<CoolDownView> {
        self.cool_down.as_ref().map(|cool_down| CoolDownView {
            since: cool_down.since,
            length: cool_down.length,
            lifted: cool_down.ends_with_new_credentials()
                && revision.is_some_and(|revision| revision != cool_down.revision),
        })
    }

    /// Returns true if other credentials would end the cool-down.
    pub(super) fn awaits_credentials(&self) -> bool {
        self.cool_down
            .as_ref()
            .is_some_and(CoolDown::ends_with_new_credentials)
    }

    /// Returns the last failure with what is left of its cool-down as its `retry_after`.
    pub(super) fn fail_fast(&self, left: Duration) -> Error {
        let error = match &self.cool_down {
            Some(cool_down) => cool_down.error.clone(),
            None => Error::new(ErrorKind::Unavailable, "the last refresh failed"),
        };
        error.with_retry_after(left)
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn last_failure(&self) -> Option<&(Moment, Error)> {
        self.last_failure.as_ref()
    }

    /// A token came: nothing holds, and counting starts anew.
    pub(super) fn forget(&mut self) {
        *self = Self {
            last_failure: self.last_failure.take(),
            ..Self::default()
        };
    }

    /// Takes a failure; returns true if it is of another kind than the one before.
    ///
    /// `remaining` is the life left of the token that callers are still served, if there is one.
    /// `tried` is the revision of the credentials that failed, `current` that of the ones there are now.
    pub(super) fn hold(
        &mut self,
        policy: &RefreshPolicy,
        now: Moment,
        error: Error,
        remaining: Option<Duration>,
        tried: u64,
        current: u64,
    ) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some((now, error.clone()));
        self.deaths = 0;
        let previous = self.cool_down.take();
        let next = CoolDown::after(policy, previous.as_ref(), error, now, remaining, current);
        let is_news = next.is_news_after(previous.as_ref());
        // What older credentials were refused for says nothing of the new ones, nor adds to the count. But a provider
        // whose every answer is news would then be asked without end.
        let is_outdated = next.ends_with_new_credentials() && tried != current;
        self.outdated = if is_outdated {
            self.outdated.saturating_add(1)
        } else {
            0
        };
        let is_forgiven = (1..=MAX_OUTDATED).contains(&self.outdated);
        self.cool_down = if is_forgiven {
            previous.map(CoolDown::ended)
        } else {
            Some(next)
        };
        is_news
    }

    /// Takes the death of a refresh; returns the failure that it amounts to, if it is the second in a row.
    pub(super) fn died(&mut self, policy: &RefreshPolicy, at: Moment) -> Option<Error> {
        // A refresh that starts long after a death was not elected by those who waited for the dead one.
        let is_recent = self
            .last_death
            .is_some_and(|last| at.since(last) < policy.retry_cap());
        self.deaths = if is_recent { self.deaths + 1 } else { 1 };
        self.last_death = Some(at);
        (self.deaths >= MAX_DEATHS).then(|| {
            Error::new(
                ErrorKind::Unavailable,
                "the refresh died twice: its task panicked, or its runtime was shut down or is no longer driven",
            )
        })
    }
}

/// A second death in a row is no accident, and electing for ever would be a loop.
const MAX_DEATHS: u32 = 2;

/// Nobody rotates a secret more often than this within the seconds that a refresh takes.
const MAX_OUTDATED: u32 = 3;
