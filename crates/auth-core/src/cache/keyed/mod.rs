//! A token cache per tenant: bounded, with eviction of idle tenants.

mod failures;
mod making;
mod shard;
mod vacancy;
mod tenants;
mod builder;

pub use builder::KeyedTokenCacheBuilder;
pub(crate) use making::{Making, Workplace};
pub(crate) use shard::{Kept, LastUse};
pub(crate) use tenants::{Found, Tenants};
pub(crate) use vacancy::Vacancy;

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use http::HeaderValue;

use super::entry::Entry;
use super::futures::outlined;
use super::observe::LookUp;
use super::{CacheParts, TokenCache};
use crate::error::{Error, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;

/// One [`TokenCache`] per key, created by a closure when the key is first used.
///
/// Tenants are isolated: one tenant's failure never delays another, and a slow endpoint does so only if it occupies as many token requests as
/// [`KeyedTokenCacheBuilder::max_concurrent_refreshes`] allows.
/// The number of tenants is bounded, and idle ones are evicted when others arrive, but never one in use.
/// An eviction does not end a cool-down: failures are stored separately, for as many tenants as the capacity and for at
/// least 1,024; if there are more, those whose cool-downs end first are dropped.
/// Nothing runs while the cache is idle. Clones share the tenants.
///
/// # Examples
/// ```
/// use auth_core::{KeyedTokenCache, Result, StaticTokenSource};
///
/// #[tokio::main]
/// async fn main() -> Result<()> {
///     let source = StaticTokenSource::new("not-a-real-token")?;
///     let tenants = KeyedTokenCache::new(move |_tenant: &String| source.clone());
///     let header = tenants.authorization_header(&"acme".to_owned()).await?;
///     assert!(header.is_sensitive());
///     Ok(())
/// }
/// ```
pub struct KeyedTokenCache<K, S>(Arc<Inner<K, S>>);

struct Inner<K, S> {
    make: Make<K, S>,
    parts: CacheParts,
    tenants: Tenants<K, TokenCache<S>>,
}

/// Creates the source of a tenant.
type Make<K, S> = Box<dyn Fn(&K) -> S + Send + Sync>;

impl<K, S> KeyedTokenCache<K, S>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    S: TokenSource + 'static,
{
    /// Creates a cache with the default limits whose sources are created by `make`.
    ///
    /// `make` is called once for a missing tenant; concurrent callers wait until it returns.
    /// If it panics, the panic propagates to its caller, and the next caller calls it again.
    /// It may use this cache for other tenants. It must not request the same tenant: that is an
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), or a deadlock if done from another thread that it waits for.
    /// Removing the tenant each time is such an error as well.
    pub fn new(make: impl Fn(&K) -> S + Send + Sync + 'static) -> Self {
        Self::builder(make).build()
    }

    /// Starts a builder; for `make` see [`KeyedTokenCache::new`].
    pub fn builder(make: impl Fn(&K) -> S + Send + Sync + 'static) -> KeyedTokenCacheBuilder<K, S> {
        KeyedTokenCacheBuilder::new(Box::new(make))
    }

    /// Returns a valid token of a tenant, waiting only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`] and [`KeyedTokenCache::get_or_create`].
    pub async fn token(&self, key: &K) -> Result<AccessToken> {
        match self.fresh(key, |entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => outlined(async { self.tenant(key).await?.token().await }).await,
        }
    }

    /// Returns the header of a tenant's valid token, ready to send; as [`KeyedTokenCache::token`], and cheaper.
    ///
    /// # Errors
    /// As [`KeyedTokenCache::token`].
    pub async fn authorization_header(&self, key: &K) -> Result<HeaderValue> {
        match self.fresh(key, |entry| entry.header.clone()) {
            Some(header) => Ok(header),
            None => outlined(async { self.tenant(key).await?.authorization_header().await }).await,
        }
    }

    /// Returns a tenant's cache, and creates it if there is none, without requesting a token. It counts as a use of the tenant.
    ///
    /// While you keep it, the tenant is not evicted, so that there is never a second cache for the same key.
    /// It blocks while another thread creates the tenant's source.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) after [`KeyedTokenCache::shutdown`];
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the closure that creates this tenant's source calls it, or if that closure
    /// removes the tenant each time.
    pub fn get_or_create(&self, key: &K) -> Result<TokenCache<S>> {
        loop {
            match self.find_or_make(key)? {
                Step::Done(cache) => return Ok(cache),
                Step::Wait(making) => {
                    self.0.tenants.makers().block_until_made(making)?;
                }
            }
        }
    }

    /// Reports to a tenant's cache that the API rejected a token; see [`TokenCache::invalidate`].
    pub fn invalidate(&self, key: &K, rejected: &AccessToken) {
        if let Some(cache) = self.0.tenants.glance(key) {
            cache.invalidate(rejected);
        }
    }

    /// Removes a tenant, its token and its failures; its running refresh completes by itself.
    ///
    /// A cache of the tenant that is kept elsewhere stays usable, but [`KeyedTokenCache::get_or_create`] no longer returns it.
    pub fn remove(&self, key: &K) {
        self.0.tenants.remove(key);
    }

    /// Shuts down every tenant's cache, as [`TokenCache::shutdown`] does, within one common time limit.
    ///
    /// Later calls fail with [`ErrorKind::Closed`](crate::ErrorKind::Closed), and no more sources are created.
    pub async fn shutdown(&self) {
        let caches = self.0.tenants.close();
        let limit = self.0.parts.policy.shutdown_timeout();
        TokenCache::shutdown_all(caches.iter(), &*self.0.parts.clock, limit).await;
    }

    /// Returns the number of tenants.
    pub fn len(&self) -> usize {
        self.0.tenants.len()
    }

    /// Returns true if there are no tenants.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The warm lookup. Clocks, recorders and sources are the caller's code and are not called under the shard's lock.
    fn fresh<T>(&self, key: &K, take: impl FnOnce(&Entry) -> T) -> Option<T> {
        let now = self.0.parts.clock.now();
        let found = self
            .0
            .tenants
            .find(key, now, |cache| cache.take_fresh(now, take));
        let (taken, counter) = found??;
        counter.count(LookUp::Fresh);
        Some(taken)
    }

    /// As [`KeyedTokenCache::get_or_create`], without blocking the thread.
    async fn tenant(&self, key: &K) -> Result<TokenCache<S>> {
        loop {
            match self.find_or_make(key)? {
                Step::Done(cache) => return Ok(cache),
                Step::Wait(making) => {
                    self.0.tenants.makers().made(making).await?;
                }
            }
        }
    }

    fn find_or_make(&self, key: &K) -> Result<Step<S>> {
        for _ in 0..MAX_REMOVALS {
            let now = self.0.parts.clock.now();
            if let Some(cache) = self.0.tenants.find(key, now, TokenCache::clone) {
                return Ok(Step::Done(cache));
            }
            match Tenants::find_or_take_place(&self.0.tenants, key, now, Workplace::Thread)? {
                Found::Ready(cache) => return Ok(Step::Done(cache)),
                Found::Making(making) => return Ok(Step::Wait(making)),
                Found::Absent(vacancy) => {
                    if let Some(cache) = self.make(key, &vacancy)? {
                        return Ok(Step::Done(cache));
                    }
                }
            }
        }
        Err(Error::config(
            "the tenant was removed each time its token source had been created: the closure that creates it must not remove it",
        ))
    }

    /// Creates a tenant's cache, or returns `None` if it was removed meanwhile.
    fn make<'a>(
        &'a self,
        key: &K,
        vacancy: &Vacancy<&'a Tenants<K, TokenCache<S>>, K, TokenCache<S>>,
    ) -> Result<Option<TokenCache<S>>> {
        let inner = &self.0;
        let made = TokenCache::with_parts((inner.make)(key), inner.parts.clone());
        if let Some(history) = vacancy.history() {
            made.restore_failure_history(history);
        }
        let is_kept = vacancy.fill(&made, inner.parts.clock.now())?;
        Ok(is_kept.then_some(made))
    }
}

/// How often a tenant is created for a caller; a concurrent removal is rare, and repeated ones come from the closure itself.
const MAX_REMOVALS: u32 = 8;

/// The next step for a caller that requests a tenant.
enum Step<S> {
    Done(TokenCache<S>),
    Wait(Making<TokenCache<S>>),
}

impl<K, S> Clone for KeyedTokenCache<K, S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, S> fmt::Debug for KeyedTokenCache<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are the caller's and may be secrets.
        f.debug_struct("KeyedTokenCache")
            .field("capacity", &self.0.tenants.max_capacity())
            .field("idle", &self.0.tenants.time_to_idle())
            .finish_non_exhaustive()
    }
}
