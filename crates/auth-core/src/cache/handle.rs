//! The handle of a refresh for the slot and the waiting callers: its number, age, outcome, and cancellation.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use tokio::sync::oneshot;

use super::futures::with_deadline;
use super::lock;
use crate::clock::{Clock, ClockReading};
use crate::error::{Error, Result};
use crate::sync::{AbortHandle, Handle, Mutex, RuntimeId};
use crate::token::AccessToken;

/// The outcome of a refresh, for all waiting callers.
pub(super) type Outcome = Result<AccessToken>;

/// Completes for all waiting callers: with the outcome, or without one if the refresh was abandoned.
type Ended = Shared<oneshot::Receiver<Outcome>>;

/// The progress of a refresh.
#[derive(Debug)]
enum Progress {
    Running(oneshot::Sender<Outcome>),
    Done,
    /// It ended without an outcome: its task panicked, was dropped or overstayed its deadline.
    Abandoned,
}

/// A refresh, as the slot and the waiting callers see it.
#[derive(Debug)]
pub(super) struct RefreshHandle {
    pub(super) id: u64,
    pub(super) started: ClockReading,
    /// The credentials that it authenticates with.
    pub(super) revision: u64,
    shared: Arc<State>,
    /// The runtimes that have a watchdog for it; only the slot's own handle has this list.
    watched_on: Vec<RuntimeId>,
    /// The runtime that its task runs on.
    #[cfg_attr(
        not(feature = "blocking"),
        expect(dead_code, reason = "only the blocking facade asks")
    )]
    pub(super) runtime: RuntimeId,
}

/// The state that all handles of a refresh share.
#[derive(Debug)]
struct State {
    progress: Mutex<Progress>,
    ended: Ended,
    task: Mutex<TaskState>,
}

/// The task of a refresh, which is registered before it is spawned and may be cancelled in between.
#[derive(Debug)]
enum TaskState {
    Unspawned,
    Spawned(AbortHandle),
    Cancelled,
}

impl RefreshHandle {
    pub(super) fn new(id: u64, started: ClockReading, revision: u64, runtime: RuntimeId) -> Self {
        let (sender, receiver) = oneshot::channel();
        Self {
            id,
            started,
            revision,
            shared: Arc::new(State {
                progress: Mutex::new(Progress::Running(sender)),
                ended: receiver.shared(),
                task: Mutex::new(TaskState::Unspawned),
            }),
            watched_on: Vec::new(),
            runtime,
        }
    }

    /// Returns the time since the start on the monotonic clock: a suspended machine runs no timers either.
    pub(super) fn age(&self, now: ClockReading) -> Duration {
        now.monotonic().saturating_sub(self.started.monotonic())
    }

    /// Returns when a dead refresh ended: now, or at its maximum age.
    pub(super) fn ended_at(&self, now: ClockReading, lifespan: Duration) -> ClockReading {
        if self.age(now) <= lifespan {
            return now;
        }
        let after = |start: Duration| start.saturating_add(lifespan);
        ClockReading::new(after(self.started.monotonic()), after(self.started.wall()))
    }

    /// Returns true if the task is gone without an outcome.
    pub(super) fn is_abandoned(&self) -> bool {
        matches!(*lock(&self.shared.progress), Progress::Abandoned)
    }

    /// Marks the refresh as ended without an outcome, unless it has one, and wakes the waiting callers.
    pub(super) fn mark_abandoned(&self) {
        // Without its sender, the future that callers wait for completes without an outcome.
        drop(self.end(Progress::Abandoned));
    }

    /// Ends the refresh with its outcome, and wakes the waiting callers.
    pub(super) fn complete(&self, outcome: Outcome) {
        if let Some(sender) = self.end(Progress::Done) {
            // Nobody waits if this fails.
            let _ = sender.send(outcome);
        }
    }

    /// Returns what wakes the waiting callers, which must happen without the lock, or `None` if the refresh has ended before.
    fn end(&self, end: Progress) -> Option<oneshot::Sender<Outcome>> {
        let mut progress = lock(&self.shared.progress);
        if !matches!(*progress, Progress::Running(_)) {
            return None;
        }
        match std::mem::replace(&mut *progress, end) {
            Progress::Running(sender) => Some(sender),
            Progress::Done | Progress::Abandoned => None,
        }
    }

    /// Registers the task; if it was cancelled before it was spawned, it is aborted immediately.
    pub(super) fn set_task(&self, task: AbortHandle) {
        let mut state = lock(&self.shared.task);
        if let TaskState::Cancelled = *state {
            task.abort();
        } else {
            *state = TaskState::Spawned(task);
        }
    }

    /// Ends the task, even before it is spawned.
    pub(super) fn cancel(&self) {
        let mut state = lock(&self.shared.task);
        if let TaskState::Spawned(task) = std::mem::replace(&mut *state, TaskState::Cancelled) {
            task.abort();
        }
    }

    /// Returns true the first time it is called for a runtime: one timer is enough for all waiting callers on it.
    pub(super) fn needs_watchdog_on(&mut self, runtime: RuntimeId) -> bool {
        let is_watched = self.watched_on.contains(&runtime);
        if !is_watched {
            self.watched_on.push(runtime);
        }
        !is_watched
    }

    /// Waits until the refresh has an outcome, or returns `None` once it is abandoned.
    pub(super) async fn outcome(&self) -> Option<Outcome> {
        self.shared.ended.clone().await.ok()
    }
}

impl Clone for RefreshHandle {
    /// Every waiting caller clones the handle under the slot's lock, so a clone allocates nothing.
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            watched_on: Vec::new(),
            ..*self
        }
    }
}

/// A refresh that no longer belongs to a slot, whose waiting callers do not know it yet.
///
/// They are woken by [`end`](Self::end), which must be called without the slot's lock: a waker is the user's code.
#[derive(Debug)]
#[must_use]
pub(super) struct Abandoned {
    refresh: RefreshHandle,
    failure: Option<Error>,
}

impl Abandoned {
    pub(super) fn new(refresh: RefreshHandle, failure: Option<Error>) -> Self {
        Self { refresh, failure }
    }

    /// Wakes the waiting callers and ends the task; returns the failure if abandoning it was one.
    pub(super) fn end(self) -> Option<Error> {
        self.refresh.mark_abandoned();
        self.refresh.cancel();
        self.failure
    }
}

/// Waits for refreshes to complete, and ends the rest at the limit.
pub(super) async fn complete(refreshes: Vec<RefreshHandle>, clock: &dyn Clock, limit: Duration) {
    if refreshes.is_empty() {
        return;
    }
    // Without a runtime there is no timer.
    if Handle::try_current().is_ok() && clock.can_sleep() {
        let completed = async {
            for refresh in &refreshes {
                refresh.outcome().await;
            }
        };
        if with_deadline(completed, clock.sleep(limit)).await.is_some() {
            return;
        }
    }
    for refresh in refreshes {
        refresh.cancel();
    }
}

#[cfg(test)]
mod tests;
