//! A token store in memory, for many caches in one process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::store::{PutIfAbsent, StoreKey, StoredRecord, TokenStore};
use auth_core::{Clock, Result};
use bytes::Bytes;

/// Stores records in memory; clones share them.
///
/// Records live by the clock that it was created with, so a test can also stop the store's clock, or advance only that one.
///
/// # Examples
/// Two caches that share a token, as two processes do:
/// ```
/// use auth_core::store::SharedStore;
/// use auth_core::{Secret, SharedTokenId, TokenCache, TokenSource};
/// use auth_testkit::store::MemoryTokenStore;
/// use auth_testkit::{ManualClock, ScriptedReply, ScriptedSource};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> auth_core::Result<()> {
/// let clock = ManualClock::new();
/// let store = MemoryTokenStore::new(clock.clone());
/// let process = |token: &str| {
///     let id = SharedTokenId::of_client(&Secret::from("fake-secret"));
///     let source = ScriptedSource::sharing(id, clock.clone(), [ScriptedReply::token(token, 3_600.0)]);
///     TokenCache::builder(source)
///         .clock(clock.clone())
///         .token_store(SharedStore::new(store.clone()))
///         .build()
/// };
/// let (first, second) = (process("fake-first"), process("fake-second"));
/// let (first, second) = (first.token().await?, second.token().await?);
/// assert!(first.expose_secret() == second.expose_secret());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryTokenStore(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    records: Mutex<HashMap<StoreKey, Record>>,
}

struct Record {
    bytes: Bytes,
    /// On the monotonic clock; `None` for a record without a limited life.
    ends_at: Option<Duration>,
}

impl MemoryTokenStore {
    /// Creates an empty store with a clock of its own.
    pub fn new(clock: impl Clock + 'static) -> Self {
        Self(Arc::new(Shared {
            clock: clock.into_shared(),
            records: Mutex::default(),
        }))
    }

    /// Stores a record without a limited life, as something other than this library would.
    pub fn put_without_life(&self, key: &StoreKey, record: impl Into<Bytes>) {
        let record = Record {
            bytes: record.into(),
            ends_at: None,
        };
        self.records().insert(key.clone(), record);
    }

    /// Loses every record, as a fail-over to an empty replica does.
    pub fn forget(&self) {
        self.records().clear();
    }

    /// Returns every record that is alive, as an attacker who reads the store sees it.
    pub fn dump(&self) -> Vec<(StoreKey, Bytes)> {
        let now = self.now();
        let records = self.records();
        let alive = records.iter().filter(|(_, record)| record.is_alive(now));
        alive
            .map(|(key, record)| (key.clone(), record.bytes.clone()))
            .collect()
    }

    /// Changes the records under the lock, without those whose life has ended.
    fn with_alive<T>(
        &self,
        key: &StoreKey,
        act: impl FnOnce(&mut HashMap<StoreKey, Record>, Duration) -> T,
    ) -> T {
        let now = self.now();
        let mut records = self.records();
        if records.get(key).is_some_and(|record| !record.is_alive(now)) {
            records.remove(key);
        }
        act(&mut records, now)
    }

    fn now(&self) -> Duration {
        self.0.clock.now().monotonic()
    }

    fn records(&self) -> MutexGuard<'_, HashMap<StoreKey, Record>> {
        self.0
            .records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    fn new(bytes: &[u8], now: Duration, life: Duration) -> Self {
        Self {
            bytes: Bytes::copy_from_slice(bytes),
            ends_at: Some(now.saturating_add(life)),
        }
    }

    fn is_alive(&self, now: Duration) -> bool {
        self.ends_at.is_none_or(|ends_at| now < ends_at)
    }

    fn life(&self, now: Duration) -> Option<Duration> {
        self.ends_at.map(|ends_at| ends_at.saturating_sub(now))
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        Ok(self.with_alive(key, |records, now| {
            let record = records.get(key)?;
            Some(StoredRecord::new(record.bytes.clone(), record.life(now)))
        }))
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        self.with_alive(key, |records, now| {
            records.insert(key.clone(), Record::new(record, now, life));
        });
        Ok(())
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        Ok(self.with_alive(key, |records, now| match records.get(key) {
            Some(held) => PutIfAbsent::Held(held.life(now)),
            None => {
                records.insert(key.clone(), Record::new(record, now, life));
                PutIfAbsent::Put
            }
        }))
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        Ok(self.with_alive(key, |records, now| {
            let record = records.get_mut(key).filter(|record| record.bytes == old);
            record
                .map(|record| *record = Record::new(new, now, life))
                .is_some()
        }))
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        Ok(self.with_alive(key, |records, _| {
            let is_old = records.get(key).is_some_and(|record| record.bytes == old);
            is_old && records.remove(key).is_some()
        }))
    }
}

impl fmt::Debug for MemoryTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTokenStore").finish_non_exhaustive()
    }
}
