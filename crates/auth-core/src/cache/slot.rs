//! The slot: one token, the one refresh that may run, the failure that holds, and every change between them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::watch;

use super::classify::{self, CacheState, Decision, FlightView, View};
use super::policy::{RefreshPolicy, Timing};
use super::setback::Setback;
use super::ticket::{Flight, Outcome};
use crate::clock::Moment;
use crate::error::Error;
use crate::source::TokenSource;
use crate::sync::{AbortHandle, Handle, RuntimeId};
use crate::token::AccessToken;

/// The token that is served, with the times it is judged by.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) token: AccessToken,
    /// The token's header once more: the token keeps it elsewhere, and each step there waits for memory.
    pub(super) header: HeaderValue,
    pub(super) timing: Timing,
    /// Who it was asked for, where that is known.
    identity: Option<Arc<str>>,
}

/// Who would sign in now; asked of the source without the lock.
#[derive(Debug, Clone)]
pub(super) struct SignIn {
    pub(super) revision: u64,
    pub(super) identity: Option<Arc<str>>,
}

impl SignIn {
    pub(super) fn of(source: &impl TokenSource) -> Self {
        Self {
            revision: source.credential_revision(),
            identity: source.identity(),
        }
    }
}

/// Everything the cache knows. It is changed under one lock that is never held across an await.
#[derive(Debug, Default)]
pub(super) struct Slot {
    entry: Option<Arc<Entry>>,
    revoked: bool,
    closed: bool,
    flight: Option<Flight>,
    flights_started: u64,
    /// Where refreshes run, if not on the runtime of whoever starts them.
    runners: Vec<Handle>,
    setback: Setback,
    refused: VecDeque<AccessToken>,
    last_success: Option<Moment>,
}

impl Slot {
    /// Decides what a call does now, or returns `None` if that depends on who would sign in and `sign_in` does not say.
    pub(super) fn decide(
        &self,
        now: Moment,
        policy: &RefreshPolicy,
        sign_in: Option<&SignIn>,
    ) -> Option<Decision> {
        let awaits_credentials = self.setback.awaits_credentials();
        let view = View {
            closed: self.closed,
            timing: self.timing(),
            revoked: self.revoked,
            flight: self.flight_view(now, policy),
            cool_down: self.setback.view(sign_in.map(|sign_in| sign_in.revision)),
        };
        let decision = classify::classify(&view, now);
        let depends = match decision {
            Decision::Start | Decision::ServeAndRefresh => true,
            // New credentials would end the cool-down that makes it so.
            Decision::FailFast(_) => awaits_credentials,
            Decision::Serve => awaits_credentials && view.is_due(now),
            Decision::Join | Decision::Bury | Decision::Closed => false,
        };
        (!depends || sign_in.is_some()).then_some(decision)
    }

    /// Returns the entry that a decision to serve refers to.
    pub(super) fn entry(&self) -> Option<&Arc<Entry>> {
        self.entry.as_ref()
    }

    /// Returns the refresh that runs.
    pub(super) fn flight(&self) -> Option<&Flight> {
        self.flight.as_ref()
    }

    /// Returns what went wrong since the last success.
    pub(super) fn setback(&self) -> &Setback {
        &self.setback
    }

