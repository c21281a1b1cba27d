//! A refresh that processes share: one of them requests a token, and the others take it from the store.
//!
//! docs/DESIGN.md describes the protocol and why it holds.

mod adopt;
mod lease;

use std::time::Duration;

use futures_util::future::join;

use self::lease::{Claim, Lease};
use super::attempts::attempts;
use super::futures::with_deadline;
use super::policy::Timing;
use super::refresh::{Progress, closed};
use super::refreshed::Refreshed;
use super::turn::Turn;
use super::{Inner, RefreshPolicy, lock, observe};
use crate::error::{Error, Result};
use crate::source::TokenSource;
use crate::store::{SharedFailure, SharedStore, SharedToken, StoreDown, StoreSession, TokenKeys};
use crate::token::AccessToken;

/// Obtains a token together with the other processes; by itself if the store is down.
pub(super) async fn obtain<S: TokenSource>(
    cache: &Inner<S>,
    store: &SharedStore,
    progress: &mut Progress,
) -> Refreshed {
    let Progress { turn, sharing } = progress;
    if sharing.is_none() {
        *sharing = Begun::new(cache, store).await;
    }
    let Some(Begun { keys, started }) = sharing else {
        return attempts(cache, turn).await.into();
    };
    let round = Round {
        cache,
        store,
        session: store.session(&*cache.clock),
        keys,
        turn,
        started: *started,
    };
    let refreshed = match round.run().await {
        Ok(refreshed) => refreshed,
        Err(StoreDown) => attempts(cache, turn).await.into(),
    };
    observe::shared_refresh(cache.source.name(), &refreshed);
    refreshed
}

/// A refresh that processes share; what it waits for them counts for all of its rounds together.
pub(super) struct Begun {
    keys: TokenKeys,
    /// On the monotonic clock.
    started: Duration,
}

impl Begun {
    /// Returns `None` if the token cannot be shared.
    async fn new<S: TokenSource>(cache: &Inner<S>, store: &SharedStore) -> Option<Self> {
        let keys = keys(cache, store).await?;
        let started = cache.clock.now().monotonic();
        Some(Self { keys, started })
    }
}

/// Returns how much longer than without a store a refresh can take at most.
pub(super) fn longest_wait(policy: &RefreshPolicy) -> Duration {
    // The credentials, the wait for another process, and the calls before and after it.
    policy
        .attempt_timeout()
        .saturating_add(PATIENCE + SPREAD + CALLS)
}

/// Returns the keys of the token that would be requested now; `None` if it cannot be shared.
async fn keys<S: TokenSource>(cache: &Inner<S>, store: &SharedStore) -> Option<TokenKeys> {
    let limit = cache.clock.sleep(cache.policy.attempt_timeout());
    // If the credentials are missing, the token request returns the error.
    let id = with_deadline(cache.source.shared_token_id(), limit)
        .await?
        .ok()?;
    let keys = id.and_then(|id| TokenKeys::derive(&id, store.key()));
    if keys.is_none() {
        tracing::debug!("this token cannot be shared");
    }
    keys
}

/// One refresh of this process among those of the others.
struct Round<'a, S> {
    cache: &'a Inner<S>,
    store: &'a SharedStore,
    session: StoreSession<'a>,
    keys: &'a TokenKeys,
    turn: &'a Turn,
    /// When the refresh began to share, on the monotonic clock.
    started: Duration,
}

/// What a process that waits for another one does next.
enum Next {
    Finish(Refreshed),
    /// The lease should have ended without a token: try to get it.
    TryLease,
    /// The wait has been long enough.
    GiveUp,
}

