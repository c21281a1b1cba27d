//! A token store with faults that a test chooses, in front of any other store.

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::store::{PutIfAbsent, StoreKey, StoredRecord, TokenStore};
use auth_core::{Clock, Error, Result};

/// Passes calls on to another store, unless there is a fault. Clones share the fault and the count.
///
/// # Examples
/// ```
/// use auth_core::store::{RecordKind, StoreKey, TokenStore};
/// use auth_testkit::ManualClock;
/// use auth_testkit::store::{FaultyTokenStore, MemoryTokenStore, StoreFault};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> auth_core::Result<()> {
/// let clock = ManualClock::new();
/// let store = FaultyTokenStore::new(MemoryTokenStore::new(clock.clone()), clock);
/// let key = StoreKey::new("0123456789abcdef", RecordKind::Token);
/// assert!(store.get(&key).await?.is_none());
///
/// store.set_fault(StoreFault::Down);
/// assert!(store.get(&key).await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FaultyTokenStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    fault: Mutex<Option<StoreFault>>,
    calls: AtomicU64,
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreFault {
    /// Every call fails at once, as if the connection were refused.
    Down,
    /// It accepts calls and never responds.
    Silent,
    /// Every call takes this much longer.
    Slow(Duration),
}

impl FaultyTokenStore {
    /// Wraps a store; without a fault at first. Delays are on `clock`.
    pub fn new(store: impl TokenStore + 'static, clock: impl Clock + 'static) -> Self {
        Self(Arc::new(Shared {
            store: Arc::new(store),
            clock: clock.into_shared(),
            fault: Mutex::new(None),
            calls: AtomicU64::new(0),
        }))
    }

    /// Sets the fault of all calls from now on, or none.
    pub fn set_fault(&self, fault: impl Into<Option<StoreFault>>) {
        *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault.into();
    }

    /// Returns how many calls were made, failed ones included.
    pub fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// Returns the store behind the faults, once this call suffered the present one.
    async fn store(&self) -> Result<&dyn TokenStore> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        let fault = *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            None => {}
            Some(StoreFault::Down) => {
                return Err(Error::transport("the token store refused the connection"));
            }
            Some(StoreFault::Silent) => pending().await,
            Some(StoreFault::Slow(delay)) => self.0.clock.sleep(delay).await,
        }
        Ok(&*self.0.store)
    }
}

#[async_trait]
impl TokenStore for FaultyTokenStore {
    fn name(&self) -> &'static str {
        self.0.store.name()
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        self.store().await?.get(key).await
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        self.store().await?.put(key, record, life).await
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        self.store().await?.put_if_absent(key, record, life).await
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        self.store().await?.replace_if(key, old, new, life).await
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        self.store().await?.delete_if(key, old).await
    }
}
