//! The token cache: nobody waits while a valid token exists, and the token endpoint is asked as rarely as possible.

mod policy;
mod classify;
mod failure;
mod setback;
mod race;
mod ticket;
mod slot;
mod observe;
mod flight;
mod wait;
mod health;
mod keyed;
#[cfg(feature = "blocking")]
mod blocking;

#[cfg(feature = "blocking")]
pub use blocking::BlockingTokenCache;
pub use classify::CacheState;
pub use health::{Health, HealthChanges};
pub use keyed::{KeyedTokenCache, KeyedTokenCacheBuilder};
pub use policy::RefreshPolicy;

use std::fmt;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use http::HeaderValue;
use tokio::sync::watch;

use self::observe::{LookUp, LookUps};
use self::race::apart;
use self::slot::{Entry, Slot};
use self::ticket::{Flight, land};
use crate::clock::{Clock, Moment, SystemClock};
use crate::error::Result;
use crate::source::{TokenSource, Verdict};
use crate::sync::{ArcSwapOption, Mutex, MutexGuard};
use crate::token::AccessToken;

/// Keeps the token of one source and refreshes it behind its callers' backs.
///
/// While a token is valid every call returns at once. When it is due, one refresh runs in the background; when there is none,
/// all callers wait for the same one. A failure holds for a while, so that an outage is not hammered, and nothing is ever final.
/// Cloning shares the cache. Nothing is spawned until a token is asked for, and nothing runs at rest.
pub struct TokenCache<S>(Arc<Inner<S>>);

