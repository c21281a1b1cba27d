//! The contract suite on the store in memory.

use std::sync::Arc;

use auth_core::Clock;
use auth_core::store::TokenStore;
use auth_testkit::store::contract::{self, StoreUnderTest};

use super::*;

struct Memory(Fleet);

#[async_trait::async_trait]
impl StoreUnderTest for Memory {
    fn store(&self) -> Arc<dyn TokenStore> {
        Arc::new(self.0.memory.clone())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.0.clock)
    }

    async fn put_without_life(&self, key: &StoreKey, record: &[u8]) -> bool {
        self.0.memory.put_without_life(key, record.to_vec());
        true
    }
}

#[tokio::test(start_paused = true)]
async fn the_store_in_memory_keeps_records_as_it_must() {
    contract::records(&Memory(Fleet::new())).await;
}

#[tokio::test(start_paused = true)]
async fn processes_share_tokens_through_the_store_in_memory() {
    contract::sharing(&Memory(Fleet::new())).await;
}
