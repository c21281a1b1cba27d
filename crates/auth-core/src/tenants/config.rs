//! What a lookup returns for one tenant: its credentials, and where it differs from the others.

use std::fmt;
use std::sync::Arc;

use crate::credential::CredentialsProvider;
use crate::vendor::{ConfigBuilder, Vendor};

/// One tenant's settings, on top of those that all tenants share.
///
/// # Examples
/// ```
/// use auth_core::vendor::Vendor;
/// use auth_core::{Credentials, Result, TenantConfig};
///
/// fn tenant<V: Vendor>() -> Result<TenantConfig<V>> {
///     let credentials = Credentials::new("fake-client", "fake-secret")?;
///     Ok(TenantConfig::new(credentials).with_base_url("https://tenant-7.example.com"))
/// }
/// ```
#[must_use]
pub struct TenantConfig<V: Vendor> {
    credentials: Option<Arc<dyn CredentialsProvider>>,
    base_url: Option<String>,
    options: Option<SetOptions<V>>,
}

type SetOptions<V> =
    Box<dyn FnOnce(<V as Vendor>::Options) -> <V as Vendor>::Options + Send + Sync>;

impl<V: Vendor> TenantConfig<V> {
    /// Takes a tenant's credentials: fixed ones, as [`Credentials`](crate::Credentials), or a provider of your own.
    pub fn new(credentials: impl CredentialsProvider + 'static) -> Self {
        Self {
            credentials: Some(Arc::new(credentials)),
            base_url: None,
            options: None,
        }
    }

    /// Describes a tenant without credentials, for one of the vendor's own settings that replaces them.
    pub fn without_credentials() -> Self {
        Self {
            credentials: None,
            base_url: None,
            options: None,
        }
    }

    /// Sets the base URL of the tenant's API.
    pub fn with_base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Changes the vendor's own settings for the tenant, with the methods of its options.
    pub fn with_options(
        mut self,
        set: impl FnOnce(V::Options) -> V::Options + Send + Sync + 'static,
    ) -> Self {
        self.options = Some(Box::new(set));
        self
    }

    pub(super) fn credentials(&self) -> Option<&Arc<dyn CredentialsProvider>> {
        self.credentials.as_ref()
    }

    /// Returns true if the tenant is where all are that do not say otherwise.
    pub(super) fn is_at_the_usual_place(&self) -> bool {
        self.base_url.is_none() && self.options.is_none()
    }

    /// Adds everything but the credentials to the settings that all tenants share.
    pub(super) fn apply(self, base: ConfigBuilder<V>) -> ConfigBuilder<V> {
        let base = match self.base_url {
            Some(base_url) => base.base_url(base_url),
            None => base,
        };
        match self.options {
            Some(set) => base.options(set),
            None => base,
        }
    }
}

impl<V: Vendor> fmt::Debug for TenantConfig<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is unchecked text and may hold a password before its @.
        f.debug_struct("TenantConfig")
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
