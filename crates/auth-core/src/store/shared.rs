//! Calls of a store: each within its time limit, none while the store is down, and every failure means the same.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};

use super::breaker::Breaker;
use super::record::random;
use super::{PutIfAbsent, RecordKind, StoreKey, StoredRecord, TokenKeys, TokenStore};
use crate::clock::Clock;
use crate::credential::SharedTokenId;
use crate::error::{Error, Result};
use crate::secret::{Secret, check_credential};

/// A token store with its circuit breaker and its key, for all caches that use it.
///
/// Any [`TokenStore`] converts to it. Create one yourself to set a key, or to use one store in clients of several vendors.
/// Clones share the circuit breaker: after a failure, the store is left alone for five seconds, and for up to a minute if it fails again.
/// Its pauses are on the clock of the cache that calls, so the caches of one handle must have clocks with the same monotonic time.
///
/// # Examples
/// ```
/// use auth_core::store::{SharedStore, TokenStore};
/// use auth_core::{Result, Secret};
///
/// /// For all clients of the program, of whichever vendor.
/// fn shared(store: impl TokenStore + 'static, key: Secret) -> Result<SharedStore> {
///     SharedStore::new(store).with_key(key)
/// }
/// ```
#[derive(Clone)]
pub struct SharedStore(Arc<Parts>);

struct Parts {
    guarded: Arc<Guarded>,
    key: Option<Secret>,
    call_limit: Duration,
}

struct Guarded {
    store: Arc<dyn TokenStore>,
    breaker: Breaker,
}

/// The calls of one refresh: after the first one that fails, it makes no more.
pub(crate) struct StoreSession<'a> {
    guarded: &'a Guarded,
    clock: &'a dyn Clock,
    call_limit: Duration,
    /// The breaker lets a refresh through, not a call: one that finds the store up again must be able to share its token.
    is_admitted: AtomicBool,
    is_down: AtomicBool,
}

/// The store failed, did not respond in time, or is left alone after a failure.
#[derive(Debug)]
pub(crate) struct StoreDown;

impl SharedStore {
    /// Creates the shared handle on a store, whose records are encrypted with keys derived from the client secret.
    pub fn new(store: impl TokenStore + 'static) -> Self {
        let guarded = Guarded {
            store: Arc::new(store),
            breaker: Breaker::default(),
        };
        Self(Arc::new(Parts {
            guarded: Arc::new(guarded),
            key: None,
            call_limit: CALL_LIMIT,
        }))
    }

    /// Sets the key that the records are encrypted with: a random text of at least 16 bytes, such as 64 hexadecimal digits, the same one in all processes.
    ///
    /// Without it the key is derived from the client secret. The token of a user is shared only with such a key, since passwords can be guessed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the key is too short, or contains a control character or white space at an end.
    pub fn with_key(self, key: impl Into<Secret>) -> Result<Self> {
        let key = key.into();
        check_credential("the token store's key", key.expose_secret())?;
        if key.expose_secret().len() < MIN_KEY {
            return Err(Error::config(
                "the token store's key is too short: use a random text of at least 16 characters, such as 64 hexadecimal digits",
            ));
        }
        Ok(Self(Arc::new(Parts {
            guarded: Arc::clone(&self.0.guarded),
            key: Some(key),
            call_limit: self.0.call_limit,
        })))
    }

    /// Sets how long a call of the store may take before the token is requested without it; a quarter of a second by default.
    ///
    /// A refresh waits for this at most twice. A program that runs once, and starts on a busy machine, can wait longer than a service.
    #[must_use]
    pub fn with_call_limit(self, limit: Duration) -> Self {
        Self(Arc::new(Parts {
            guarded: Arc::clone(&self.0.guarded),
            key: self.0.key.clone(),
            call_limit: limit,
        }))
    }

    /// Returns the key of a record of a token in this store, or `None` if the token cannot be shared: a user's, without a key of the store.
    ///
    /// For programs that show or delete records; a client's [`TokenSource::shared_token_id`](crate::TokenSource::shared_token_id) identifies the token.
    pub fn key_of(&self, token: &SharedTokenId, kind: RecordKind) -> Option<StoreKey> {
        let keys = TokenKeys::derive(token, self.key())?;
        Some(match kind {
            RecordKind::Token => keys.token,
            RecordKind::Lease => keys.lease,
            RecordKind::Failure => keys.failure,
        })
    }

