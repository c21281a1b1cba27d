//! Datasaur's settings: where it is, who signs in, and how.

use std::path::PathBuf;
use std::sync::Arc;

use auth_core::{
    BaseUrl, ClientAuthMethod, Clock, CredentialsProvider, Environment, HttpClient, Names,
    RefreshPolicy, RequestLimits, Result, RetryPolicy, Secret, Setting, Settings,
};

/// Checked settings for a [`Client`](crate::Client).
///
/// # Examples
/// ```
/// let config = datasaur_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .build()?;
/// # Ok::<(), datasaur_auth::auth_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    settings: Settings,
    credentials: Arc<dyn CredentialsProvider>,
    base_url: BaseUrl,
    client_auth_method: ClientAuthMethod,
}

/// Collects settings and checks them in [`ConfigBuilder::build`].
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ConfigBuilder {
    settings: Settings,
    client_auth_method: ClientAuthMethod,
}

impl Config {
    /// Starts a builder.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Reads `DATASAUR_CLIENT_ID`, `DATASAUR_CLIENT_SECRET` (or `DATASAUR_CLIENT_SECRET_FILE`) and `DATASAUR_BASE_URL`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config), naming the variable and what to do.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(&Environment::of_process())
    }

    /// As [`Config::from_env`], from variables that come from elsewhere.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_variables(variables: &Environment<'_>) -> Result<Self> {
        ConfigBuilder::from_variables(variables)
            .and_then(ConfigBuilder::build)
            .map_err(|error| error.with_vendor(NAMES.vendor))
    }

    pub(crate) fn client_auth_method(&self) -> ClientAuthMethod {
        self.client_auth_method
    }

    pub(crate) fn credentials(&self) -> Arc<dyn CredentialsProvider> {
        Arc::clone(&self.credentials)
    }

    pub(crate) fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    pub(crate) fn http_client(&self) -> Result<Arc<dyn HttpClient>> {
        self.settings.http_client(&NAMES)
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.settings.clock()
    }

    pub(crate) fn refresh_policy(&self) -> RefreshPolicy {
        self.settings.refresh_policy.clone()
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.settings.retry_policy.unwrap_or_default()
    }

    pub(crate) fn api_limits(&self) -> RequestLimits {
        self.settings
            .api_limits
            .unwrap_or(RequestLimits::API_REQUEST)
    }
}

impl ConfigBuilder {
    /// Sets the client id.
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.settings.set_client_id(client_id);
        self
    }

    /// Sets the client secret.
    pub fn client_secret(mut self, client_secret: impl Into<Secret>) -> Self {
        self.settings.set_client_secret(client_secret);
        self
    }

    /// Sets a file that holds the client secret; it is read for every token request, so that a rotated secret needs no restart.
    pub fn client_secret_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.settings.set_client_secret_file(path);
        self
    }

    /// Takes client id and client secret from a provider of your own.
    pub fn credentials_provider(mut self, provider: impl CredentialsProvider + 'static) -> Self {
        self.settings.set_credentials_provider(Arc::new(provider));
        self
    }

    /// Sets the base URL of the API; a path prefix is kept.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.settings.set_base_url(base_url);
        self
    }

    /// Sets how the client shows who it is; in the body by default, as the vendor documents.
    ///
    /// With [`ClientAuthMethod::ClientSecretBasic`] a secret with reserved characters is form-encoded, as RFC 6749 says, and the server family
    /// behind Datasaur may not decode it.
    pub fn client_auth_method(mut self, authentication: ClientAuthMethod) -> Self {
        self.client_auth_method = authentication;
        self
    }

    /// Permits plain http to machines other than this one: every secret and token is then readable on the way.
    pub fn allow_http(mut self, allow_http: bool) -> Self {
        self.settings.allow_http = allow_http;
        self
    }

    /// Trusts the certificate authorities in a PEM bundle in addition to the system's.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.set_root_certificates(pem);
        self
    }

    /// Presents a client certificate: a PEM chain, leaf first, and its PEM private key.
    pub fn client_certificate(mut self, chain: impl Into<Vec<u8>>, key: impl Into<Secret>) -> Self {
        self.settings.client_certificate = Some((chain.into(), key.into()));
        self
    }

    /// Sends everything through an HTTP client of your own.
    pub fn http_client(mut self, http_client: impl HttpClient + 'static) -> Self {
        self.settings.set_http_client(Arc::new(http_client));
        self
    }

    /// Sets the time and size that one API answer may take; [`RequestLimits::API_REQUEST`] by default.
    pub fn api_limits(mut self, limits: RequestLimits) -> Self {
        self.settings.api_limits = Some(limits);
        self
    }

    /// Sets how a call is repeated when the API asks to slow down; only calls whose method is idempotent are.
    pub fn retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.settings.retry_policy = Some(retry_policy);
        self
    }

    /// Sets when tokens are refreshed.
    pub fn refresh_policy(mut self, policy: RefreshPolicy) -> Self {
        self.settings.refresh_policy = policy;
        self
    }

    /// Reads time from clocks of your own, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.settings.clock = Some(clock.into_shared());
        self
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config), naming the setting and what to do.
    pub fn build(self) -> Result<Config> {
        self.check()
            .map_err(|error| error.with_vendor(NAMES.vendor))
    }

    /// Starts from the environment variables that [`Config::from_env`] reads; what is set afterwards wins.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config), naming the variable and what to do, for a value that is unusable.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(&Environment::of_process())
            .map_err(|error| error.with_vendor(NAMES.vendor))
    }

    fn from_variables(variables: &Environment<'_>) -> Result<Self> {
        Ok(Self {
            settings: Settings::from_variables(&NAMES, variables)?,
            ..Self::default()
        })
    }

    fn check(self) -> Result<Config> {
        Ok(Config {
            credentials: self.settings.credentials(&NAMES)?,
            base_url: self.settings.base_url(&NAMES, DEFAULT_BASE_URL)?,
            client_auth_method: self.client_auth_method,
            settings: self.settings,
        })
    }
}

/// The names of the settings that every vendor has.
pub(crate) const NAMES: Names = Names::new(
    "datasaur",
    concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
    Setting::new("client_id", "DATASAUR_CLIENT_ID", "your-client-id"),
    Setting::new(
        "client_secret",
        "DATASAUR_CLIENT_SECRET",
        "your-client-secret",
    ),
    Setting::new(
        "base_url",
        "DATASAUR_BASE_URL",
        "https://datasaur.example.com",
    ),
);

/// The cloud, as the vendor's credentials page writes it; its own tools use `https://app.datasaur.ai`.
const DEFAULT_BASE_URL: &str = "https://datasaur.ai";

#[cfg(test)]
mod tests;