struct Inner<S> {
    source: S,
    clock: Arc<dyn Clock>,
    policy: Arc<RefreshPolicy>,
    /// The slot's entry once more, for the hot path: one atomic load.
    published: ArcSwapOption<Entry>,
    slot: Mutex<Slot>,
    changes: watch::Sender<()>,
    look_ups: LookUps,
}

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Wraps a source with the default policy and the system's clocks.
    pub fn new(source: S) -> Self {
        Self::with_policy(
            source,
            RefreshPolicy::default(),
            Arc::new(SystemClock::new()),
        )
    }

    /// Wraps a source with a policy and clocks of your own.
    pub fn with_policy(source: S, policy: RefreshPolicy, clock: Arc<dyn Clock>) -> Self {
        Self::with_shared_policy(source, Arc::new(policy), clock)
    }

    fn with_shared_policy(source: S, policy: Arc<RefreshPolicy>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            source,
            clock,
            policy,
            published: ArcSwapOption::empty(),
            slot: Mutex::default(),
            changes: watch::Sender::new(()),
            look_ups: LookUps::default(),
        }))
    }

    /// Returns a valid token, waiting only if there is none.
    ///
    /// # Errors
    /// What the source failed with, at once during a cool-down, with what is left of it as
    /// [`retry_after`](crate::Error::retry_after); [`ErrorKind::Closed`](crate::ErrorKind::Closed) after [`TokenCache::shutdown`];
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a refresh is needed and no tokio runtime is running.
    pub async fn token(&self) -> Result<AccessToken> {
        match self.at_hand(|entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => apart(self.wait_for_token()).await,
        }
    }

    /// Returns the header of a valid token, ready to send; as [`TokenCache::token`], and cheaper.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn authorization(&self) -> Result<HeaderValue> {
        match self.at_hand(|entry| entry.header.clone()) {
            Some(header) => Ok(header),
            None => apart(self.wait_for_header()).await,
        }
    }

    /// Makes sure that a token is at hand; as [`TokenCache::token`] with the token dropped.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn warm_up(&self) -> Result<()> {
        self.token().await.map(drop)
    }

    /// Returns the token if it is still valid, without waiting or starting anything.
    pub fn peek(&self) -> Option<AccessToken> {
        let entry = self.0.published.load();
        let entry = entry.as_ref()?;
        match classify::phase(entry.timing, self.0.clock.now()) {
            CacheState::Fresh | CacheState::Stale => Some(entry.token.clone()),
            _ => None,
        }
    }

    /// Takes what the API made of a token; an invalid one is discarded, so that the next call returns another one.
    ///
    /// Only the current token is discarded, so a hundred callers with one stale token cause one refresh; and only if it is older
    /// than [`RefreshPolicy::min_age_to_invalidate`], since a newborn token is not refused for its age.
    pub fn report(&self, rejected: &AccessToken, verdict: Verdict) {
        if verdict == Verdict::Accepted {
            return;
        }
        let now = self.0.clock.now();
        let mut slot = lock(&self.0.slot);
        if slot.invalidate(now, rejected, &self.0.policy) {
            self.0.published.store(None);
            drop(slot);
            // The source may be a cache as well, and would give the same token again.
            self.0.source.report(rejected, verdict);
            tracing::debug!("token discarded: the API refused it");
            self.0.changed();
        }
    }

    /// Reports that the API rejected this token with a bare 401: [`Verdict::Unauthorized`].
    pub fn invalidate(&self, rejected: &AccessToken) {
        self.report(rejected, Verdict::Unauthorized);
    }

    /// Returns the cache's condition now.
    pub fn health(&self) -> Health {
        let now = self.0.clock.now();
        let slot = lock(&self.0.slot);
        let timing = slot.entry().map(|entry| entry.timing);
        Health {
            state: slot.state(now),
            age: timing.map(|timing| now.since(timing.anchor)),
            expires_in: timing
                .map(|timing| timing.expire_at.saturating_sub(now.since(timing.anchor))),
            // A dead one that nobody has buried yet runs no more.
            refreshing_for: slot
                .flight()
                .filter(|flight| !flight.is_broken())
                .map(|flight| flight.age(now)),
            last_success: slot.last_success().map(|moment| now.since(moment)),
            last_failure: slot
                .setback()
                .last_failure()
                .map(|(moment, error)| (now.since(*moment), error.clone())),
            failures: slot.setback().failures(),
            cool_down_left: slot.cool_down_left(now),
        }
    }

    /// Returns a watch on the cache's condition: a refresh that succeeded or failed, a token that was discarded, a shutdown.
    pub fn subscribe(&self) -> HealthChanges {
        let changes = self.0.changes.subscribe();
        let cache = self.clone();
        HealthChanges {
            changes,
            health: Box::new(move || cache.health()),
        }
    }

    /// Stops handing out tokens; lets a running refresh end, or ends it after [`RefreshPolicy::shutdown_timeout`].
    pub async fn shutdown(&self) {
        let flights = self.close().into_iter().collect();
        land(flights, &*self.0.clock, self.0.policy.shutdown_timeout()).await;
    }

    /// Stops handing out tokens; returns the refresh that still runs.
    fn close(&self) -> Option<Flight> {
        let flight = lock(&self.0.slot).close();
        self.0.published.store(None);
        self.0.changed();
        flight
    }

    async fn wait_for_header(&self) -> Result<HeaderValue> {
        Ok(self.wait_for_token().await?.authorization())
    }

    /// The hot path: one atomic load, one reading of the clock, no lock, no allocation.
    fn at_hand<T>(&self, take: impl FnOnce(&Entry) -> T) -> Option<T> {
        let entry = self.0.published.load();
        let entry = entry.as_ref()?;
        match classify::phase(entry.timing, self.0.clock.now()) {
            CacheState::Fresh => {
                self.note(LookUp::Fresh);
                Some(take(entry))
            }
            CacheState::Stale => {
                self.note(LookUp::Stale);
                self.refresh_behind();
                // The refresh may have found that the token is somebody else's by now.
                self.0.published.load().is_some().then(|| take(entry))
            }
            _ => None,
        }
    }

    /// The hot path without its side: takes a token that needs nothing.
    fn fresh_at<T>(&self, now: Moment, take: impl FnOnce(&Entry) -> T) -> Option<T> {
        let entry = self.0.published.load();
        let entry = entry.as_ref()?;
        let is_fresh = classify::phase(entry.timing, now) == CacheState::Fresh;
        is_fresh.then(|| {
            self.note(LookUp::Fresh);
            take(entry)
        })
    }

    fn note(&self, result: LookUp) {
        self.0.look_ups.count(&self.0.source, result);
    }
}

impl<S> Inner<S> {
    fn changed(&self) {
        self.changes.send_replace(());
    }
}

impl<S> Clone for TokenCache<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: fmt::Debug> fmt::Debug for TokenCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("source", &self.0.source)
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<S: TokenSource + 'static> TokenSource for TokenCache<S> {
    async fn token(&self) -> Result<AccessToken> {
        Self::token(self).await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(&self.0.source)
    }

    fn report(&self, token: &AccessToken, verdict: Verdict) {
        Self::report(self, token, verdict);
    }

    fn peek(&self) -> Option<AccessToken> {
        Self::peek(self)
    }
}

/// The slot is whole after every single change, so a panic while somebody held the lock spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
