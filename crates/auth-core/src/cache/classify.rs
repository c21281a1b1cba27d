//! Decides what a call does, as a pure function of the slot's state and the time.

use std::time::Duration;

use super::policy::Timing;
use crate::clock::ClockReading;

/// The part of a slot that a decision needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) closed: bool,
    pub(super) timing: Option<Timing>,
    /// The last token was discarded because the API rejected it, and there is no other yet.
    pub(super) revoked: bool,
    pub(super) refresh: RefreshView,
    pub(super) cool_down: Option<CoolDownView>,
    /// The source has just returned the token that is due again: no failure, and no reason to ask it again at once.
    pub(super) is_held_off: bool,
}

impl View {
    /// Returns true if a refresh would start without the cool-down.
    pub(super) fn is_due(&self, now: ClockReading) -> bool {
        self.refresh == RefreshView::None && self.state(now) != CacheState::Fresh
    }

    /// Returns the state of the slot's token.
    pub(super) fn state(&self, now: ClockReading) -> CacheState {
        match self.timing {
            _ if self.closed => CacheState::Closed,
            Some(timing) => phase(timing, now),
            None if self.revoked => CacheState::Revoked,
            None => CacheState::Empty,
        }
    }
}

/// The state of the refresh that may be running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefreshView {
    None,
    /// Alive while it is younger than its lifespan.
    Running {
        age: Duration,
        lifespan: Duration,
    },
    /// Its task is gone without an outcome.
    Abandoned,
}

/// The state of the current failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoolDownView {
    pub(super) since: ClockReading,
    pub(super) length: Duration,
    /// The credentials have changed since, which ends it immediately.
    pub(super) lifted: bool,
}

/// The state of the slot's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheState {
    /// No token has arrived yet.
    Empty,
    /// A token that is not due for a refresh.
    Fresh,
    /// A valid token that is due for a refresh.
    Stale,
    /// An expired token, including the margin; it is not returned.
    Expired,
    /// The API rejected the last token and there is no other yet.
    Revoked,
    /// The cache was shut down and returns no tokens.
    Closed,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Return the token.
    Serve,
    /// Return the token immediately and start a refresh in the background.
    ServeAndRefresh,
    /// Wait for the running refresh.
    Join,
    /// Start a refresh and wait for it.
    Start,
    /// The refresh is dead; abandon it and decide again.
    Abandon,
    /// Return the last failure; the cool-down lasts this much longer.
    FailFast(Duration),
    /// The cache is closed.
    Closed,
}

/// Returns what a call does now.
pub(super) fn classify(view: &View, now: ClockReading) -> Decision {
    let state = view.state(now);
    let usable = matches!(state, CacheState::Fresh | CacheState::Stale);
    match (state, view.refresh) {
        (CacheState::Closed, _) => Decision::Closed,
        (CacheState::Fresh, _) => Decision::Serve,
        (_, RefreshView::Abandoned) => Decision::Abandon,
        (_, RefreshView::Running { age, lifespan }) if age >= lifespan => Decision::Abandon,
        (_, RefreshView::Running { .. }) if usable => Decision::Serve,
        (_, RefreshView::Running { .. }) => Decision::Join,
        (_, RefreshView::None) => match (retry_in(view.cool_down, now), usable) {
            (Some(_), true) => Decision::Serve,
            (Some(left), false) => Decision::FailFast(left),
            (None, true) if view.is_held_off => Decision::Serve,
            (None, true) => Decision::ServeAndRefresh,
            (None, false) => Decision::Start,
        },
    }
}

/// Returns the state of a token, which is the hot path's entire decision.
#[inline]
pub(super) fn phase(timing: Timing, now: ClockReading) -> CacheState {
    let age = now.since(timing.anchor);
    if age < timing.refresh_at {
        CacheState::Fresh
    } else if age < timing.expire_at {
        CacheState::Stale
    } else {
        CacheState::Expired
    }
}

/// Returns the rest of a cool-down, which uses the same two clocks as a token's age.
pub(super) fn retry_in(cool_down: Option<CoolDownView>, now: ClockReading) -> Option<Duration> {
    let cool_down = cool_down.filter(|cool_down| !cool_down.lifted)?;
    let left = cool_down.length.checked_sub(now.since(cool_down.since))?;
    (!left.is_zero()).then_some(left)
}

#[cfg(test)]
mod tests;
