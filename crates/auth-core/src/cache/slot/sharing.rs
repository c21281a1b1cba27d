//! The slot's part in sharing a token with other processes: what it has, what it refuses, and the outcomes that only sharing knows.

use std::time::Duration;

use super::super::history::Revisions;
use super::super::policy::{RefreshPolicy, Timing};
use super::Slot;
use crate::clock::ClockReading;
use crate::error::Error;
use crate::token::AccessToken;

impl Slot {
    /// Returns for how long the current token is still returned, or `None` if callers have to wait.
    pub(in super::super) fn usable_for(&self, now: ClockReading) -> Option<Duration> {
        let left = self.timing()?.remaining(now);
        (!left.is_zero()).then_some(left)
    }

    /// Returns true if the API rejected this token here, so that it must not come back through the store.
    pub(in super::super) fn has_rejected(&self, token: &AccessToken) -> bool {
        self.invalid.remembers(token)
    }

    /// Returns true if the token is another one than the current one, will outlive it, and was not rejected here.
    pub(in super::super) fn may_adopt(
        &self,
        token: &AccessToken,
        timing: Timing,
        now: ClockReading,
    ) -> bool {
        let own = self.usable_for(now).unwrap_or_default();
        timing.remaining(now) > own && !self.is_current(token) && !self.has_rejected(token)
    }

    /// Ends the refresh without a change, since the current token is still good; returns it, or `None` if callers now wait for another one.
    ///
    /// No other refresh starts for `length`.
    pub(in super::super) fn keep(
        &mut self,
        id: u64,
        now: ClockReading,
        length: Duration,
    ) -> Option<AccessToken> {
        self.usable_for(now)?;
        let token = self.entry.as_ref()?.token.clone();
        if self.end_refresh(id).is_some() {
            self.hold_off = Some(Box::new((now, length)));
        }
        Some(token)
    }

    /// Records the failure of another process; returns as [`Slot::fail`].
    pub(in super::super) fn refuse(
        &mut self,
        policy: &RefreshPolicy,
        id: u64,
        now: ClockReading,
        error: Error,
        length: Duration,
        current: u64,
    ) -> Option<bool> {
        let tried = self.end_refresh(id)?.revision;
        let asked = error.retry_after().unwrap_or_default();
        let length = length.max(asked.min(policy.retry_after_cap()));
        let revisions = Revisions { tried, current };
        Some(self.history.hold(now, error, length, revisions))
    }
}
