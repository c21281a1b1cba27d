//! The token cache: no caller waits while a valid token exists, and the token endpoint is called as rarely as possible.

mod policy;
mod classify;
mod failure;
mod history;
mod invalid;
mod futures;
mod handle;
mod entry;
mod slot;
mod observe;
mod limiter;
mod parts;
mod turn;
mod attempts;
mod refreshed;
#[cfg(feature = "store")]
mod sharing;
mod refresh;
mod drive;
mod health;
mod keep_fresh;
mod builder;
mod member;
mod keyed;
#[cfg(feature = "blocking")]
mod blocking;

#[cfg(feature = "blocking")]
pub use blocking::BlockingTokenCache;
pub use builder::TokenCacheBuilder;
pub use classify::CacheState;
pub(crate) use drive::{no_runtime, no_timer};
pub(crate) use futures::{catching_panics, outlined, with_deadline};
pub use health::{CacheHealth, CacheHealthWatch};
pub(crate) use keyed::{Found, Kept, LastUse, Making, Tenants, Vacancy, Workplace};
pub use keyed::{KeyedTokenCache, KeyedTokenCacheBuilder};
pub(crate) use parts::CacheParts;
pub use policy::RefreshPolicy;

use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderValue;
use tokio::sync::watch;

use self::entry::{Entry, Need};
use self::handle::{RefreshHandle, complete};
use self::observe::{LookUp, LookUps};
use self::slot::Slot;
use crate::clock::Clock;
use crate::error::Result;
use crate::source::{TokenSource, Verdict};
#[cfg(feature = "store")]
use crate::store::SharedStore;
use crate::sync::{ArcSwapOption, Mutex, MutexGuard};
use crate::token::AccessToken;

/// Caches the token of one source and refreshes it in the background.
///
/// While a token is valid, every call returns immediately. When it is due, one refresh runs in the background; without a token,
/// all callers wait for the same refresh. A failure starts a cool-down, so that an outage is not made worse, and no failure is final.
/// Clones share the cache. Nothing is spawned until a token is requested, nothing runs while it is idle, and a refresh ends when the last
/// clone is dropped.
///
/// # Examples
/// ```
/// use auth_core::{Result, TokenCache, TokenSource};
///
/// async fn example(source: impl TokenSource + 'static) -> Result<http::HeaderValue> {
///     let cache = TokenCache::new(source);
///     cache.authorization_header().await
/// }
/// ```
pub struct TokenCache<S>(Arc<Inner<S>>);

