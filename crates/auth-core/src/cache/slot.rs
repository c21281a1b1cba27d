//! The slot: one token, the one refresh that may run, the current failure, and all transitions between them.

use std::sync::Arc;
use std::time::Duration;

use super::classify::{self, CacheState, Decision, RefreshView, View};
use super::entry::{CurrentCredentials, Entry, Need};
use super::failure;
use super::handle::{Abandoned, RefreshHandle};
use super::history::{FailureHistory, Revisions};
use super::invalid::InvalidTokens;
use super::policy::{RefreshPolicy, Timing};
use crate::clock::ClockReading;
use crate::error::Error;
use crate::source::Verdict;
use crate::sync::{Handle, RuntimeId};
use crate::token::AccessToken;

/// The state of the cache. It is changed under one lock that is never held across an await or while the user's code runs.
#[derive(Debug, Default)]
pub(super) struct Slot {
    entry: Option<Arc<Entry>>,
    revoked: bool,
    closed: bool,
    /// Boxed, as are the other rare states: a tenant of many is at rest nearly always.
    refresh: Option<Box<RefreshHandle>>,
    refreshes_started: u64,
    /// The runtime of refreshes, if not that of the caller that starts them.
    runners: Vec<Handle>,
    history: FailureHistory,
    invalid: InvalidTokens,
    last_success: Option<ClockReading>,
    /// Since when and for how long the source is not called, because it returned the same token that was due.
    hold_off: Option<Box<(ClockReading, Duration)>>,
}

impl Slot {
    /// Decides what a call does now, or returns `None` if that depends on the current credentials and they are unknown.
    pub(super) fn decide(
        &self,
        now: ClockReading,
        policy: &RefreshPolicy,
        need: Need<'_>,
        credentials: Option<&CurrentCredentials>,
    ) -> Option<Decision> {
        let awaits_credentials = self.history.awaits_credentials();
        let mut view = self.view(now, policy, credentials);
        if let Need::Beyond(token) = need
            && !view.is_held_off
            && self.is_current(token)
        {
            view.timing = None;
        }
        let decision = classify::classify(&view, now);
        let depends = match decision {
            Decision::Start | Decision::ServeAndRefresh => true,
            // New credentials would end the cool-down on which this depends.
            Decision::FailFast(_) => awaits_credentials,
            Decision::Serve => awaits_credentials && view.is_due(now),
            Decision::Join | Decision::Abandon | Decision::Closed => false,
        };
        (!depends || credentials.is_some()).then_some(decision)
    }

    /// Returns the entry that a decision to return a token refers to.
    pub(super) fn entry(&self) -> Option<&Arc<Entry>> {
        self.entry.as_ref()
    }

    /// Returns the running refresh.
    pub(super) fn refresh(&self) -> Option<&RefreshHandle> {
        self.refresh.as_deref()
    }

    /// Returns the running refresh, to wait for it on `runtime`, and whether to start a watchdog there.
    pub(super) fn join(&mut self, runtime: RuntimeId) -> Option<(RefreshHandle, bool)> {
        let refresh = self.refresh.as_mut()?;
        let needs_watchdog = refresh.needs_watchdog_on(runtime);
        Some((RefreshHandle::clone(refresh), needs_watchdog))
    }

    /// Returns the failure history.
    pub(super) fn history(&self) -> &FailureHistory {
        &self.history
    }

    /// Restores the failure history of an earlier slot.
    pub(super) fn restore_history(&mut self, history: FailureHistory) {
        self.history = history;
    }

    /// Returns the number of consecutive rejected tokens.
    pub(super) fn invalid_in_a_row(&self) -> u32 {
        self.invalid.in_a_row()
    }

    /// Returns where a refresh would run: a blocking facade's thread if there is one, else the caller's runtime.
    pub(super) fn runtime(&self) -> Option<Handle> {
        self.runners
            .last()
            .cloned()
            .or_else(|| Handle::try_current().ok())
    }

    /// Returns true if refreshes run on a thread of a blocking facade.
    pub(super) fn has_runner(&self) -> bool {
        !self.runners.is_empty()
    }

    /// Lets every refresh from now on run on this runtime.
    #[cfg(feature = "blocking")]
    pub(super) fn add_runner(&mut self, runner: Handle) {
        self.runners.push(runner);
    }

    /// Lets refreshes run elsewhere again.
    #[cfg(feature = "blocking")]
    pub(super) fn remove_runner(&mut self, runner: RuntimeId) {
        self.runners.retain(|handle| handle.id() != runner);
    }

