//! The names of tenants in logs.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use async_trait::async_trait;

use super::lookup::Lookup;
use crate::error::Result;
use crate::source::TokenSource;
use crate::token::AccessToken;
use crate::vendor::Vendor;

/// How the program names a tenant.
pub(super) type NameOf<K> = Box<dyn Fn(&K) -> String + Send + Sync>;

/// Writes a tenant's name into the span of the refresh that is running.
pub(super) fn record<K>(name_of: Option<&NameOf<K>>, key: &K) {
    if let Some(name_of) = name_of {
        tracing::Span::current().record("tenant", name_of(key));
    }
}

/// The source of a tenant without credentials of its own, whose refreshes name it.
pub(super) struct NamedSource<V: Vendor, K> {
    pub(super) source: Arc<dyn TokenSource>,
    pub(super) key: K,
    pub(super) lookup: Arc<Lookup<V, K>>,
}

#[async_trait]
impl<V: Vendor, K: Hash + Eq + Clone + Send + Sync + 'static> TokenSource for NamedSource<V, K> {
    async fn token(&self) -> Result<AccessToken> {
        record(self.lookup.name_of(), &self.key);
        self.source.token().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(&self.source)
    }
}

impl<V: Vendor, K> fmt::Debug for NamedSource<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are the caller's and may be secrets.
        f.debug_struct("NamedSource")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
