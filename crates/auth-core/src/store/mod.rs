//! Token stores, through which many processes share one token: the trait of a store, and the sealed records in it.
//!
//! A store is an existing engine, such as Redis, or a directory; it never sees a token or a secret, only sealed bytes under keyed hashes.
//! Set one with `ConfigBuilder::token_store` or [`TokenCacheBuilder::token_store`](crate::TokenCacheBuilder::token_store).
//! A store that is down, slow or wrong never fails a call: the process requests a token by itself.
//! The guide [`many_processes`](crate::guide::many_processes) describes which store to use, and what it contains.

mod breaker;
#[cfg(all(feature = "store-file", unix))]
mod file;
mod key;
mod record;
mod shared;

#[cfg(all(feature = "store-file", unix))]
pub use file::{FileRecord, FileTokenStore};
pub(crate) use key::TokenKeys;
pub use key::{RecordKind, StoreKey};
pub(crate) use record::{SharedFailure, SharedToken};
pub use shared::SharedStore;
pub(crate) use shared::{StoreDown, StoreSession};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::Result;

/// Stores small records, each with a limited life, for all processes that share a token.
///
/// An implementation needs no locks, no retries and no time limits of its own: each call is abandoned after a quarter of a second,
/// and after a failure the store is left alone for a while. Implementations are checked by the contract suite in `auth-testkit`.
///
/// A record's life is counted by the store's own clock, never by that of the caller's machine.
///
/// # Examples
/// A store that counts its reads, and leaves the rest to another one:
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::time::Duration;
///
/// use async_trait::async_trait;
/// use auth_core::Result;
/// use auth_core::store::{PutIfAbsent, StoreKey, StoredRecord, TokenStore};
///
/// #[derive(Debug)]
/// struct Counted<S> {
///     inner: S,
///     reads: AtomicU64,
/// }
///
/// #[async_trait]
/// impl<S: TokenStore> TokenStore for Counted<S> {
///     fn name(&self) -> &'static str {
///         self.inner.name()
///     }
///
///     async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
///         self.reads.fetch_add(1, Ordering::Relaxed);
///         self.inner.get(key).await
///     }
///
///     async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
///         self.inner.put(key, record, life).await
///     }
///
///     async fn put_if_absent(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<PutIfAbsent> {
///         self.inner.put_if_absent(key, record, life).await
///     }
///
///     async fn replace_if(&self, key: &StoreKey, old: &[u8], new: &[u8], life: Duration) -> Result<bool> {
///         self.inner.replace_if(key, old, new, life).await
///     }
///
///     async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
///         self.inner.delete_if(key, old).await
///     }
/// }
/// ```
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Returns the name of the kind of store in logs and metrics, such as `redis`.
    fn name(&self) -> &'static str;

    /// Returns a record and how much of its life is left.
    ///
    /// The life must not be overestimated: if it is read separately, it is read first.
    ///
    /// # Errors
    /// Any: all mean that the store is down.
    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>>;

    /// Stores a record, replacing the one that is there.
    ///
    /// # Errors
    /// Any: all mean that the store is down.
    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()>;

    /// Stores a record if there is none: of any number of concurrent calls, exactly one does.
    ///
    /// # Errors
    /// Any: all mean that the store is down.
    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent>;

    /// Replaces the record if it is `old`, in one step, and returns whether it did.
    ///
    /// # Errors
    /// Any: all mean that the store is down.
    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool>;

    /// Deletes the record if it is `old`, in one step, and returns whether it did.
    ///
    /// A store that cannot do both in one step returns `false`; the record then ends with its life.
    ///
    /// # Errors
    /// Any: all mean that the store is down.
    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool>;
}

/// A record as a store returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredRecord {
    /// The record itself: sealed, so that it may be shown.
    pub bytes: Bytes,
    /// How much of its life is left; `None` for a record without a limited life, which was not stored by this crate and is ignored.
    pub life: Option<Duration>,
}

impl StoredRecord {
    /// Creates a record.
    pub fn new(bytes: impl Into<Bytes>, life: Option<Duration>) -> Self {
        Self {
            bytes: bytes.into(),
            life,
        }
    }
}

/// The outcome of [`TokenStore::put_if_absent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a record is there or it is not; stores return this, and nothing is between"
)]
pub enum PutIfAbsent {
    /// There was no record, and now there is this one.
    Put,
    /// There is another one, with this much of its life left; `None` as in [`StoredRecord::life`].
    Held(Option<Duration>),
}

/// The largest record: a token with its scope is rarely a tenth of it.
pub const MAX_RECORD: usize = 64 * 1024;

#[async_trait]
impl<T: TokenStore + ?Sized> TokenStore for Arc<T> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        (**self).get(key).await
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        (**self).put(key, record, life).await
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        (**self).put_if_absent(key, record, life).await
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        (**self).replace_if(key, old, new, life).await
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        (**self).delete_if(key, old).await
    }
}
