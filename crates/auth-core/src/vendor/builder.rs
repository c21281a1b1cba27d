//! Collects the settings of one vendor and checks them.

use std::path::PathBuf;
use std::sync::Arc;

use super::common::CommonConfig;
use super::config::Config;
use super::options::{self, VendorOptions as _};
use super::tls::TlsConfig;
use super::{Environment, PasswordGrant, Vendor};
use crate::cache::RefreshPolicy;
use crate::client::RetryPolicy;
use crate::clock::Clock;
use crate::credential::CredentialsProvider;
use crate::error::{Error, Result};
use crate::http::{HttpClient, RequestLimits, TlsBackend};
use crate::oauth::Grant;
use crate::secret::Secret;
#[cfg(feature = "store")]
use crate::store::SharedStore;

/// Collects settings and checks them in [`ConfigBuilder::build`].
///
/// A vendor's own settings are methods of its options: see [`ConfigBuilder::options`].
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use auth_core::vendor::{Config, ConfigBuilder, Vendor};
/// use auth_core::{RefreshPolicy, Result};
///
/// fn config<V: Vendor>(builder: ConfigBuilder<V>) -> Result<Config<V>> {
///     builder
///         .client_id("fake-client")
///         .client_secret_file("/run/secrets/client-secret")
///         .refresh_policy(RefreshPolicy::new().with_refresh_window(Duration::from_secs(300)))
///         .build()
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ConfigBuilder<V: Vendor> {
    common: CommonConfig,
    options: V::Options,
    /// The settings from the environment; those that the program sets take precedence.
    inherited: V::Options,
    /// The first invalid option that was set by name; reported by `build`.
    fault: Option<Error>,
}

impl<V: Vendor> ConfigBuilder<V> {
    pub(super) fn new() -> Self {
        Self {
            common: CommonConfig::new(V::INFO),
            options: V::Options::default(),
            inherited: V::Options::default(),
            fault: None,
        }
    }

    /// Starts from the vendor's environment variables, which its README lists; settings made afterwards take precedence.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable and the fix, for an unusable value.
    pub fn from_env() -> Result<Self> {
        Self::from_environment(&Environment::of_process())
    }

    /// As [`ConfigBuilder::from_env`], with variables from another source.
    ///
    /// # Errors
    /// As [`ConfigBuilder::from_env`].
    pub fn from_environment(environment: &Environment<'_>) -> Result<Self> {
        let read = || {
            Ok(Self {
                common: CommonConfig::from_environment(V::INFO, environment)?,
                inherited: options::from_environment(environment)?,
                ..Self::new()
            })
        };
        read().map_err(named::<V>)
    }

