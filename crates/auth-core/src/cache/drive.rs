//! Handles a call without a fresh token: decides, starts or joins the one refresh, and waits for it.

use std::sync::{Arc, TryLockError, Weak};

use tracing::Instrument as _;

use super::classify::Decision;
use super::entry::{CurrentCredentials, Need};
use super::futures::with_deadline;
use super::handle::{Abandoned, Outcome, RefreshHandle};
use super::observe::LookUp;
use super::refresh::{self, closed};
use super::slot::Slot;
use super::{Inner, TokenCache, lock};
use crate::clock::ClockReading;
use crate::error::{Error, Result};
use crate::source::TokenSource;
use crate::sync::{Handle, MutexGuard};
use crate::token::AccessToken;

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Starts the refresh of a stale token unless one is running or a cool-down applies; never waits, not even for the lock.
    #[cold]
    #[inline(never)]
    pub(super) fn refresh_in_background(&self) {
        self.drive(Need::Any, || match self.0.slot.try_lock() {
            Ok(slot) => Some(slot),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            // The holder of the lock, or the next call, will do the same.
            Err(TryLockError::WouldBlock) => None,
        });
    }

    /// The slow path: waits for the one refresh, and starts another if it dies.
    pub(super) async fn wait_for_token(&self, need: Need<'_>) -> Outcome {
        #[cfg(feature = "blocking")]
        super::blocking::abandon_foreign_refresh(&self.0.slot);
        // Each call counts once, by its first state.
        let mut noted = false;
        loop {
            let step = self.step(need);
            if let Some(look_up) = step.look_up()
                && !std::mem::replace(&mut noted, true)
            {
                self.note(look_up);
            }
            match step {
                Step::Take(token) => return Ok(token),
                Step::Fail(error) | Step::FailFast(error) => return Err(error),
                Step::Started(refresh) | Step::Joined(refresh) => {
                    if let Some(outcome) = refresh.outcome().await {
                        return outcome;
                    }
                }
            }
        }
    }

    /// Does what a waiting call does up to its first wait, and nothing more.
    pub(super) fn try_step(&self) -> Result<Option<AccessToken>> {
        let step = self.step(Need::Any);
        if let Some(look_up) = step.look_up() {
            self.note(look_up);
        }
        match step {
            Step::Take(token) => Ok(Some(token)),
            Step::Fail(error) | Step::FailFast(error) => Err(error),
            Step::Started(_) | Step::Joined(_) => Ok(None),
        }
    }

    fn step(&self, need: Need<'_>) -> Step {
        self.drive(need, || Some(lock(&self.0.slot)))
            .unwrap_or_else(|| Step::Fail(no_runtime()))
    }

    /// The loop that decides and acts: abandons dead refreshes, reads the current credentials, starts a refresh.
    ///
    /// Returns `None` only if the lock is not available. The clock, the source and the log subscriber are the user's code and may
    /// use this very cache, so all of them are called without the lock.
    fn drive<'a>(
        &'a self,
        need: Need<'_>,
        lock_slot: impl Fn() -> Option<MutexGuard<'a, Slot>>,
    ) -> Option<Step> {
        let mut starter = None;
        loop {
            let now = self.0.clock.now();
            let act = self.act(&mut *lock_slot()?, now, need, starter.as_ref());
            match act {
                Act::Finish(step) => return Some(step),
                Act::Prepare => starter = Some(Starter::of(&self.0)),
                Act::Abandoned(abandoned) => self.0.end_abandoned(abandoned),
                Act::Watch(refresh, runtime) => {
                    self.watch(&refresh, &runtime, now);
                    return Some(Step::Joined(refresh));
                }
                Act::Launch(launch, step) => {
                    self.launch(&launch, now);
                    return Some(step);
                }
            }
        }
    }

    /// Changes the slot according to a decision; returns what remains to be done without the lock.
    fn act(
        &self,
        slot: &mut Slot,
        now: ClockReading,
        need: Need<'_>,
        starter: Option<&Starter>,
    ) -> Act {
        let credentials = starter.map(|starter| &starter.credentials);
        let Some(decision) = slot.decide(now, &self.0.policy, need, credentials) else {
            return Act::Prepare;
        };
        match (decision, starter) {
            (Decision::Start | Decision::ServeAndRefresh, None) => Act::Prepare,
            (Decision::Start, Some(starter)) => match self.begin(slot, now, starter) {
                Ok(launch) => {
                    let refresh = launch.refresh.clone();
                    Act::Launch(launch, Step::Started(refresh))
                }
                Err(error) => Act::Finish(Step::Fail(error)),
            },
            (Decision::ServeAndRefresh, Some(starter)) => {
                let token = slot.entry().map(|entry| entry.token.clone());
                let step = Step::take(token);
                match self.begin(slot, now, starter) {
                    // The start of the refresh may reveal that the token belongs to other credentials.
                    Ok(launch) if slot.entry().is_none() => {
                        let refresh = launch.refresh.clone();
                        Act::Launch(launch, Step::Started(refresh))
                    }
                    Ok(launch) => Act::Launch(launch, step),
                    // No refresh can be started here; the token is still valid, so this is not an error yet.
                    Err(_) => Act::Finish(step),
                }
            }
            (Decision::Serve, _) => {
                Act::Finish(Step::take(slot.entry().map(|entry| entry.token.clone())))
            }
            (Decision::Join, _) => join(slot),
            (Decision::Abandon, _) => {
                let id = slot.refresh().map_or(0, |refresh| refresh.id);
                Act::Abandoned(slot.abandon(&self.0.policy, id, now))
            }
            (Decision::FailFast(left), _) => {
                Act::Finish(Step::FailFast(slot.history().fail_fast(left)))
            }
            (Decision::Closed, _) => Act::Finish(Step::Fail(closed())),
        }
    }

    /// Registers a refresh under the lock; from here on, all other callers join it.
    fn begin(&self, slot: &mut Slot, now: ClockReading, starter: &Starter) -> Result<Launch> {
        let runtime = slot.runtime().ok_or_else(no_runtime)?;
        if !slot.has_runner() && !starter.can_sleep {
            return Err(no_timer());
        }
        if slot.discard_of_other(&starter.credentials) {
            self.0.published.store(None);
        }
        let refresh = slot.begin_refresh(now, starter.credentials.revision, runtime.id());
        // The caller waits for it on another runtime if it runs on a facade's thread.
        let watchdog = Handle::try_current()
            .ok()
            .filter(|current| refresh.needs_watchdog_on(current.id()));
        Ok(Launch {
            refresh: refresh.clone(),
            credentials: starter.credentials.clone(),
            runtime,
            watchdog,
        })
    }

    /// Starts a registered refresh.
    fn launch(&self, launch: &Launch, now: ClockReading) {
        // Not a child of the caller's span: it serves all waiting callers.
        // At the level of its gravest event, which a filter would otherwise show without its source.
        let span = tracing::warn_span!(
            parent: None,
            "token_refresh",
            source = self.0.source.name(),
            tenant = tracing::field::Empty
        );
        let credentials = launch.credentials.clone();
        let work = refresh::run(Arc::clone(&self.0), launch.refresh.clone(), credentials);
        let task = launch.runtime.spawn(work.instrument(span));
        launch.refresh.set_task(task.abort_handle());
        if let Some(runtime) = &launch.watchdog {
            self.watch(&launch.refresh, runtime, now);
        }
    }

    /// Ensures that a refresh ends for the callers that wait on this runtime, even if its own runtime is no longer driven.
    fn watch(&self, refresh: &RefreshHandle, runtime: &Handle, now: ClockReading) {
        let cache = Arc::downgrade(&self.0);
        let limit = self.0.policy.lifespan().saturating_sub(refresh.age(now));
        let clock = Arc::clone(&self.0.clock);
        let refresh = refresh.clone();
        runtime.spawn(async move {
            if !clock.can_sleep() {
                return;
            }
            let ended = with_deadline(refresh.outcome(), clock.sleep(limit)).await;
            if ended.is_none() {
                abandon(&cache, &refresh);
            }
        });
    }
}

