//! Tokens of one tenant: rejected credentials are looked up again, and new ones are used at once.

use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Weak};

use async_trait::async_trait;

use super::Tenants;
use super::credentials::TenantCredentials;
use super::lookup::Lookup;
use crate::error::{Error, ErrorKind, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;
use crate::vendor::Vendor;

/// The vendor's own source, with a way back to the lookup.
pub(super) struct TenantSource<V: Vendor, K> {
    pub(super) source: Arc<dyn TokenSource>,
    pub(super) credentials: Arc<TenantCredentials>,
    pub(super) key: K,
    pub(super) lookup: Arc<Lookup<V, K>>,
    /// Weak, since they hold the cache that holds this.
    pub(super) tenants: Weak<Tenants<V, K>>,
}

impl<V: Vendor, K: Hash + Eq + Clone + Send + Sync + 'static> TenantSource<V, K> {
    /// Looks the tenant up once more; returns true if it has other credentials now.
    async fn look_up_again(&self) -> Result<bool> {
        let config = match self.lookup.find(&self.key).await {
            Ok(config) => config,
            Err(error) => {
                if error.kind() == ErrorKind::UnknownTenant
                    && let Some(tenants) = self.tenants.upgrade()
                {
                    tenants.remove_if(&self.key, |kept| kept.has_credentials(&self.credentials));
                }
                return Err(error);
            }
        };
        match config.credentials() {
            Some(provider) => Ok(self.credentials.replace(provider).await),
            None => Err(Error::config(
                "the lookup returned no credentials for a tenant that had some: remove the tenant first",
            )),
        }
    }
}

#[async_trait]
impl<V: Vendor, K: Hash + Eq + Clone + Send + Sync + 'static> TokenSource for TenantSource<V, K> {
    async fn token(&self) -> Result<AccessToken> {
        let doubts = self.credentials.doubts();
        if doubts != 0 {
            self.look_up_again().await?;
        }
        let rejection = match self.source.token().await {
            Ok(token) => {
                self.credentials.trust(doubts);
                return Ok(token);
            }
            Err(error) if error.kind() == ErrorKind::InvalidCredentials => error,
            Err(error) => return Err(error),
        };
        if doubts != 0 {
            return Err(rejection);
        }
        self.credentials.doubt();
        let doubts = self.credentials.doubts();
        match self.look_up_again().await {
            Ok(true) => {
                let token = self.source.token().await?;
                self.credentials.trust(doubts);
                Ok(token)
            }
            Err(error) if error.kind() == ErrorKind::UnknownTenant => Err(error),
            // What the lookup failed with says less than what the endpoint did; the next token request looks up first.
            Ok(false) | Err(_) => Err(rejection),
        }
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(&self.source)
    }
}

impl<V: Vendor, K> fmt::Debug for TenantSource<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are the caller's and may be secrets.
        f.debug_struct("TenantSource")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