    /// Abandons a refresh that runs neither on a facade's thread nor on `here`: the blocked thread may be the one that has to drive it.
    #[cfg(feature = "blocking")]
    pub(super) fn abandon_foreign_refresh(&mut self, here: Option<RuntimeId>) -> Option<Abandoned> {
        let runners = &self.runners;
        let foreign = self.refresh.take_if(|refresh| {
            let mut own = runners.iter().map(Handle::id).chain(here);
            !own.any(|runtime| runtime == refresh.runtime)
        });
        foreign.map(|refresh| Abandoned::new(*refresh, None))
    }

    /// Registers a refresh that is about to run.
    pub(super) fn begin_refresh(
        &mut self,
        now: ClockReading,
        revision: u64,
        runtime: RuntimeId,
    ) -> &mut RefreshHandle {
        self.refreshes_started += 1;
        let refresh = RefreshHandle::new(self.refreshes_started, now, revision, runtime);
        self.refresh.insert(Box::new(refresh))
    }

    /// Stores a new token; returns the entry to publish, or `None` if the refresh is no longer the slot's.
    pub(super) fn succeed(
        &mut self,
        policy: &RefreshPolicy,
        id: u64,
        now: ClockReading,
        token: AccessToken,
        timing: Timing,
        credentials: CurrentCredentials,
    ) -> Option<Arc<Entry>> {
        self.end_refresh(id)?;
        self.history.clear();
        self.revoked = false;
        self.last_success = Some(now);
        let is_no_news =
            self.is_current(&token) && classify::phase(timing, now) == CacheState::Stale;
        self.hold_off = is_no_news.then(|| {
            let length = failure::hold_off(policy, timing.remaining(now));
            Box::new((now, length))
        });
        let entry = Arc::new(Entry::new(token, timing, credentials.identity));
        self.entry = Some(Arc::clone(&entry));
        Some(entry)
    }

    /// Records a failure; returns whether its kind is new, or `None` if the refresh is no longer the slot's.
    ///
    /// `current` is the revision of the current credentials.
    pub(super) fn fail(
        &mut self,
        policy: &RefreshPolicy,
        id: u64,
        now: ClockReading,
        error: Error,
        current: u64,
    ) -> Option<bool> {
        let tried = self.end_refresh(id)?.revision;
        Some(self.add_failure(policy, now, error, Revisions { tried, current }))
    }

    /// Abandons a refresh that ended without an outcome: the first one is ignored, a second consecutive one is a failure.
    ///
    /// Returns `None` if the refresh is no longer the slot's.
    pub(super) fn abandon(
        &mut self,
        policy: &RefreshPolicy,
        id: u64,
        now: ClockReading,
    ) -> Option<Abandoned> {
        let refresh = self.end_refresh(id)?;
        // It may have been unnoticed for long: it ended no later than its lifespan allows.
        let ended_at = refresh.ended_at(now, policy.lifespan());
        let failure = self.history.add_abandoned(policy, ended_at);
        if let Some(error) = &failure {
            let revisions = Revisions {
                tried: refresh.revision,
                current: refresh.revision,
            };
            self.add_failure(policy, ended_at, error.clone(), revisions);
        }
        Some(Abandoned::new(*refresh, failure))
    }

    /// Records the API's verdict on a token; returns true if the token was the current one and is discarded.
    pub(super) fn report(
        &mut self,
        policy: &RefreshPolicy,
        now: ClockReading,
        token: &AccessToken,
        verdict: Verdict,
    ) -> bool {
        let Some(entry) = self
            .entry
            .as_ref()
            .filter(|entry| entry.token.is_same_token(token))
        else {
            return false;
        };
        if verdict == Verdict::Accepted {
            self.invalid.accept();
            return false;
        }
        let age = entry.timing.age(now);
        // The entry's own token, so that the remembered token is the one that was returned.
        let token = entry.token.clone();
        let is_discarded = self.invalid.is_discarded(policy, &token, age, now, verdict);
        if is_discarded {
            self.entry = None;
            self.revoked = true;
        }
        is_discarded
    }

    /// Discards a token that was requested for another owner; returns true if it did.
    pub(super) fn discard_of_other(&mut self, credentials: &CurrentCredentials) -> bool {
        let identity = credentials.identity.as_deref();
        let held = self
            .entry
            .as_ref()
            .and_then(|entry| entry.identity.as_deref());
        let is_other = held.is_some_and(|held| identity.is_some_and(|identity| identity != held));
        if is_other {
            self.entry = None;
        }
        is_other
    }

