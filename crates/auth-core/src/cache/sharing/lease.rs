//! The lease of the process that requests a token for all: claimed, renewed while the request runs, and released.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};

use super::Round;
use crate::source::TokenSource;
use crate::store::{PutIfAbsent, StoreDown};

/// A lease under a random value, which only its holder knows.
pub(super) struct Lease {
    nonce: [u8; 16],
    life: Duration,
    /// Until when no other process can have it, on the monotonic clock; zero once another one has.
    held_until: Mutex<Duration>,
}

/// The outcome of an attempt to get the lease.
pub(super) enum Claim {
    Ours,
    /// Another process has it, and will not have it for longer than this unless it renews it.
    Held(Duration),
    /// Something else is stored under its name.
    Foreign,
}

impl Lease {
    pub(super) async fn claim<S: TokenSource>(
        round: &Round<'_, S>,
    ) -> Result<(Self, Claim), StoreDown> {
        let lease = Self {
            nonce: round.session.nonce()?,
            life: life(round.usable_for()),
            held_until: Mutex::default(),
        };
        let before = round.now();
        let key = &round.keys.lease;
        let claim = match round
            .session
            .put_if_absent(key, &lease.nonce, lease.life)
            .await?
        {
            PutIfAbsent::Put => {
                lease.set_held_until(before + lease.life);
                Claim::Ours
            }
            PutIfAbsent::Held(Some(left)) if left <= LIFE + TOLERANCE => Claim::Held(left),
            PutIfAbsent::Held(_) => Claim::Foreign,
        };
        Ok((lease, claim))
    }

    /// Does `work`, and renews the lease as long as it takes.
    pub(super) async fn held_during<S: TokenSource, T>(
        &self,
        round: &Round<'_, S>,
        work: impl Future<Output = T>,
    ) -> T {
        match select(pin!(work), pin!(self.renew(round))).await {
            Either::Left((done, _)) => done,
            Either::Right((never, _)) => match never {},
        }
    }

    /// Returns true if no other process can have the lease now.
    pub(super) fn is_held<S: TokenSource>(&self, round: &Round<'_, S>) -> bool {
        round.now() < *self.lock()
    }

    /// Releases the lease if it is still ours; if that fails, it ends by itself.
    pub(super) async fn release<S: TokenSource>(self, round: &Round<'_, S>) {
        let _ = round
            .session
            .delete_if(&round.keys.lease, &self.nonce)
            .await;
    }

    /// Renews the lease until another process has it or the store is down.
    async fn renew<S: TokenSource>(&self, round: &Round<'_, S>) -> Infallible {
        loop {
            round.cache.clock.sleep(self.life / 3).await;
            let before = round.now();
            let nonce = &self.nonce;
            let key = &round.keys.lease;
            match round.session.replace_if(key, nonce, nonce, self.life).await {
                Ok(true) => self.set_held_until(before + self.life),
                Ok(false) => {
                    // The token request goes on: it may have succeeded at the endpoint already.
                    self.set_held_until(Duration::ZERO);
                    break;
                }
                Err(StoreDown) => break,
            }
        }
        pending().await
    }

    fn set_held_until(&self, until: Duration) {
        *self.lock() = until;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.held_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how long a lease lives without a renewal: less if the present token ends soon, since callers wait for the end of a dead holder's.
fn life(usable_for: Option<Duration>) -> Duration {
    usable_for.map_or(LIFE, |left| (left / 2).clamp(MIN_LIFE, LIFE))
}

/// Long enough for a process that stalls, short enough to wait for the end of one that died.
const LIFE: Duration = Duration::from_secs(5);

/// A process on a busy machine can still renew it in time.
const MIN_LIFE: Duration = Duration::from_secs(2);

/// Stores round lives up.
const TOLERANCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
