//! Tests of a deletion while other processes replace the record.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::Result;
use auth_core::store::{PutIfAbsent, StoredRecord};

use super::*;

/// A store whose record is replaced this often between a look at it and its deletion.
#[derive(Debug)]
struct Contended(AtomicU32);

#[async_trait]
impl TokenStore for Contended {
    fn name(&self) -> &'static str {
        "contended"
    }

    async fn get(&self, _: &StoreKey) -> Result<Option<StoredRecord>> {
        Ok(Some(StoredRecord::new(b"record".as_slice(), None)))
    }

    async fn put(&self, _: &StoreKey, _: &[u8], _: Duration) -> Result<()> {
        Ok(())
    }

    async fn put_if_absent(&self, _: &StoreKey, _: &[u8], _: Duration) -> Result<PutIfAbsent> {
        Ok(PutIfAbsent::Put)
    }

    async fn replace_if(&self, _: &StoreKey, _: &[u8], _: &[u8], _: Duration) -> Result<bool> {
        Ok(true)
    }

    async fn delete_if(&self, _: &StoreKey, _: &[u8]) -> Result<bool> {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        Ok(left == 0)
    }
}

#[tokio::test]
async fn a_record_that_is_replaced_meanwhile_is_deleted_or_said_to_be_left() {
    let key = StoreKey::new("0123456789abcdef", RecordKind::Token);
    for (replaced, expected) in [
        (0, Deletion::Done),
        (1, Deletion::Done),
        (ATTEMPTS, Deletion::Lost),
    ] {
        let store = Contended(AtomicU32::new(replaced));
        assert_eq!(delete(&store, &key).await.unwrap(), expected);
    }
}