impl<S: TokenSource> Round<'_, S> {
    async fn run(&self) -> Result<Refreshed, StoreDown> {
        let mut holder = None;
        let mut dead_holders = 0;
        let mut is_first = true;
        loop {
            // Before the store is called: thousands of tenants at once are too many for it, and would claim leases long before they are used.
            if let Err(error) = self.take_turn().await {
                return Ok(Refreshed::Failed(error));
            }
            if is_first && let Some(found) = self.look().await? {
                return Ok(found);
            }
            is_first = false;
            let (lease, claim) = Lease::claim(self).await?;
            let left = match claim {
                Claim::Ours => return self.lead(lease).await,
                // Not a lease of this protocol, and it may never end.
                Claim::Foreign => return Ok(self.alone().await),
                Claim::Held(left) => left,
            };
            let current = self.session.get(&self.keys.lease).await?;
            let current = current.map(|record| record.bytes);
            if holder.is_some() && holder != current {
                dead_holders += 1;
            }
            // A lease that was released, or has ended, is no death.
            holder = current;
            if dead_holders >= MAX_DEAD_HOLDERS && self.is_urgent() {
                return self.alone_after_a_while().await;
            }
            // Others may have the turn meanwhile: each waits for a lease that is held elsewhere, so they are few.
            self.turn.pause();
            match self.follow(left).await? {
                Next::Finish(refreshed) => return Ok(refreshed),
                Next::TryLease => {}
                Next::GiveUp if self.is_urgent() => return self.alone_after_a_while().await,
                Next::GiveUp => return Ok(self.keep(Duration::ZERO)),
            }
        }
    }

    /// Waits for the turn of this refresh among those of other tenants, for no longer than a refresh without a store does.
    async fn take_turn(&self) -> Result<()> {
        let policy = &self.cache.policy;
        let patience = policy.refresh_timeout().saturating_sub(self.turn.queued());
        let length = policy.attempt_timeout() + CALLS;
        self.turn.take(self.cache, patience, length).await
    }

    /// Returns what other processes have come to: a token that is of use here, or a failure.
    async fn look(&self) -> Result<Option<Refreshed>, StoreDown> {
        let (token, failure) = join(self.adoptable(), self.failure()).await;
        if let Some((token, timing)) = token? {
            return Ok(Some(Refreshed::Adopted(token, timing)));
        }
        let failure = failure?;
        Ok(failure.map(|(error, length)| {
            if self.is_urgent() {
                Refreshed::Refused(error, length)
            } else {
                self.keep(length)
            }
        }))
    }

    /// Requests a token for all processes.
    async fn lead(&self, lease: Lease) -> Result<Refreshed, StoreDown> {
        // The former holder may have finished between the first look and the lease.
        if let Some(found) = self.look().await? {
            lease.release(self).await;
            return Ok(found);
        }
        let result = lease
            .held_during(self, attempts(self.cache, self.turn))
            .await;
        self.publish(&result, lease.is_held(self)).await;
        lease.release(self).await;
        Ok(result.into())
    }

    /// Waits until the holder of the lease has come to something, or for at most `left`.
    async fn follow(&self, left: Duration) -> Result<Next, StoreDown> {
        let retry_at = self.now().saturating_add(left);
        loop {
            self.pause().await;
            if lock(&self.cache.slot).is_closed() {
                return Ok(Next::Finish(Refreshed::Failed(closed())));
            }
            if let Some(found) = self.look().await? {
                return Ok(Next::Finish(found));
            }
            if self.waited() >= PATIENCE {
                return Ok(Next::GiveUp);
            }
            if self.now() >= retry_at {
                return Ok(Next::TryLease);
            }
        }
    }

    /// Requests a token without the lease, at some moment of the next seconds: many others may have run out of patience now.
    async fn alone_after_a_while(&self) -> Result<Refreshed, StoreDown> {
        let spread = SPREAD.mul_f64(self.cache.policy.draw());
        let enough = (self.waited() + spread).min(PATIENCE + SPREAD);
        while self.waited() < enough {
            self.pause().await;
            if let Some(found) = self.look().await? {
                return Ok(found);
            }
        }
        Ok(self.alone().await)
    }

    /// Requests a token without the lease, and shares it all the same.
    async fn alone(&self) -> Refreshed {
        let result = attempts(self.cache, self.turn).await;
        self.publish(&result, false).await;
        result.into()
    }

    /// Shares a result, unless the store has a token that lives longer. A store that is down changes nothing now.
    async fn publish(&self, result: &Result<(AccessToken, Timing)>, is_leader: bool) {
        let _ = match result {
            Ok((token, timing)) => self.publish_token(token, *timing, is_leader).await,
            Err(error) => self.publish_failure(error).await,
        };
    }

    async fn publish_token(
        &self,
        token: &AccessToken,
        timing: Timing,
        is_leader: bool,
    ) -> Result<(), StoreDown> {
        // If the credentials were replaced meanwhile, who has the old ones must not get this token.
        let Some(keys) = keys(self.cache, self.store).await else {
            return Ok(());
        };
        let is_leader = is_leader && keys.token == self.keys.token;
        let shared = SharedToken::of(token, timing);
        let Some(record) = keys.seal_token(&shared) else {
            return Ok(());
        };
        // Only a leader knows that no other process has put one.
        if !is_leader && self.has_better(&keys, timing).await? {
            return Ok(());
        }
        let life = timing.remaining(self.cache.clock.now());
        self.session.put(&keys.token, &record, life).await
    }

    async fn publish_failure(&self, error: &Error) -> Result<(), StoreDown> {
        let Some(failure) = SharedFailure::of(error) else {
            return Ok(());
        };
        let Some(record) = self.keys.seal_failure(&failure) else {
            return Ok(());
        };
        let life = failure.life(self.cache.policy.retry_after_cap());
        self.session.put(&self.keys.failure, &record, life).await
    }

    /// Returns the failure that another process has shared, and for how long this one relies on it.
    async fn failure(&self) -> Result<Option<(Error, Duration)>, StoreDown> {
        let Some(record) = self.session.get(&self.keys.failure).await? else {
            return Ok(None);
        };
        let failure = self.keys.open_failure(&record.bytes);
        let Some((failure, life)) = failure.zip(record.life) else {
            return Ok(None);
        };
        // Each process has a jitter of its own, so that not all return at once.
        let life = life.min(failure.life(self.cache.policy.retry_after_cap()));
        let jitter = (life / 4).min(MAX_JITTER).mul_f64(self.cache.policy.draw());
        let length = life + jitter;
        Ok(Some((
            failure.into_error().with_retry_after(length),
            length,
        )))
    }

    /// Keeps the present token for a while, at least for `length`, without a success or a failure.
    fn keep(&self, length: Duration) -> Refreshed {
        let (least, most) = NEXT_LOOK;
        let pause = least + (most - least).mul_f64(self.cache.policy.draw());
        Refreshed::Kept(pause.max(length))
    }

    /// Returns true if callers have no usable token and wait.
    fn is_urgent(&self) -> bool {
        self.usable_for().is_none()
    }

    /// Returns for how long the present token is still good.
    fn usable_for(&self) -> Option<Duration> {
        let now = self.cache.clock.now();
        lock(&self.cache.slot).usable_for(now)
    }

    /// Returns how long this refresh has waited for other processes, but not for its turn among other tenants.
    fn waited(&self) -> Duration {
        let since = self.now().saturating_sub(self.started);
        since.saturating_sub(self.turn.queued())
    }

    fn now(&self) -> Duration {
        self.cache.clock.now().monotonic()
    }

    async fn pause(&self) {
        let (least, most) = POLL;
        let pause = least + (most - least).mul_f64(self.cache.policy.draw());
        self.cache.clock.sleep(pause).await;
    }
}

/// The shortest and the longest pause between two looks for another process's token: less than callers notice, and few enough for the store.
const POLL: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(200));

/// How long a process waits for the token of another one: the slowest healthy endpoint responds within 10 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// The time over which processes spread that have run out of patience, so that the endpoint does not get a request of each at once.
const SPREAD: Duration = Duration::from_secs(5);

/// The longest jitter after a shared failure: a quarter of the longest one without a `Retry-After`, and enough for any.
const MAX_JITTER: Duration = Duration::from_secs(6);

/// One holder of the lease may crash; after two, something is wrong with requesting tokens in this fleet.
const MAX_DEAD_HOLDERS: u32 = 2;

/// When a process looks again whose token is still good while another one is requesting one.
const NEXT_LOOK: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(5));

/// The calls of the store in one refresh that are not part of the wait, each within its limit, and room for the last pause.
const CALLS: Duration = Duration::from_secs(3);
