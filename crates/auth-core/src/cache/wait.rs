//! What a call does when no token is at hand: starts or joins the one refresh, waits for it, and buries it if it dies.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::Instrument as _;

use super::classify::Decision;
use super::flight::{self, closed};
use super::observe::LookUp;
use super::race::before;
use super::slot::{Flight, Outcome, Slot};
use super::{TokenCache, lock};
use crate::error::{Error, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Starts the refresh of a stale token unless one runs or a cool-down holds; never waits for anything, the lock included.
    pub(super) fn refresh_behind(&self) {
        let Ok(mut slot) = self.0.slot.try_lock() else {
            return;
        };
        // Twice, since the first decision may be to bury a dead flight.
        for _ in 0..2 {
            match self.decide(&slot) {
                Decision::ServeAndRefresh => {
                    // Without a runtime nothing can be started; the token is still valid, so that is not an error yet.
                    if let Some(runtime) = slot.runtime() {
                        self.start(&mut slot, &runtime);
                    }
                    return;
                }
                Decision::Bury => {
                    slot.bury(
                        &self.0.policy,
                        self.0.clock.now(),
                        self.0.source.credential_revision(),
                    );
                }
                _ => return,
            }
        }
    }

    /// The slow path: waits for the one refresh, and elects another if it dies.
    pub(super) async fn wait_for_token(&self) -> Outcome {
        loop {
            let flight = match self.next_step()? {
                Step::Take(token) => return Ok(token),
                Step::Wait(flight) => flight,
            };
            if let Some(outcome) = self.landing(flight).await {
                return outcome;
            }
        }
    }

    fn next_step(&self) -> Result<Step> {
        let mut slot = lock(&self.0.slot);
        loop {
            match self.decide(&slot) {
                Decision::Serve | Decision::ServeAndRefresh => {
                    if let Some(entry) = slot.entry() {
                        return Ok(Step::Take(entry.token.clone()));
                    }
                }
                Decision::Join => {
                    if let Some(flight) = slot.flight() {
                        self.note(LookUp::Joined);
                        return Ok(Step::Wait(flight.clone()));
                    }
                }
                Decision::Start => {
                    let runtime = slot.runtime().ok_or_else(|| {
                        Error::config(
                            "no tokio runtime is running here: ask for a token from within one",
                        )
                    })?;
                    self.note(LookUp::Waited);
                    return Ok(Step::Wait(self.start(&mut slot, &runtime)));
                }
                Decision::Bury => {
                    let revision = self.0.source.credential_revision();
                    if let Some(error) = slot.bury(&self.0.policy, self.0.clock.now(), revision) {
                        return Err(error);
                    }
                }
                Decision::FailFast(left) => {
                    self.note(LookUp::FailedFast);
                    return Err(slot.fail_fast(left));
                }
                Decision::Closed => return Err(closed()),
            }
        }
    }

    /// Waits until a flight has an outcome, or returns `None` once it is dead.
    async fn landing(&self, mut flight: Flight) -> Option<Outcome> {
        let now = self.0.clock.now();
        let dies_in = self
            .0
            .policy
            .flight_dies_at()
            .saturating_sub(flight.age(now));
        let published = async {
            let outcome = flight.outcome.wait_for(Option::is_some).await.ok()?;
            outcome.clone()
        };
        before(published, self.0.clock.sleep(dies_in))
            .await
            .flatten()
    }

    fn decide(&self, slot: &Slot) -> Decision {
        let inner = &self.0;
        slot.decide(inner.clock.now(), &inner.policy, || {
            inner.source.credential_revision()
        })
    }

    fn start(&self, slot: &mut Slot, runtime: &Handle) -> Flight {
        if slot.discard_of_other(self.0.source.identity().as_deref()) {
            self.0.published.store(None);
        }
        let (sender, outcome) = watch::channel(None);
        let flight = slot
            .begin_flight(self.0.clock.now(), runtime.id(), outcome)
            .clone();
        let span = tracing::debug_span!("token_refresh", source = self.0.source.name());
        let task =
            runtime.spawn(flight::run(Arc::clone(&self.0), flight.id, sender).instrument(span));
        slot.set_abort(flight.id, task.abort_handle());
        flight
    }
}

/// What a caller without a token does next.
enum Step {
    Take(AccessToken),
    Wait(Flight),
}
