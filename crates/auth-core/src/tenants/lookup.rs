//! The program's own lookup, and what its failures become.

use std::error::Error as StdError;
use std::pin::Pin;
use std::time::Duration;

use super::TenantConfig;
use super::named::NameOf;
use crate::cache::with_deadline;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::vendor::Vendor;

/// What a lookup fails with: any error, which `?` turns into this.
pub type LookupError = Box<dyn StdError + Send + Sync>;

/// Finds one tenant's settings.
pub(super) struct Lookup<V: Vendor, K> {
    find: Box<dyn Fn(K) -> Finding<V> + Send + Sync>,
    name_of: Option<NameOf<K>>,
}

type Finding<V> =
    Pin<Box<dyn Future<Output = Result<Option<TenantConfig<V>>, LookupError>> + Send>>;

impl<V: Vendor, K: Clone> Lookup<V, K> {
    pub(super) fn new<F, Fut>(find: F) -> Self
    where
        F: Fn(K) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<TenantConfig<V>>, LookupError>> + Send + 'static,
    {
        Self {
            find: Box::new(move |key| Box::pin(find(key))),
            name_of: None,
        }
    }

    /// Sets how logs name a tenant.
    pub(super) fn set_name_of(&mut self, name_of: NameOf<K>) {
        self.name_of = Some(name_of);
    }

    /// Returns how logs name a tenant, if they do.
    pub(super) fn name_of(&self) -> Option<&NameOf<K>> {
        self.name_of.as_ref()
    }

    /// Looks a tenant up within a time limit.
    pub(super) async fn find(
        &self,
        key: &K,
        clock: &dyn Clock,
        limit: Duration,
    ) -> Result<TenantConfig<V>> {
        let found = with_deadline((self.find)(key.clone()), clock.sleep(limit)).await;
        match found.ok_or_else(|| too_slow(limit))? {
            Ok(Some(config)) => Ok(config),
            Ok(None) => Err(Error::new(
                ErrorKind::UnknownTenant,
                "the lookup knows no such tenant",
            )),
            Err(error) => Err(failed(error)),
        }
    }
}

pub(super) fn too_slow(limit: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("the tenant was not looked up within {limit:.1?}"),
    )
    .with_sent(Sent::No)
}

/// An error of ours says what it is; of another one we know only that the tenant was not found out.
fn failed(error: LookupError) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Error::new(ErrorKind::Unavailable, "the lookup of the tenant failed")
            .with_sent(Sent::No)
            .with_source(Foreign(error)),
    }
}

/// A boxed error is no error itself.
#[derive(Debug)]
struct Foreign(LookupError);

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Foreign {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
