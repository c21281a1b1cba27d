//! The contract of token stores: what every implementation must do, as functions that a test of a store calls.
//!
//! [`records`] and [`sharing`] are enough for most; their parts are public, so that a failure names one. They fail by panicking.
//!
//! # Examples
//! ```
//! use std::sync::Arc;
//!
//! use auth_core::Clock;
//! use auth_core::store::TokenStore;
//! use auth_testkit::ManualClock;
//! use auth_testkit::store::MemoryTokenStore;
//! use auth_testkit::store::contract::{self, StoreUnderTest};
//!
//! struct Memory(MemoryTokenStore, ManualClock);
//!
//! #[async_trait::async_trait]
//! impl StoreUnderTest for Memory {
//!     fn store(&self) -> Arc<dyn TokenStore> {
//!         Arc::new(self.0.clone())
//!     }
//!
//!     fn clock(&self) -> Arc<dyn Clock> {
//!         Arc::new(self.1.clone())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let clock = ManualClock::auto_advancing();
//! contract::records(&Memory(MemoryTokenStore::new(clock.clone()), clock)).await;
//! # }
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "these functions fail the test that calls them"
)]

mod record;
mod spy;
mod world;
mod share;

pub use record::{
    any_bytes, compare_and_delete, compare_and_replace, large_record, lease_race,
    lease_race_without_release, put_and_get, record_life, without_life,
};
pub use share::{
    copied_record, fail_over, garbage, one_request, slow_store, store_down, store_silent,
    wrong_clocks, wrong_key,
};

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use auth_core::Clock;
use auth_core::store::{RecordKind, StoreKey, TokenStore};

/// A store, and what a test of it needs to do to it.
#[async_trait]
pub trait StoreUnderTest: Send + Sync {
    /// Returns the store. Every check uses keys of its own, so it need not be empty.
    fn store(&self) -> Arc<dyn TokenStore>;

    /// Returns the clock of the processes that use the store.
    fn clock(&self) -> Arc<dyn Clock>;

    /// Lets time pass for the store.
    async fn pass(&self, duration: Duration) {
        self.clock().sleep(duration).await;
    }

    /// Stores a record without a limited life, as another program would; returns false if the store has no such records.
    async fn put_without_life(&self, key: &StoreKey, record: &[u8]) -> bool {
        let _ = (key, record);
        false
    }

    /// Lets the store lose all records of these keys, as a fail-over does.
    async fn forget(&self, keys: &[StoreKey]) {
        let store = self.store();
        for key in keys {
            if let Some(record) = store.get(key).await.unwrap() {
                store.delete_if(key, &record.bytes).await.unwrap();
            }
        }
    }
}

/// Checks the store itself: records, their lives, and the operations that compare.
pub async fn records(test: &impl StoreUnderTest) {
    put_and_get(test).await;
    record_life(test).await;
    any_bytes(test).await;
    large_record(test).await;
    without_life(test).await;
    compare_and_replace(test).await;
    compare_and_delete(test).await;
    lease_race(test).await;
}

/// Checks that caches share a token through the store, and what becomes of them when it fails or lies.
pub async fn sharing(test: &impl StoreUnderTest) {
    one_request(test).await;
    garbage(test).await;
    wrong_key(test).await;
    copied_record(test).await;
    wrong_clocks(test).await;
    fail_over(test).await;
    slow_store(test).await;
    store_down(test).await;
    store_silent(test).await;
}

/// A key that no other check has used.
fn new_key(kind: RecordKind) -> StoreKey {
    let hash: String = std::iter::repeat_with(|| fastrand::char('a'..='f'))
        .take(64)
        .collect();
    StoreKey::new(&hash, kind)
}

/// Longer than any check takes.
const LONG: Duration = Duration::from_secs(60);
