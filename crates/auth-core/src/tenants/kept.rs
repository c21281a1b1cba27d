//! What is kept for a tenant: its client, and a handle on its credentials.

use std::hash::Hash;
use std::sync::Arc;

use super::Inner;
use super::config::TenantConfig;
use super::credentials::TenantCredentials;
use super::named::NamedSource;
use super::source::TenantSource;
use crate::cache::{Kept, LastUse, TokenCache};
use crate::error::Result;
use crate::source::TokenSource;
use crate::vendor::{Client, Vendor};

/// A tenant's client as the map holds it.
#[derive(Clone)]
pub(super) struct KeptClient<V: Vendor> {
    client: Client<V>,
    rest: Arc<Rest>,
}

/// What a lookup does not read.
struct Rest {
    /// `None` if one of the vendor's own settings authenticates.
    credentials: Option<Arc<TenantCredentials>>,
    /// How many handles on the client there are while only the map holds it.
    handles_at_rest: usize,
}

impl<V: Vendor> KeptClient<V> {
    pub(super) fn new<K>(inner: &Inner<V, K>, key: &K, config: TenantConfig<V>) -> Result<Self>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
    {
        let credentials = config.credentials().cloned();
        let credentials = credentials.map(|found| Arc::new(TenantCredentials::new(found)));
        let base = match &credentials {
            Some(credentials) => (*inner.base)
                .clone()
                .shared_credentials(credentials.clone()),
            None => (*inner.base).clone(),
        };
        let is_at_the_usual_place = config.is_at_the_usual_place();
        let mut config = config.apply(base).build()?;
        if is_at_the_usual_place {
            config = config.sharing(Arc::clone(&inner.shared));
        }
        let client = Client::with_cache(&config, |source| {
            let source: Arc<dyn TokenSource> = match &credentials {
                Some(credentials) => Arc::new(TenantSource {
                    source,
                    credentials: Arc::clone(credentials),
                    key: key.clone(),
                    lookup: Arc::clone(&inner.lookup),
                    lookup_timeout: inner.lookup_timeout,
                    attempt_timeout: inner.parts.policy.attempt_timeout(),
                    clock: Arc::clone(&inner.parts.clock),
                    base: Arc::clone(&inner.base),
                    own_endpoints: (!is_at_the_usual_place)
                        .then(|| Box::new(config.endpoints().clone())),
                    tenants: Arc::downgrade(&inner.tenants),
                }),
                None if inner.lookup.name_of().is_some() => Arc::new(NamedSource {
                    source,
                    key: key.clone(),
                    lookup: Arc::clone(&inner.lookup),
                }),
                None => source,
            };
            TokenCache::with_parts(source, inner.parts.clone())
        })?;
        let rest = Rest {
            handles_at_rest: client.handles(),
            credentials,
        };
        Ok(Self {
            client,
            rest: Arc::new(rest),
        })
    }

    /// Returns a clone of the client, which is in use as long as it lives.
    pub(super) fn client(&self) -> Client<V> {
        self.client.clone()
    }

    /// Returns the client itself, for a look.
    pub(super) fn peek(&self) -> &Client<V> {
        &self.client
    }

    pub(super) fn credentials_changed(&self) {
        if let Some(credentials) = &self.rest.credentials {
            credentials.announce();
        }
    }

    /// Returns true if these are this tenant's credentials, and not those of a namesake.
    pub(super) fn has_credentials(&self, credentials: &Arc<TenantCredentials>) -> bool {
        let own = self.rest.credentials.as_ref();
        own.is_some_and(|own| Arc::ptr_eq(own, credentials))
    }
}

impl<V: Vendor> Kept for KeptClient<V> {
    type Source = Arc<dyn TokenSource>;

    fn cache(&self) -> &TokenCache<Arc<dyn TokenSource>> {
        self.client.cache()
    }

    fn is_held_elsewhere(&self) -> bool {
        self.client.handles() > self.rest.handles_at_rest || self.client.cache().clones() > 1
    }

    fn last_use(&self) -> &LastUse {
        self.client.last_use()
    }
}
