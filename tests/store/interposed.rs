//! A store that lets something happen just before the first claim of a lease.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use auth_core::Result;
use auth_core::store::{PutIfAbsent, StoredRecord, TokenStore};

use super::*;

type Event = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

#[derive(Clone)]
pub(crate) struct Interposed {
    store: FaultyTokenStore,
    event: Arc<Mutex<Option<Event>>>,
}

impl Interposed {
    pub(crate) fn before_the_first_claim(
        fleet: &Fleet,
        event: impl FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + 'static,
    ) -> Self {
        Self {
            store: fleet.store.clone(),
            event: Arc::new(Mutex::new(Some(Box::new(event)))),
        }
    }
}

impl std::fmt::Debug for Interposed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interposed").finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl TokenStore for Interposed {
    fn name(&self) -> &'static str {
        "interposed"
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        self.store.get(key).await
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        self.store.put(key, record, life).await
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        let event = self.event.lock().unwrap().take();
        if let Some(event) = event {
            event().await;
        }
        self.store.put_if_absent(key, record, life).await
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        self.store.replace_if(key, old, new, life).await
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        self.store.delete_if(key, old).await
    }
}
