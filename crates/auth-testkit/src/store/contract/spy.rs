//! A store that learns the name under which a cache shares its token, and passes on nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::Result;
use auth_core::store::{PutIfAbsent, StoreKey, StoredRecord, TokenStore};

#[derive(Debug, Clone, Default)]
pub(super) struct Spy(Arc<Mutex<String>>);

impl Spy {
    /// Returns the hash that the calls had.
    pub(super) fn hash(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn note(&self, key: &StoreKey) {
        key.hash().clone_into(&mut self.0.lock().unwrap());
    }
}

#[async_trait]
impl TokenStore for Spy {
    fn name(&self) -> &'static str {
        "spy"
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        self.note(key);
        Ok(None)
    }

    async fn put(&self, _: &StoreKey, _: &[u8], _: Duration) -> Result<()> {
        Ok(())
    }

    async fn put_if_absent(&self, _: &StoreKey, _: &[u8], _: Duration) -> Result<PutIfAbsent> {
        Ok(PutIfAbsent::Put)
    }

    async fn replace_if(&self, _: &StoreKey, _: &[u8], _: &[u8], _: Duration) -> Result<bool> {
        Ok(false)
    }

    async fn delete_if(&self, _: &StoreKey, _: &[u8]) -> Result<bool> {
        Ok(false)
    }
}
