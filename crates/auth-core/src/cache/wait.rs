//! What a call does when no token is at hand: starts or joins the one refresh, waits for it, and buries it if it dies.

use std::sync::{Arc, TryLockError};

use tokio::sync::watch;
use tracing::Instrument as _;

use super::classify::Decision;
use super::flight::{self, closed};
use super::observe::LookUp;
use super::race::before;
use super::slot::{SignIn, Slot};
use super::ticket::{Flight, Outcome};
use super::{TokenCache, lock};
use crate::clock::Moment;
use crate::error::Error;
use crate::source::TokenSource;
use crate::sync::Handle;
use crate::token::AccessToken;

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Starts the refresh of a stale token unless one runs or a cool-down holds; never waits for anything, the lock included.
    #[cold]
    #[inline(never)]
    pub(super) fn refresh_behind(&self) {
        let mut sign_in = None;
        // Buries a dead flight, decides, asks the source, decides again.
        for _ in 0..4 {
            let step = {
                let mut slot = match self.0.slot.try_lock() {
                    Ok(slot) => slot,
                    Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                    Err(TryLockError::WouldBlock) => return,
                };
                let now = self.0.clock.now();
                match (slot.decide(now, &self.0.policy, sign_in.as_ref()), &sign_in) {
                    (Some(Decision::ServeAndRefresh), Some(sign_in)) => {
                        // Without a runtime nothing can be started; the token is still valid, so that is not an error yet.
                        let Some(runtime) = slot.runtime() else {
                            return;
                        };
                        Some(Step::Launch(self.begin(&mut slot, sign_in, runtime)))
                    }
                    (Some(Decision::Bury), _) => self.bury(&mut slot, now).map(Step::Died),
                    (None, _) => None,
                    _ => return,
                }
            };
            match step {
                Some(Step::Launch(launch)) => {
                    self.launch(launch);
                    return;
                }
                Some(Step::Died(error)) => self.0.mourn(&error),
                _ => {
                    sign_in.get_or_insert_with(|| self.sign_in());
                }
            }
        }
    }

    /// The slow path: waits for the one refresh, and elects another if it dies.
    pub(super) async fn wait_for_token(&self) -> Outcome {
        // Each call counts once, by what it met first.
        let mut noted = false;
        let mut note = |look_up| {
            if !std::mem::replace(&mut noted, true) {
                self.note(look_up);
            }
        };
        loop {
            let flight = match self.next_step() {
                Step::Take(token) => return Ok(token),
                Step::Fail(error) => return Err(error),
                Step::Died(error) => {
                    self.0.mourn(&error);
                    return Err(error);
                }
                Step::FailFast(error) => {
                    note(LookUp::FailedFast);
                    return Err(error);
                }
                Step::Join(flight) => {
                    note(LookUp::Joined);
                    flight
                }
                Step::Launch(launch) => {
                    note(LookUp::Waited);
                    self.launch(launch)
                }
            };
            if let Some(outcome) = self.landing(flight).await {
                return outcome;
            }
        }
    }

    /// Asks the source about itself only without the lock: it is the caller's code, and may use this very cache.
    fn next_step(&self) -> Step {
        let mut sign_in = None;
        loop {
            if let Some(step) = self.step(&mut lock(&self.0.slot), sign_in.as_ref()) {
                return step;
            }
            sign_in.get_or_insert_with(|| self.sign_in());
        }
    }

    /// Returns what a waiting caller does next, or `None` if that depends on who would sign in now.
    fn step(&self, slot: &mut Slot, sign_in: Option<&SignIn>) -> Option<Step> {
        loop {
            let now = self.0.clock.now();
            match slot.decide(now, &self.0.policy, sign_in)? {
                Decision::Serve | Decision::ServeAndRefresh => {
                    return Some(Step::Take(slot.entry()?.token.clone()));
                }
                // The one who waits needs a timer of its own, in case the refresh dies elsewhere.
                Decision::Join | Decision::Start if slot.runtime().is_none() => {
                    return Some(Step::Fail(no_runtime()));
                }
                Decision::Join => return Some(Step::Join(slot.flight()?.clone())),
                Decision::Start => {
                    let runtime = slot.runtime()?;
                    return Some(Step::Launch(self.begin(slot, sign_in?, runtime)));
                }
                Decision::Bury => {
                    if let Some(error) = self.bury(slot, now) {
                        return Some(Step::Died(error));
                    }
                }
                Decision::FailFast(left) => {
                    return Some(Step::FailFast(slot.setback().fail_fast(left)));
                }
                Decision::Closed => return Some(Step::Fail(closed())),
            }
        }
    }

    /// Waits until a flight has an outcome, or returns `None` once it is dead.
    async fn landing(&self, mut flight: Flight) -> Option<Outcome> {
        let age = flight.age(self.0.clock.now());
        let dies_in = self.0.policy.flight_dies_at().saturating_sub(age);
        let published = async {
            let outcome = flight.outcome.wait_for(Option::is_some).await.ok()?;
            outcome.clone()
        };
        before(published, self.0.clock.sleep(dies_in))
            .await
            .flatten()
    }

    fn bury(&self, slot: &mut Slot, now: Moment) -> Option<Error> {
        let id = slot.flight()?.id;
        slot.bury(&self.0.policy, id, now)
    }

    fn sign_in(&self) -> SignIn {
        SignIn::of(&self.0.source)
    }

    /// Registers a refresh under the lock; from here on everybody else joins it.
    fn begin(&self, slot: &mut Slot, sign_in: &SignIn, runtime: Handle) -> Launch {
        if slot.discard_of_other(sign_in) {
            self.0.published.store(None);
        }
        let (sender, outcome) = watch::channel(None);
        let now = self.0.clock.now();
        Launch {
            flight: slot
                .begin_flight(now, sign_in.revision, runtime.id(), outcome)
                .clone(),
            sender,
            sign_in: sign_in.clone(),
            runtime,
        }
    }

    /// Starts a registered refresh, without the lock: a subscriber of the span is somebody else's code.
    fn launch(&self, launch: Launch) -> Flight {
        let Launch {
            flight,
            sender,
            sign_in,
            runtime,
        } = launch;
        // Not a child of the caller's span: it serves everybody who waits.
        let span =
            tracing::debug_span!(parent: None, "token_refresh", source = self.0.source.name());
        let work = flight::run(Arc::clone(&self.0), flight.id, sign_in, sender);
        let task = runtime.spawn(work.instrument(span));
        lock(&self.0.slot).set_abort(flight.id, task.abort_handle());
        flight
    }
}

/// What a caller without a token does next.
enum Step {
    Take(AccessToken),
    Join(Flight),
    Launch(Launch),
    Fail(Error),
    /// The refresh died for the second time in a row.
    Died(Error),
    FailFast(Error),
}

/// A refresh that is registered and not yet running.
struct Launch {
    flight: Flight,
    sender: watch::Sender<Option<Outcome>>,
    sign_in: SignIn,
    runtime: Handle,
}

fn no_runtime() -> Error {
    Error::config("no tokio runtime is running here: ask for a token from within one")
}