#[repr(C)]
struct Inner<S> {
    /// A copy of the slot's entry for the hot path: one atomic load.
    ///
    /// It is the first field, next to the reference counts, because a lookup among many tenants waits for each cache line.
    published: ArcSwapOption<Entry>,
    look_ups: LookUps,
    /// For a map of many caches.
    last_use: LastUse,
    /// Clones of the cache; a running refresh contains this too and is not counted.
    clones: AtomicUsize,
    /// The number of consecutive rejected tokens: a copy of the slot's, so that reporting a success costs one load.
    invalid_in_a_row: AtomicU32,
    clock: Arc<dyn Clock>,
    policy: Arc<RefreshPolicy>,
    slot: Mutex<Slot>,
    /// Created by the first subscriber: most tenants have none.
    changes: OnceLock<watch::Sender<()>>,
    /// The limit of concurrent refreshes that many tenants share.
    permits: Option<Arc<limiter::RefreshLimiter>>,
    /// Where other processes share the token.
    #[cfg(feature = "store")]
    store: Option<SharedStore>,
    source: S,
}

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Wraps a source, with the default policy and the system's clock.
    pub fn new(source: S) -> Self {
        Self::builder(source).build()
    }

    /// Starts a builder, for your own policy or clock.
    pub fn builder(source: S) -> TokenCacheBuilder<S> {
        TokenCacheBuilder::new(source)
    }

    pub(crate) fn with_parts(source: S, parts: CacheParts) -> Self {
        Self(Arc::new(Inner {
            published: ArcSwapOption::empty(),
            look_ups: LookUps::default(),
            last_use: LastUse::default(),
            clones: AtomicUsize::new(1),
            invalid_in_a_row: AtomicU32::new(0),
            clock: parts.clock,
            policy: parts.policy,
            slot: Mutex::default(),
            changes: OnceLock::new(),
            permits: parts.permits,
            #[cfg(feature = "store")]
            store: parts.store,
            source,
        }))
    }

    /// Returns a valid token, waiting only if there is none.
    ///
    /// # Errors
    /// The source's error; during a cool-down it is returned immediately, with the remaining time as
    /// [`retry_after`](crate::Error::retry_after); [`ErrorKind::Closed`](crate::ErrorKind::Closed) after [`TokenCache::shutdown`];
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a refresh is needed and no tokio runtime is running.
    pub async fn token(&self) -> Result<AccessToken> {
        match self.at_hand(|entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => outlined(self.wait_for_token(Need::Any)).await,
        }
    }

    /// Returns the header of a valid token, ready to send; as [`TokenCache::token`], and cheaper.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn authorization_header(&self) -> Result<HeaderValue> {
        match self.at_hand(|entry| entry.header.clone()) {
            Some(header) => Ok(header),
            None => outlined(self.wait_for_header()).await,
        }
    }

    /// Ensures that there is a token; as [`TokenCache::token`], without returning it.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn warm_up(&self) -> Result<()> {
        self.token().await.map(drop)
    }

    /// Returns the token if it is still valid, without waiting or starting a refresh.
    pub fn cached_token(&self) -> Option<AccessToken> {
        let entry = self.0.published.load();
        let entry = entry.as_ref()?;
        match classify::phase(entry.timing, self.0.clock.now()) {
            CacheState::Fresh | CacheState::Stale => Some(entry.token.clone()),
            _ => None,
        }
    }

    /// Returns a token that is valid for `duration` from now, waiting for a new one if the current one is not.
    ///
    /// Use it for long-running work with one token. If no token is valid that long, or none can be obtained now, it returns the one
    /// that expires last: check [`AccessToken::expires_at`].
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub async fn token_valid_for(&self, duration: Duration) -> Result<AccessToken> {
        let token = self.token().await?;
        let timing = self.timing_of(&token);
        // A caller that requests more than tokens last must not cause a refresh with each call.
        let longest = timing.whole() - timing.whole() / 10;
        if timing.remaining(self.0.clock.now()) >= duration.min(longest) {
            return Ok(token);
        }
        match outlined(self.wait_for_token(Need::Beyond(&token))).await {
            Ok(token) => Ok(token),
            Err(_) => self.token().await,
        }
    }

    /// Returns a valid token without waiting, or `None` while there is none and a refresh runs; for synchronous code.
    ///
    /// Like the first poll of [`TokenCache::token`], it starts the refresh of a token that is due or missing.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub fn try_token(&self) -> Result<Option<AccessToken>> {
        match self.at_hand(|entry| entry.token.clone()) {
            Some(token) => Ok(Some(token)),
            None => self.try_step(),
        }
    }

    /// Reports the API's verdict on a token; an invalid one is discarded, so that the next call returns another one.
    ///
    /// Only the current token is discarded, so a hundred callers with one stale token cause one refresh. It must be older than
    /// [`RefreshPolicy::min_age_to_invalidate`], since a new token is not rejected because of its age; that age doubles with each consecutive token
    /// discarded, until the API accepts one. [`Verdict::InvalidToken`] is believed at any age for the first of such a series.
    pub fn report(&self, token: &AccessToken, verdict: Verdict) {
        if verdict == Verdict::Accepted {
            // The source may be a cache as well, shared with other caches that have seen rejections.
            self.0.source.report(token, verdict);
            if self.0.invalid_in_a_row.load(Ordering::Relaxed) == 0 {
                return;
            }
        }
        let now = self.0.clock.now();
        let mut slot = lock(&self.0.slot);
        let is_discarded = slot.report(&self.0.policy, now, token, verdict);
        self.0
            .invalid_in_a_row
            .store(slot.invalid_in_a_row(), Ordering::Relaxed);
        if is_discarded {
            self.0.published.store(None);
            drop(slot);
            // The source may be a cache as well, and would return the same token again.
            self.0.source.report(token, verdict);
            tracing::debug!("token discarded: the API rejected it");
            self.0.changed();
        }
    }

    /// Reports that the API rejected this token with a bare 401: [`Verdict::Unauthorized`].
    pub fn invalidate(&self, rejected: &AccessToken) {
        self.report(rejected, Verdict::Unauthorized);
    }

    /// Reports that the API accepted this token: [`Verdict::Accepted`].
    pub fn accept(&self, accepted: &AccessToken) {
        self.report(accepted, Verdict::Accepted);
    }

    /// Returns the source behind the cache.
    pub fn source(&self) -> &S {
        &self.0.source
    }

    /// Returns a snapshot of the cache's health.
    pub fn health(&self) -> CacheHealth {
        let now = self.0.clock.now();
        let slot = lock(&self.0.slot);
        let timing = slot.entry().map(|entry| entry.timing);
        CacheHealth {
            state: slot.state(now, &self.0.policy),
            age: timing.map(|timing| timing.age(now)),
            expires_in: timing.map(|timing| timing.remaining(now)),
            // A dead refresh that was not noticed yet is not running.
            refreshing_for: slot
                .refresh()
                .filter(|refresh| !refresh.is_abandoned())
                .map(|refresh| refresh.age(now)),
            last_success: slot.last_success().map(|moment| now.since(moment)),
            last_failure: slot
                .history()
                .last_failure()
                .map(|(moment, error)| (now.since(*moment), error.clone())),
            failures: slot.history().failures(),
            retry_in: slot.retry_in(now),
        }
    }

    /// Returns a watch on the cache's health: successful and failed refreshes, discarded tokens, a shutdown.
    pub fn subscribe(&self) -> CacheHealthWatch {
        let changes = self.0.changes();
        let cache = self.clone();
        CacheHealthWatch {
            changes,
            health: Box::new(move || cache.health()),
        }
    }

    /// Stops returning tokens; lets a running refresh complete, or ends it after [`RefreshPolicy::shutdown_timeout`].
    pub async fn shutdown(&self) {
        let refreshes = self.close().into_iter().collect();
        complete(refreshes, &*self.0.clock, self.0.policy.shutdown_timeout()).await;
    }

    /// Stops returning tokens; returns the running refresh.
    fn close(&self) -> Option<RefreshHandle> {
        let refresh = lock(&self.0.slot).close();
        self.0.published.store(None);
        self.0.changed();
        refresh
    }

    async fn wait_for_header(&self) -> Result<HeaderValue> {
        Ok(self.wait_for_token(Need::Any).await?.authorization_header())
    }

    /// The hot path: one atomic load, one clock reading, no lock, no allocation.
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
                self.refresh_in_background();
                // The refresh may have found that the token belongs to other credentials.
                self.0.published.load().is_some().then(|| take(entry))
            }
            _ => None,
        }
    }

    fn note(&self, result: LookUp) {
        self.0.look_ups.count(&self.0.source, result);
    }
}

impl<S> Inner<S> {
    /// Subscribes to changes of the cache's health.
    fn changes(&self) -> watch::Receiver<()> {
        let changes = self.changes.get_or_init(|| watch::Sender::new(()));
        changes.subscribe()
    }

    fn changed(&self) {
        if let Some(changes) = self.changes.get() {
            changes.send_replace(());
        }
    }
}

impl<S> Clone for TokenCache<S> {
    fn clone(&self) -> Self {
        self.0.clones.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&self.0))
    }
}

impl<S> Drop for TokenCache<S> {
    fn drop(&mut self) {
        if self.0.clones.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        // No caller is left: a refresh would keep its connection, its credentials and its task needlessly.
        let refresh = lock(&self.0.slot).close();
        if let Some(refresh) = refresh {
            refresh.cancel();
        }
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

    fn cached_token(&self) -> Option<AccessToken> {
        Self::cached_token(self)
    }
}

/// The slot is consistent after every single change, so a panic while the lock was held is harmless.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
