//! The maps that could hold the tenants, behind one trait.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a tenant's entry is to the map: something shared.
pub(crate) type Value = Arc<usize>;

/// As much of a map as the keyed cache needs on its hot path.
pub(crate) trait Map: Sync {
    fn get(&self, key: &str) -> Option<Value>;
    fn insert(&self, key: String, value: Value);
}

pub(crate) type Std = RwLock<HashMap<String, Value>>;
pub(crate) type Dash = dashmap::DashMap<String, Value>;
pub(crate) type Papaya = papaya::HashMap<String, Value>;
pub(crate) type Moka = moka::sync::Cache<String, Value>;
pub(crate) type Scc = scc::HashMap<String, Value>;

impl Map for Std {
    fn get(&self, key: &str) -> Option<Value> {
        let map = self.read().unwrap_or_else(PoisonError::into_inner);
        map.get(key).cloned()
    }

    fn insert(&self, key: String, value: Value) {
        let mut map = self.write().unwrap_or_else(PoisonError::into_inner);
        map.insert(key, value);
    }
}

impl Map for Dash {
    fn get(&self, key: &str) -> Option<Value> {
        self.get(key).map(|value| Arc::clone(&value))
    }

    fn insert(&self, key: String, value: Value) {
        self.insert(key, value);
    }
}

impl Map for Papaya {
    fn get(&self, key: &str) -> Option<Value> {
        self.pin().get(key).cloned()
    }

    fn insert(&self, key: String, value: Value) {
        self.pin().insert(key, value);
    }
}

impl Map for Moka {
    fn get(&self, key: &str) -> Option<Value> {
        self.get(key)
    }

    fn insert(&self, key: String, value: Value) {
        self.insert(key, value);
    }
}

impl Map for Scc {
    fn get(&self, key: &str) -> Option<Value> {
        self.read_sync(key, |_, value| Arc::clone(value))
    }

    fn insert(&self, key: String, value: Value) {
        self.upsert_sync(key, value);
    }
}