    /// Returns true if this token was discarded too recently to be used again.
    pub(super) fn is_invalid(
        &self,
        policy: &RefreshPolicy,
        token: &AccessToken,
        now: ClockReading,
    ) -> bool {
        self.invalid.contains(policy, token, now)
    }

    /// Removes all tokens and returns none from now on; returns the running refresh.
    pub(super) fn close(&mut self) -> Option<RefreshHandle> {
        self.closed = true;
        self.entry = None;
        self.invalid.clear();
        self.refresh.take().map(|refresh| *refresh)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn state(&self, now: ClockReading, policy: &RefreshPolicy) -> CacheState {
        self.view(now, policy, None).state(now)
    }

    pub(super) fn last_success(&self) -> Option<ClockReading> {
        self.last_success
    }

    /// Returns how long no refresh will start, unless the credentials change.
    pub(super) fn retry_in(&self, now: ClockReading) -> Option<Duration> {
        classify::retry_in(self.history.view(None), now)
    }

    /// Returns how long nothing will be due, so that no check is needed before that.
    pub(super) fn next_due(&self, now: ClockReading, policy: &RefreshPolicy) -> Duration {
        let fresh_for = self.timing().map_or(Duration::ZERO, |timing| {
            timing.refresh_at.saturating_sub(now.since(timing.anchor))
        });
        let running_for = match self.refresh_view(now, policy) {
            RefreshView::Running { age, lifespan } => lifespan.saturating_sub(age),
            RefreshView::None | RefreshView::Abandoned => Duration::ZERO,
        };
        let held_off = self
            .hold_off
            .as_deref()
            .map_or(Duration::ZERO, |(since, length)| {
                length.saturating_sub(now.since(*since))
            });
        let cooling = self.retry_in(now).unwrap_or_default();
        fresh_for.max(running_for).max(held_off).max(cooling)
    }

    /// Returns true if a refresh is running and alive.
    pub(super) fn is_refreshing(&self, now: ClockReading, policy: &RefreshPolicy) -> bool {
        match self.refresh_view(now, policy) {
            RefreshView::Running { age, lifespan } => age < lifespan,
            RefreshView::None | RefreshView::Abandoned => false,
        }
    }

    fn view(
        &self,
        now: ClockReading,
        policy: &RefreshPolicy,
        credentials: Option<&CurrentCredentials>,
    ) -> View {
        View {
            closed: self.closed,
            timing: self.timing(),
            revoked: self.revoked,
            refresh: self.refresh_view(now, policy),
            cool_down: self
                .history
                .view(credentials.map(|current| current.revision)),
            is_held_off: self.is_held_off(now),
        }
    }

    fn timing(&self) -> Option<Timing> {
        self.entry.as_ref().map(|entry| entry.timing)
    }

    fn is_current(&self, token: &AccessToken) -> bool {
        self.entry
            .as_ref()
            .is_some_and(|entry| entry.token.is_same_token(token))
    }

    fn is_held_off(&self, now: ClockReading) -> bool {
        self.hold_off
            .as_deref()
            .is_some_and(|(since, length)| now.since(*since) < *length)
    }

    fn refresh_view(&self, now: ClockReading, policy: &RefreshPolicy) -> RefreshView {
        match &self.refresh {
            None => RefreshView::None,
            Some(refresh) if refresh.is_abandoned() => RefreshView::Abandoned,
            Some(refresh) => RefreshView::Running {
                age: refresh.age(now),
                lifespan: policy.lifespan(),
            },
        }
    }

    /// Takes the refresh out if it is still the slot's: an abandoned one no longer counts.
    fn end_refresh(&mut self, id: u64) -> Option<Box<RefreshHandle>> {
        self.refresh.take_if(|refresh| refresh.id == id)
    }

    fn add_failure(
        &mut self,
        policy: &RefreshPolicy,
        now: ClockReading,
        error: Error,
        revisions: Revisions,
    ) -> bool {
        let remaining = self
            .timing()
            .map(|timing| timing.remaining(now))
            .filter(|left| !left.is_zero());
        self.history.add(policy, now, error, remaining, revisions)
    }
}

#[cfg(feature = "store")]
mod sharing;
#[cfg(test)]
mod tests;