    /// Returns where a refresh would run: a blocking facade's thread if there is one, else the caller's runtime.
    pub(super) fn runtime(&self) -> Option<Handle> {
        self.runners
            .last()
            .cloned()
            .or_else(|| Handle::try_current().ok())
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

    /// Gives up a refresh that runs on no facade's thread: the blocked thread may be the one that would have to drive it.
    #[cfg(feature = "blocking")]
    pub(super) fn abandon_foreign_flight(&mut self) {
        let runners = &self.runners;
        let foreign = self
            .flight
            .take_if(|flight| !runners.iter().any(|runner| runner.id() == flight.runtime));
        if let Some(abort) = foreign.and_then(|flight| flight.abort) {
            abort.abort();
        }
    }

    /// Registers a refresh that is about to run.
    pub(super) fn begin_flight(
        &mut self,
        now: Moment,
        revision: u64,
        runtime: RuntimeId,
        outcome: watch::Receiver<Option<Outcome>>,
    ) -> &Flight {
        self.flights_started += 1;
        self.flight.insert(Flight {
            id: self.flights_started,
            started: now,
            revision,
            outcome,
            abort: None,
            runtime,
        })
    }

    /// Notes how to end the refresh that runs.
    pub(super) fn set_abort(&mut self, id: u64, abort: AbortHandle) {
        if let Some(flight) = self.flight.as_mut().filter(|flight| flight.id == id) {
            flight.abort = Some(abort);
        }
    }

    /// Takes a new token; returns the entry to publish, or `None` if the flight is no longer the slot's.
    pub(super) fn succeed(
        &mut self,
        id: u64,
        now: Moment,
        token: AccessToken,
        timing: Timing,
        sign_in: SignIn,
    ) -> Option<Arc<Entry>> {
        self.end_flight(id)?;
        self.setback.forget();
        self.revoked = false;
        self.last_success = Some(now);
        let identity = sign_in.identity;
        let entry = Arc::new(Entry {
            header: token.authorization(),
            token,
            timing,
            identity,
        });
        self.entry = Some(Arc::clone(&entry));
        Some(entry)
    }

    /// Takes a failure; returns whether it is news, or `None` if the flight is no longer the slot's.
    ///
    /// `current` is the revision of the credentials there are now.
    pub(super) fn fail(
        &mut self,
        policy: &RefreshPolicy,
        id: u64,
        now: Moment,
        error: Error,
        current: u64,
    ) -> Option<bool> {
        let flight = self.end_flight(id)?;
        Some(self.hold(policy, now, error, flight.revision, current))
    }

    /// Buries a flight that died without an outcome: the first one in a row is forgiven, the second is a failure.
    ///
    /// Returns the failure if there is one.
    pub(super) fn bury(&mut self, policy: &RefreshPolicy, id: u64, now: Moment) -> Option<Error> {
        let flight = self.end_flight(id)?;
        if let Some(abort) = &flight.abort {
            abort.abort();
        }
        // Nobody may have looked for long: the death is as old as the flight's last possible breath.
        let died_at = flight.death(now, policy.flight_dies_at());
        let error = self.setback.died(policy, died_at)?;
        let revision = flight.revision;
        self.hold(policy, died_at, error.clone(), revision, revision);
        Some(error)
    }

    /// Discards the token that the API refused, if it is the current one and not too young; returns true if it was discarded.
    pub(super) fn invalidate(
        &mut self,
        now: Moment,
        rejected: &AccessToken,
        policy: &RefreshPolicy,
    ) -> bool {
        let Some(entry) = self
            .entry
            .as_ref()
            .filter(|entry| entry.token.is_same_token(rejected))
        else {
            return false;
        };
        if now.since(entry.timing.anchor) < policy.min_age_to_invalidate() {
            return false;
        }
        self.refused.push_back(entry.token.clone());
        while self.refused.len() > policy.remembered_refusals() {
            self.refused.pop_front();
        }
        self.entry = None;
        self.revoked = true;
        true
    }

    /// Discards a token that was asked for in another name than this; returns true if it did.
    pub(super) fn discard_of_other(&mut self, sign_in: &SignIn) -> bool {
        let identity = sign_in.identity.as_deref();
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

    /// Returns true if this very token was discarded before.
    pub(super) fn was_refused(&self, token: &AccessToken) -> bool {
        self.refused
            .iter()
            .any(|refused| refused.is_same_token(token))
    }

    /// Forgets the token and hands out nothing from now on; returns the refresh that still runs.
    pub(super) fn close(&mut self) -> Option<Flight> {
        self.closed = true;
        self.entry = None;
        self.refused.clear();
        self.flight.take()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn state(&self, now: Moment) -> CacheState {
        classify::state(self.timing(), self.revoked, now)
    }

    pub(super) fn last_success(&self) -> Option<Moment> {
        self.last_success
    }

    /// Returns how long no refresh will be started, new credentials aside.
    pub(super) fn cool_down_left(&self, now: Moment) -> Option<Duration> {
        classify::cool_down_left(self.setback.view(None), now)
    }

    fn timing(&self) -> Option<Timing> {
        self.entry.as_ref().map(|entry| entry.timing)
    }

    /// Returns true if a refresh is running and alive.
    pub(super) fn is_refreshing(&self, now: Moment, policy: &RefreshPolicy) -> bool {
        match self.flight_view(now, policy) {
            FlightView::Running { age, dies_at } => age < dies_at,
            FlightView::None | FlightView::Broken => false,
        }
    }

    fn flight_view(&self, now: Moment, policy: &RefreshPolicy) -> FlightView {
        match &self.flight {
            None => FlightView::None,
            Some(flight) if flight.is_broken() => FlightView::Broken,
            Some(flight) => FlightView::Running {
                age: flight.age(now),
                dies_at: policy.flight_dies_at(),
            },
        }
    }

    /// Takes the flight out if it is still the slot's: one that was buried has no say any more.
    fn end_flight(&mut self, id: u64) -> Option<Flight> {
        self.flight.take_if(|flight| flight.id == id)
    }

    fn hold(
        &mut self,
        policy: &RefreshPolicy,
        now: Moment,
        error: Error,
        tried: u64,
        current: u64,
    ) -> bool {
        let remaining = self.timing().and_then(|timing| {
            let age = now.since(timing.anchor);
            timing
                .expire_at
                .checked_sub(age)
                .filter(|left| !left.is_zero())
        });
        self.setback
            .hold(policy, now, error, remaining, tried, current)
    }
}
