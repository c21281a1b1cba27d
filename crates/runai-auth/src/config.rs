//! Run:ai's settings: where it is, who signs in, and how.

mod sign_in;

pub use sign_in::Grant;
pub(crate) use sign_in::SignIn;

use std::path::PathBuf;
use std::sync::Arc;

use auth_core::{
    BaseUrl, Clock, CredentialsProvider, Environment, Error, HttpClient, Names, RefreshPolicy,
    RequestLimits, Result, RetryPolicy, Secret, Setting, Settings, TokenSource,
};

use self::sign_in::Who;

/// Checked settings for a [`Client`](crate::Client).
///
/// # Examples
/// ```
/// let config = runai_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .base_url("https://tenant.run.ai")
///     .build()?;
/// # Ok::<(), runai_auth::auth_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    settings: Settings,
    sign_in: SignIn,
    base_url: BaseUrl,
    token_api: TokenApi,
}

/// Collects settings and checks them in [`ConfigBuilder::build`].
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ConfigBuilder {
    settings: Settings,
    token_api: TokenApi,
    /// Whether the token API came from the environment, where it gives way to a grant that is set afterwards.
    is_token_api_inherited: bool,
    who: Who,
}

/// Which of the control plane's two token APIs is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TokenApi {
    /// The JSON API at `/api/v1/token`: every control plane has it.
    V1,
    /// The RFC 6749 API at `/api/v2/token`: control plane 2.24 and newer.
    V2,
    /// v2, and v1 where v2 does not exist; what worked is remembered.
    #[default]
    Auto,
}

impl TokenApi {
    fn parse(setting: &str, name: &str) -> Result<Self> {
        match name {
            "v1" => Ok(Self::V1),
            "v2" => Ok(Self::V2),
            "auto" => Ok(Self::Auto),
            _ => Err(Error::config(format!(
                "{setting} is no token API: use v1, v2 or auto"
            ))),
        }
    }
}

impl std::str::FromStr for TokenApi {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::parse("token_api", name)
    }
}

impl Config {
    /// Starts a builder.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Reads `RUNAI_CLIENT_ID`, `RUNAI_CLIENT_SECRET` (or `RUNAI_CLIENT_SECRET_FILE`), `RUNAI_BASE_URL`, `RUNAI_TOKEN_API` and `RUNAI_CA_FILE`;
    /// for a person `RUNAI_USERNAME` and `RUNAI_PASSWORD` (or `RUNAI_PASSWORD_FILE`) instead of the first two.
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

    /// Returns the same settings for another client, which signs in by client credentials.
    #[cfg(feature = "admin")]
    pub(crate) fn for_client(&self, client_id: &str, client_secret: Secret) -> Result<Self> {
        let mut settings = self.settings.clone();
        settings.client_id = Some(client_id.to_owned());
        settings.client_secret = Some(client_secret);
        settings.client_secret_file = None;
        settings.credentials_provider = None;
        let builder = ConfigBuilder {
            settings,
            token_api: self.token_api,
            is_token_api_inherited: false,
            who: Who::default(),
        };
        builder.build()
    }

    pub(crate) fn token_api(&self) -> TokenApi {
        self.token_api
    }

    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.sign_in
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
        self.who.drop_inherited();
        self.settings.set_client_id(client_id);
        self
    }

    /// Sets the client secret.
    pub fn client_secret(mut self, client_secret: impl Into<Secret>) -> Self {
        self.who.drop_inherited();
        self.settings.set_client_secret(client_secret);
        self
    }

    /// Sets a file that holds the client secret; it is read for every token request, so that a rotated secret needs no restart.
    pub fn client_secret_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.who.drop_inherited();
        self.settings.set_client_secret_file(path);
        self
    }

    /// Takes client id and client secret from a provider of your own.
    pub fn credentials_provider(mut self, provider: impl CredentialsProvider + 'static) -> Self {
        self.who.drop_inherited();
        self.settings.set_credentials_provider(Arc::new(provider));
        self
    }

    /// Sets the base URL of the API; a path prefix is kept.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.settings.set_base_url(base_url);
        self
    }

    /// Signs in as a person: a local user, such as the first administrator.
    ///
    /// Needs [`ConfigBuilder::password`] or [`ConfigBuilder::password_file`], and no client id.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.settings.drop_inherited_client();
        self.who.set_username(username.into());
        self
    }

    /// Sets the person's password.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.settings.drop_inherited_client();
        self.who.set_password(password.into());
        self
    }

    /// Sets a file that holds the person's password; it is read for every sign-in.
    pub fn password_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.settings.drop_inherited_client();
        self.who.set_password_file(path.into());
        self
    }

    /// Exchanges the token of an identity provider for a Run:ai token (control plane 2.22 and newer, token API v1).
    ///
    /// The source gives a token of the identity provider each time; no other credentials are needed.
    pub fn external_token_source(mut self, source: impl TokenSource + 'static) -> Self {
        self.settings.drop_inherited_client();
        self.who.drop_inherited();
        self.who.external_token_source = Some(Arc::new(source));
        self
    }

    /// Sets the grant; by default that of the credentials that are given.
    ///
    /// [`Grant::Password`] makes a `credentials_provider`'s id and secret a person's name and password.
    pub fn grant(mut self, grant: Grant) -> Self {
        self.who.grant = Some(grant);
        self
    }

    /// Sets which of the two token APIs is asked; [`TokenApi::Auto`] by default.
    pub fn token_api(mut self, token_api: TokenApi) -> Self {
        self.token_api = token_api;
        self.is_token_api_inherited = false;
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
        let mut settings = Settings::from_variables(&NAMES, variables)?;
        settings.root_certificates = variables.file(&CA_FILE)?;
        let who = Who::from_variables(variables)?;
        let token_api = variables.optional_text(&TOKEN_API)?;
        let token_api = token_api
            .map(|name| TokenApi::parse(&TOKEN_API.label(), &name))
            .transpose()?;
        Ok(Self {
            settings,
            token_api: token_api.unwrap_or_default(),
            is_token_api_inherited: true,
            who,
        })
    }

    fn check(self) -> Result<Config> {
        let settings = &self.settings;
        let Some(base_url) = settings.base_url.as_deref() else {
            return Err(NAMES.base_url.missing());
        };
        let base_url = settings.url(&NAMES.base_url, base_url)?;
        let sign_in = self.who.check(settings)?;
        // Such a grant is set by a program alone, after the variable was read.
        let token_api = if sign_in.is_in_v2() || !self.is_token_api_inherited {
            self.token_api
        } else {
            TokenApi::Auto
        };
        if !sign_in.is_in_v2() && token_api == TokenApi::V2 {
            return Err(Error::config(format!(
                "{} is v2, which does not know this grant: use v1 or auto",
                TOKEN_API.label()
            )));
        }
        Ok(Config {
            sign_in,
            base_url,
            token_api,
            settings: self.settings,
        })
    }
}

/// The names of the settings that every vendor has.
pub(crate) const NAMES: Names = Names::new(
    "runai",
    concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
    Setting::new("client_id", "RUNAI_CLIENT_ID", "your-client-id"),
    Setting::new("client_secret", "RUNAI_CLIENT_SECRET", "your-client-secret"),
    Setting::new("base_url", "RUNAI_BASE_URL", "https://tenant.run.ai"),
);

const TOKEN_API: Setting = Setting::new("token_api", "RUNAI_TOKEN_API", "auto");

const CA_FILE: Setting = Setting::new(
    "root_certificates",
    "RUNAI_CA_FILE",
    "/etc/ssl/certs/company-ca.pem",
);

#[cfg(test)]
mod tests;
