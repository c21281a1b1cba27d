//! Tokens of one tenant: rejected credentials are looked up again, and new ones are used at once.

use std::error::Error as _;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;

use super::Tenants;
use super::config::TenantConfig;
use super::credentials::TenantCredentials;
use super::lookup::Lookup;
use super::named::record;
use crate::clock::Clock;
use crate::credential::{CredentialsProvider, SharedTokenId};
use crate::error::{Error, ErrorKind, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;
use crate::vendor::{ConfigBuilder, Endpoints, Vendor, named};

/// The vendor's own source, with a way back to the lookup.
pub(super) struct TenantSource<V: Vendor, K> {
    pub(super) source: Arc<dyn TokenSource>,
    pub(super) credentials: Arc<TenantCredentials>,
    pub(super) key: K,
    pub(super) lookup: Arc<Lookup<V, K>>,
    pub(super) lookup_timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) base: Arc<ConfigBuilder<V>>,
    /// `None` if they are those of most tenants.
    pub(super) own_endpoints: Option<Box<Endpoints>>,
    /// Weak, since they hold the cache that holds this.
    pub(super) tenants: Weak<Tenants<V, K>>,
}

impl<V: Vendor, K: Hash + Eq + Clone + Send + Sync + 'static> TenantSource<V, K> {
    /// As [`TenantSource::replacement`], in the `left` time of the token request, and logs a failure.
    async fn look_up_again(&self, left: Duration) -> Result<bool> {
        // The lookup ends first, so that its error says what was slow.
        let limit = self.lookup_timeout.min(left.saturating_sub(MOMENT));
        let replaced = self.replacement(limit).await.map_err(named::<V>);
        if let Err(error) = &replaced {
            tracing::warn!(
                kind = error.kind().as_str(),
                error = Chain(error).to_string(),
                "the tenant could not be looked up again"
            );
        }
        replaced
    }

    /// Looks the tenant up once more; returns true if it has other credentials now.
    async fn replacement(&self, limit: Duration) -> Result<bool> {
        let config = match self.lookup.find(&self.key, &*self.clock, limit).await {
            Ok(config) => config,
            Err(error) => {
                if error.kind() == ErrorKind::UnknownTenant {
                    self.remove_client();
                }
                return Err(error);
            }
        };
        let Some(provider) = config.credentials().cloned() else {
            return Err(Error::config(
                "the lookup returned no credentials for a tenant that had some: remove the tenant first",
            ));
        };
        if self.is_elsewhere(config, &provider)? {
            // The new secret is not for the old place.
            self.remove_client();
            return Err(Error::config(
                "the tenant is at another place than its client: request another client from TenantClients",
            ));
        }
        Ok(self.credentials.replace(&provider).await)
    }

    /// Returns true if the tenant's endpoints are not those of its client.
    fn is_elsewhere(
        &self,
        config: TenantConfig<V>,
        provider: &Arc<dyn CredentialsProvider>,
    ) -> Result<bool> {
        if config.is_at_the_usual_place() && self.own_endpoints.is_none() {
            return Ok(false);
        }
        let base = (*self.base)
            .clone()
            .shared_credentials(Arc::clone(provider));
        let found = config.apply(base.clone()).build()?;
        Ok(match &self.own_endpoints {
            Some(own) => **own != *found.endpoints(),
            None => base.build()?.endpoints() != found.endpoints(),
        })
    }

    /// Makes the next caller get another client.
    fn remove_client(&self) {
        if let Some(tenants) = self.tenants.upgrade() {
            tenants.remove_if(&self.key, |kept| kept.has_credentials(&self.credentials));
        }
    }
}

#[async_trait]
impl<V: Vendor, K: Hash + Eq + Clone + Send + Sync + 'static> TokenSource for TenantSource<V, K> {
    async fn token(&self) -> Result<AccessToken> {
        record(self.lookup.name_of(), &self.key);
        let started = self.clock.now().monotonic();
        let doubts = self.credentials.doubts();
        if doubts != 0 {
            self.look_up_again(self.attempt_timeout).await?;
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
        let took = self.clock.now().monotonic().saturating_sub(started);
        // After a failed lookup the rejection says nothing about the tenant's current credentials; the next token request looks up first.
        if !self
            .look_up_again(self.attempt_timeout.saturating_sub(took))
            .await?
        {
            return Err(rejection);
        }
        let token = self.source.token().await?;
        self.credentials.trust(doubts);
        Ok(token)
    }

    async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        let id = self.source.shared_token_id().await?;
        Ok(id.map(SharedTokenId::replacing_rejected))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(&self.source)
    }
}

/// An error with its sources; the vendor's name and the message come first.
struct Chain<'a>(&'a Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
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

/// Enough for the timer of a lookup to end before that of its token request.
const MOMENT: Duration = Duration::from_millis(50);