    /// Returns the key that the program set.
    pub(crate) fn key(&self) -> Option<&Secret> {
        self.0.key.as_ref()
    }

    pub(crate) fn session<'a>(&'a self, clock: &'a dyn Clock) -> StoreSession<'a> {
        StoreSession {
            guarded: &self.0.guarded,
            clock,
            call_limit: self.0.call_limit,
            is_admitted: AtomicBool::new(false),
            is_down: AtomicBool::new(false),
        }
    }
}

impl Guarded {
    fn report_up(&self) {
        let store = self.store.name();
        #[cfg(feature = "metrics")]
        metrics::gauge!("auth_token_store_down", "store" => store).set(0.0);
        tracing::warn!(store, "the token store is up again");
    }

    fn report_down(&self, error: &Error) {
        let store = self.store.name();
        #[cfg(feature = "metrics")]
        metrics::gauge!("auth_token_store_down", "store" => store).set(1.0);
        let kind = error.kind().as_str();
        tracing::warn!(
            store,
            kind,
            %error,
            "the token store is down, tokens are requested without it"
        );
    }
}

impl StoreSession<'_> {
    pub(crate) async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>, StoreDown> {
        self.call(async { self.guarded.store.get(key).await }).await
    }

    pub(crate) async fn put(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<(), StoreDown> {
        self.call(async { self.guarded.store.put(key, record, life).await })
            .await
    }

    pub(crate) async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent, StoreDown> {
        self.call(async { self.guarded.store.put_if_absent(key, record, life).await })
            .await
    }

    pub(crate) async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool, StoreDown> {
        self.call(async { self.guarded.store.replace_if(key, old, new, life).await })
            .await
    }

    pub(crate) async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool, StoreDown> {
        self.call(async { self.guarded.store.delete_if(key, old).await })
            .await
    }

    /// Returns random bytes that are the value of a lease.
    pub(crate) fn nonce(&self) -> Result<[u8; 16], StoreDown> {
        random().ok_or(StoreDown)
    }

    /// Returns true if a call may be made: the first one if the breaker admits it, and the others until one fails.
    fn may_call(&self, now: Duration) -> bool {
        if self.is_down.load(Ordering::Relaxed) {
            return false;
        }
        let may_call = self.is_admitted.load(Ordering::Relaxed) || self.guarded.breaker.admits(now);
        self.is_admitted.store(may_call, Ordering::Relaxed);
        self.is_down.store(!may_call, Ordering::Relaxed);
        may_call
    }

    /// Makes one call, whatever the store promises about its own time limits.
    async fn call<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T, StoreDown> {
        let breaker = &self.guarded.breaker;
        let started = self.clock.now().monotonic();
        if !self.may_call(started) {
            return Err(StoreDown);
        }
        // A store is the program's own code and may panic, also before it returns its future, which is why callers pass an async block.
        let call = pin!(AssertUnwindSafe(call).catch_unwind());
        let outcome = match select(call, self.clock.sleep(self.call_limit)).await {
            Either::Left((Ok(outcome), _)) => outcome,
            Either::Left((Err(_), _)) => Err(Error::config("the token store panicked")),
            Either::Right(((), _)) => Err(Error::timeout(format!(
                "no response within {:?}",
                self.call_limit
            ))),
        };
        match outcome {
            Ok(value) => {
                if breaker.succeed(started) {
                    self.guarded.report_up();
                }
                Ok(value)
            }
            Err(error) => {
                self.is_down.store(true, Ordering::Relaxed);
                if breaker.fail(started, self.clock.now().monotonic()) {
                    self.guarded.report_down(&error);
                }
                Err(StoreDown)
            }
        }
    }
}

impl<T: TokenStore + 'static> From<T> for SharedStore {
    fn from(store: T) -> Self {
        Self::new(store)
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStore")
            .field("store", &self.0.guarded.store)
            .field("is_down", &self.0.guarded.breaker.is_open())
            .field("key", &self.0.key)
            .finish()
    }
}

/// A store in the same data centre responds within milliseconds; a call for a token must not notice one that does not.
const CALL_LIMIT: Duration = Duration::from_millis(250);

/// That is 128 bits if they are random.
const MIN_KEY: usize = 16;

#[cfg(test)]
mod tests;
