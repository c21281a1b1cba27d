//! Decides what a call does from what the slot holds and what time it is: a pure function, nothing else.

use std::time::Duration;

use super::policy::Timing;
use crate::clock::ClockReading;

/// What is known of a slot, as far as a decision needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) closed: bool,
    pub(super) timing: Option<Timing>,
    /// The last token was discarded because the API rejected it, and no other has come yet.
    pub(super) revoked: bool,
    pub(super) refresh: RefreshView,
    pub(super) cool_down: Option<CoolDownView>,
    /// The source has just returned the token that is due again: no failure, and no reason to ask it again at once.
    pub(super) is_held_off: bool,
}

impl View {
    /// Returns true if a refresh would be started but for a cool-down.
    pub(super) fn is_due(&self, now: ClockReading) -> bool {
        self.refresh == RefreshView::None && self.state(now) != CacheState::Fresh
    }

    /// Returns what the slot holds.
    pub(super) fn state(&self, now: ClockReading) -> CacheState {
        match self.timing {
            _ if self.closed => CacheState::Closed,
            Some(timing) => phase(timing, now),
            None if self.revoked => CacheState::Revoked,
            None => CacheState::Empty,
        }
    }
}

/// What is known of the one refresh that may be running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefreshView {
    None,
    /// Alive while it is younger than its lifespan.
    Running {
        age: Duration,
        lifespan: Duration,
    },
    /// Its task is gone and left no outcome.
    Abandoned,
}

/// What is known of the failure that holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoolDownView {
    pub(super) since: ClockReading,
    pub(super) length: Duration,
    /// The credentials have changed since, which ends it at once.
    pub(super) lifted: bool,
}

/// What the slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheState {
    /// No token has arrived yet.
    Empty,
    /// A token that needs nothing.
    Fresh,
    /// A valid token that is due for a refresh.
    Stale,
    /// A token past its life, margin included; it is not returned.
    Expired,
    /// The API rejected the last token and no other has come yet.
    Revoked,
    /// The cache was shut down; it returns nothing any more.
    Closed,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Return the token.
    Serve,
    /// Return the token at once and start a refresh in the background.
    ServeAndRefresh,
    /// Wait for the refresh that runs.
    Join,
    /// Start a refresh and wait for it.
    Start,
    /// The refresh that ran is dead; abandon it and decide again.
    Abandon,
    /// Return the last failure, which holds for this long still.
    FailFast(Duration),
    /// Nothing is returned any more.
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

/// Returns where in its life a token is: the whole of the hot path's decision.
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

/// Returns what is left of a cool-down; it runs on the same two clocks as a token's age.
pub(super) fn retry_in(cool_down: Option<CoolDownView>, now: ClockReading) -> Option<Duration> {
    let cool_down = cool_down.filter(|cool_down| !cool_down.lifted)?;
    let left = cool_down.length.checked_sub(now.since(cool_down.since))?;
    (!left.is_zero()).then_some(left)
}

#[cfg(test)]
mod tests;