    /// Sets the client id.
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.common.user.drop_inherited();
        self.common.drop_inherited_token();
        self.common.client.set_id(client_id.into());
        self
    }

    /// Sets the client secret.
    pub fn client_secret(mut self, client_secret: impl Into<Secret>) -> Self {
        self.common.user.drop_inherited();
        self.common.drop_inherited_token();
        self.common.client.set_secret(client_secret.into());
        self
    }

    /// Sets a file that contains the client secret; it is read for every token request, so that a rotated secret needs no restart.
    pub fn client_secret_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.common.user.drop_inherited();
        self.common.drop_inherited_token();
        self.common.client.set_secret_file(path.into());
        self
    }

    /// Uses an access token from elsewhere, instead of credentials.
    ///
    /// It is used as it is and never refreshed: once the API rejects it, or its own expiry has passed if it is a JWT, every call that needs a token
    /// is an error of kind [`InvalidCredentials`](crate::ErrorKind::InvalidCredentials). Use it for short programs and for tests.
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.common.drop_inherited_credentials();
        self.common.set_token(Some(token.into()));
        self
    }

    /// Uses your own provider of the client id and the client secret.
    pub fn credentials_provider(mut self, provider: impl CredentialsProvider + 'static) -> Self {
        self.common.drop_inherited_credentials();
        self.common.credentials_provider = Some(Arc::new(provider));
        self
    }

    /// As [`ConfigBuilder::credentials_provider`], for a provider that is shared already.
    pub(crate) fn shared_credentials(mut self, provider: Arc<dyn CredentialsProvider>) -> Self {
        self.common.drop_inherited_credentials();
        self.common.credentials_provider = Some(provider);
        self
    }

    /// Creates the HTTP client and the clock, so that every tenant's configuration that is built from it shares them.
    ///
    /// Drops the environment's credentials, which are the program's own and no tenant's.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the HTTP client cannot be built from the settings, an option is unusable, or
    /// there are credentials.
    pub(crate) fn shared(mut self) -> Result<Self> {
        if let Some(fault) = self.fault {
            return Err(named::<V>(fault));
        }
        self.inherited = self.inherited.without_credentials();
        let common = &mut self.common;
        common.drop_inherited_credentials();
        if common.has_credentials() || V::replaces_credentials(&self.options).is_some() {
            return Err(named::<V>(Error::config(
                "the settings of all tenants contain credentials, but each tenant's come from the lookup: remove them from the base",
            )));
        }
        common.http_client = Some(common.http_client().map_err(named::<V>)?);
        common.tls = TlsConfig::default();
        common.clock = Some(common.clock());
        Ok(self)
    }

    /// Returns the clocks.
    pub(crate) fn clocks(&self) -> Arc<dyn Clock> {
        self.common.clock()
    }

    /// Returns the token store.
    #[cfg(feature = "store")]
    pub(crate) fn store(&self) -> Option<&SharedStore> {
        self.common.token_store.as_ref()
    }

    /// Returns when tokens are refreshed.
    pub(crate) fn refreshes(&self) -> &RefreshPolicy {
        &self.common.refresh_policy
    }

    /// Sets the base URL of the API; a path prefix is kept.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.common.set_base_url(base_url.into());
        self
    }

    /// Sets the vendor-specific settings, with the methods of its options.
    ///
    /// The closure receives the options that the program has set so far, and returns them with its changes; the vendor's `Options` lists the methods.
    pub fn options(mut self, set: impl FnOnce(V::Options) -> V::Options) -> Self {
        self.options = set(self.options);
        self.yield_inherited()
    }

    /// Sets a vendor-specific setting by its name, from text; for command lines and configuration files.
    ///
    /// Unknown names and unusable values are reported by [`ConfigBuilder::build`].
    pub fn option(mut self, name: &str, value: &str) -> Self {
        match options::set(self.options.clone(), name, value) {
            Ok(options) => self.options = options,
            Err(error) => self.fault = self.fault.or(Some(error)),
        }
        self.yield_inherited()
    }

    /// Drops the environment's settings that the program's own options replace.
    fn yield_inherited(mut self) -> Self {
        if V::names_base_url(&self.options) {
            self.common.drop_inherited_base_url();
        }
        if V::replaces_credentials(&self.options).is_some() {
            self.common.drop_inherited_credentials();
        }
        self
    }

    /// Allows plain http to other machines; secrets and tokens are then sent unencrypted.
    pub fn allow_http(mut self, allow_http: bool) -> Self {
        self.common.allow_http = allow_http;
        self
    }

    /// Sets the TLS implementation of the default HTTP client, one of those that the program's features enable.
    pub fn tls_backend(mut self, backend: TlsBackend) -> Self {
        self.common.tls.set_backend(backend);
        self
    }

    /// Trusts the certificate authorities in a PEM bundle in addition to the system's.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.common.tls.set_roots(pem.into());
        self
    }

    /// As [`ConfigBuilder::root_certificates`], from a file that is read again when it changes, so that a replaced bundle needs no restart.
    pub fn root_certificates_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.common.tls.set_roots_file(path.into());
        self
    }

    /// Presents a client certificate: a PEM chain, leaf first, and its PEM private key.
    pub fn client_certificate(mut self, chain: impl Into<Vec<u8>>, key: impl Into<Secret>) -> Self {
        self.common.tls.set_certificate(chain.into(), key.into());
        self
    }

    /// As [`ConfigBuilder::client_certificate`], with the chain in a file that is read again when it changes; needs [`ConfigBuilder::client_key_file`].
    pub fn client_certificate_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.common.tls.set_certificate_file(path.into());
        self
    }

    /// Sets the file with the key of [`ConfigBuilder::client_certificate_file`]; it is read again when it changes.
    pub fn client_key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.common.tls.set_key_file(path.into());
        self
    }

    /// Uses your own HTTP client for all requests.
    pub fn http_client(mut self, http_client: impl HttpClient + 'static) -> Self {
        // Such a client would ignore certificates from the environment.
        self.common.tls.drop_inherited();
        self.common.http_client = Some(Arc::new(http_client));
        self
    }

    /// Sets the time and size limits of an API response; [`RequestLimits::API_REQUEST`] by default.
    pub fn api_limits(mut self, limits: RequestLimits) -> Self {
        self.common.api_limits = limits;
        self
    }

    /// Sets how API requests are retried; [`RetryPolicy`] documents which ones are.
    pub fn retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.common.retry_policy = retry_policy;
        self
    }

    /// Sets when tokens are refreshed.
    pub fn refresh_policy(mut self, policy: RefreshPolicy) -> Self {
        self.common.refresh_policy = policy;
        self
    }

    /// Shares the token through a store with all processes that request the same one.
    ///
    /// Users' tokens are shared only through a store with a key: see [`SharedStore::with_key`].
    #[cfg(feature = "store")]
    pub fn token_store(mut self, store: impl Into<SharedStore>) -> Self {
        self.common.token_store = Some(store.into());
        self
    }

    /// Uses your own clock, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.common.clock = Some(clock.into_shared());
        self
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting and the fix.
    pub fn build(self) -> Result<Config<V>> {
        self.check().map_err(named::<V>)
    }

    fn check(self) -> Result<Config<V>> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let inherited = match self.common.has_own_credentials() {
            true => self.inherited.without_credentials(),
            false => self.inherited,
        };
        let options = self.options.or(inherited);
        self.common.check()?;
        let replacement = V::replaces_credentials(&options);
        let (grant, credentials) = self.common.credentials(replacement)?;
        #[cfg(feature = "store")]
        if let Some(store) = &self.common.token_store
            && grant == Grant::Password
            && store.key().is_none()
        {
            return Err(Error::config(
                "token_store has no key, which the password grant needs, since passwords can be guessed: set one with SharedStore::with_key",
            ));
        }
        let config = Config {
            endpoints: V::endpoints(&options, &self.common)?,
            common: self.common,
            options,
            grant,
            credentials,
            shared: None,
        };
        V::check(&config)?;
        Ok(config)
    }
}

impl<V: PasswordGrant> ConfigBuilder<V> {
    /// Authenticates as a user: a local one, such as the first administrator.
    ///
    /// Needs [`ConfigBuilder::password`] or [`ConfigBuilder::password_file`], and no client id.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.common.client.drop_inherited();
        self.common.drop_inherited_token();
        self.common.user.set_id(username.into());
        self
    }

    /// Sets the user's password.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.common.client.drop_inherited();
        self.common.drop_inherited_token();
        self.common.user.set_secret(password.into());
        self
    }

    /// Sets a file that contains the user's password; it is read for every token request that needs it.
    pub fn password_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.common.client.drop_inherited();
        self.common.drop_inherited_token();
        self.common.user.set_secret_file(path.into());
        self
    }

    /// Sets the grant; by default the one that matches the credentials.
    ///
    /// With [`Grant::Password`], a `credentials_provider` returns a user's name and password.
    pub fn grant(mut self, grant: Grant) -> Self {
        self.common.grant = Some(grant);
        self
    }
}

/// Adds the vendor to errors about settings.
fn named<V: Vendor>(error: Error) -> Error {
    error.with_vendor(V::INFO.name())
}
