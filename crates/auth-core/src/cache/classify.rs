//! Decides what a call does from what the slot holds and what time it is: a pure function, nothing else.

use std::time::Duration;

use super::policy::Timing;
use crate::clock::Moment;

/// What is known of a slot, as far as a decision needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) closed: bool,
    pub(super) timing: Option<Timing>,
    /// The last token was discarded because the API refused it, and no other has come yet.
    pub(super) revoked: bool,
    pub(super) flight: FlightView,
    pub(super) cool_down: Option<CoolDownView>,
}

impl View {
    /// Returns true if a refresh would be started but for a cool-down.
    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.flight == FlightView::None
            && state(self.timing, self.revoked, now) != CacheState::Fresh
    }
}

/// What is known of the one refresh that may be running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlightView {
    None,
    /// Alive when this is below the age at which it counts as dead.
    Running {
        age: Duration,
        dies_at: Duration,
    },
    /// Its channel is closed and nothing was published.
    Broken,
}

/// What is known of the failure that holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoolDownView {
    pub(super) since: Moment,
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
    /// A token past its life, margin included; it is not handed out.
    Expired,
    /// The API refused the last token and no other has come yet.
    Revoked,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Return the token.
    Serve,
    /// Return the token at once and start a refresh behind it.
    ServeAndRefresh,
    /// Wait for the refresh that runs.
    Join,
    /// Start a refresh and wait for it.
    Start,
    /// The refresh that ran is dead; bury it and decide again.
    Bury,
    /// Return the last failure, which holds for this long still.
    FailFast(Duration),
    /// Nothing is handed out any more.
    Closed,
}

/// Returns what a call does now.
pub(super) fn classify(view: &View, now: Moment) -> Decision {
    if view.closed {
        return Decision::Closed;
    }
    let state = state(view.timing, view.revoked, now);
    let usable = matches!(state, CacheState::Fresh | CacheState::Stale);
    match (state, view.flight) {
        (CacheState::Fresh, _) => Decision::Serve,
        (_, FlightView::Broken) => Decision::Bury,
        (_, FlightView::Running { age, dies_at }) if age >= dies_at => Decision::Bury,
        (_, FlightView::Running { .. }) if usable => Decision::Serve,
        (_, FlightView::Running { .. }) => Decision::Join,
        (_, FlightView::None) => match (cool_down_left(view.cool_down, now), usable) {
            (Some(_), true) => Decision::Serve,
            (Some(left), false) => Decision::FailFast(left),
            (None, true) => Decision::ServeAndRefresh,
            (None, false) => Decision::Start,
        },
    }
}

/// Returns what the slot holds now.
pub(super) fn state(timing: Option<Timing>, revoked: bool, now: Moment) -> CacheState {
    match timing {
        Some(timing) => phase(timing, now),
        None if revoked => CacheState::Revoked,
        None => CacheState::Empty,
    }
}

/// Returns where in its life a token is: the whole of the hot path's decision.
#[inline]
pub(super) fn phase(timing: Timing, now: Moment) -> CacheState {
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
pub(super) fn cool_down_left(cool_down: Option<CoolDownView>, now: Moment) -> Option<Duration> {
    let cool_down = cool_down.filter(|cool_down| !cool_down.lifted)?;
    let left = cool_down.length.checked_sub(now.since(cool_down.since))?;
    (!left.is_zero()).then_some(left)
}

#[cfg(test)]
mod tests;