/// Abandons a refresh that has exceeded its lifespan.
fn abandon<S>(cache: &Weak<Inner<S>>, refresh: &RefreshHandle) {
    let Some(cache) = cache.upgrade() else {
        return;
    };
    let now = cache.clock.now();
    let abandoned = lock(&cache.slot).abandon(&cache.policy, refresh.id, now);
    cache.end_abandoned(abandoned);
}

fn join(slot: &mut Slot) -> Act {
    // The waiting caller needs its own timer, in case the refresh dies elsewhere.
    let Ok(runtime) = Handle::try_current() else {
        return Act::Finish(Step::Fail(no_runtime()));
    };
    match slot.join(runtime.id()) {
        Some((refresh, true)) => Act::Watch(refresh, runtime),
        Some((refresh, false)) => Act::Finish(Step::Joined(refresh)),
        None => Act::Prepare,
    }
}

/// What a caller without a fresh token does next.
enum Step {
    Take(AccessToken),
    /// Wait for a refresh that this call started.
    Started(RefreshHandle),
    /// Wait for a refresh that another call started.
    Joined(RefreshHandle),
    Fail(Error),
    /// Fail with the error of the last refresh.
    FailFast(Error),
}

impl Step {
    /// A decision to return a token refers to an existing one.
    fn take(token: Option<AccessToken>) -> Self {
        token.map_or_else(|| Self::Fail(closed()), Self::Take)
    }

    fn look_up(&self) -> Option<LookUp> {
        match self {
            Self::Started(_) => Some(LookUp::Waited),
            Self::Joined(_) => Some(LookUp::Joined),
            Self::FailFast(_) => Some(LookUp::FailedFast),
            Self::Take(_) | Self::Fail(_) => None,
        }
    }
}

/// What is left to do once the lock is released.
enum Act {
    Finish(Step),
    /// Read what a start depends on, and decide again.
    Prepare,
    /// End the abandoned refresh, report the failure if it was one, and decide again.
    Abandoned(Option<Abandoned>),
    Watch(RefreshHandle, Handle),
    Launch(Launch, Step),
}

/// What a start depends on, read without the lock.
struct Starter {
    credentials: CurrentCredentials,
    can_sleep: bool,
}

impl Starter {
    fn of<S: TokenSource>(cache: &Inner<S>) -> Self {
        Self {
            credentials: CurrentCredentials::of(&cache.source),
            can_sleep: cache.clock.can_sleep(),
        }
    }
}

/// A refresh that is registered and not yet running.
struct Launch {
    refresh: RefreshHandle,
    credentials: CurrentCredentials,
    runtime: Handle,
    watchdog: Option<Handle>,
}

pub(crate) fn no_runtime() -> Error {
    Error::config("no tokio runtime is running here: request the token from within one")
}

pub(crate) fn no_timer() -> Error {
    Error::config("the tokio runtime has no timer: build it with `enable_time` or `enable_all`")
}
