//! Maia's settings: where it is, who signs in, and how.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use auth_core::{
    BaseUrl, Clock, CredentialsProvider, Environment, Error, HttpClient, Names, RefreshPolicy,
    RequestLimits, Result, RetryPolicy, Secret, Setting, Settings, check_credential,
};

/// Checked settings for a [`Client`](crate::Client).
///
/// # Examples
/// ```
/// let config = maia_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .region("eu1".parse()?)
///     .build()?;
/// # Ok::<(), maia_auth::auth_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    settings: Settings,
    credentials: Arc<dyn CredentialsProvider>,
    base_url: BaseUrl,
    token_url: BaseUrl,
    audience: Option<String>,
}

/// Collects settings and checks them in [`ConfigBuilder::build`].
#[derive(Clone, Default)]
#[must_use]
pub struct ConfigBuilder {
    settings: Settings,
    region: Option<Region>,
    token_url: Option<String>,
    audience: Option<String>,
}

/// Where an account lives; it is fixed when the account is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// The United States, `us1`.
    Us1,
    /// Europe, `eu1`.
    Eu1,
    /// Australia, `au1`.
    Au1,
    /// A region that this version does not know; spelled as the vendor does.
    Other(String),
}

impl Region {
    /// Returns the name as it stands in the API's host.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Us1 => "us1",
            Self::Eu1 => "eu1",
            Self::Au1 => "au1",
            Self::Other(name) => name,
        }
    }

    /// Checks the name once more: it becomes part of a host, and anybody can make an `Other`.
    fn base_url(&self) -> Result<String> {
        let region = Self::parse(&REGION.label(), self.as_str())?;
        Ok(format!("https://{}.api.matillion.com", region.as_str()))
    }

    /// Letters and then digits: the set is open, and a typo is still refused.
    fn parse(setting: &str, text: &str) -> Result<Self> {
        let digits = text.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
        let letters = text.len() - digits.len();
        let is_name = (2..=8).contains(&letters)
            && (1..=3).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        match text {
            "us1" => Ok(Self::Us1),
            "eu1" => Ok(Self::Eu1),
            "au1" => Ok(Self::Au1),
            _ if is_name => Ok(Self::Other(text.to_owned())),
            _ => Err(Error::config(format!(
                "{setting} is not a valid region: use us1, eu1, au1 or another name of letters and digits, as in your API's host"
            ))),
        }
    }
}

impl std::str::FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse("region", text)
    }
}

impl Config {
    /// Starts a builder.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Reads `MAIA_CLIENT_ID`, `MAIA_CLIENT_SECRET` (or `MAIA_CLIENT_SECRET_FILE`), `MAIA_REGION` or `MAIA_BASE_URL`, `MAIA_TOKEN_URL` and `MAIA_AUDIENCE`.
    ///
    /// `MATILLION_CLIENT_ID`, `MATILLION_CLIENT_SECRET`, `MATILLION_REGION`, `MATILLION_BASE_URL` and `MATILLION_TOKEN_URL` are read where ours are not set.
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

    pub(crate) fn token_url(&self) -> &BaseUrl {
        &self.token_url
    }

    pub(crate) fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
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

    /// Sets the account's region; a base URL wins over it, unless it came from the environment.
    pub fn region(mut self, region: Region) -> Self {
        self.settings.drop_inherited_base_url();
        self.region = Some(region);
        self
    }

    /// Sets the token endpoint; the default is the global one.
    pub fn token_url(mut self, token_url: impl Into<String>) -> Self {
        self.token_url = Some(token_url.into());
        self
    }

    /// Sets the `audience` parameter of the token request; an empty one turns it off.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
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
        let region = variables.optional_text(&REGION)?;
        let region = region
            .map(|region| Region::parse(&REGION.label(), &region))
            .transpose()?;
        Ok(Self {
            settings: Settings::from_variables(&NAMES, variables)?,
            region,
            token_url: variables.optional_text(&TOKEN_URL)?,
            // Not optional_text: here an empty value is a value.
            audience: variables.text(&AUDIENCE)?.map(|(_, audience)| audience),
        })
    }

    fn check(self) -> Result<Config> {
        let settings = &self.settings;
        let of_region = self.region.as_ref().map(Region::base_url).transpose()?;
        let Some(base_url) = settings.base_url.as_deref().or(of_region.as_deref()) else {
            return Err(REGION.missing());
        };
        let token_url = self.token_url.as_deref().unwrap_or(DEFAULT_TOKEN_URL);
        let audience = self.audience.unwrap_or_else(|| DEFAULT_AUDIENCE.to_owned());
        if !audience.is_empty() {
            check_credential(&AUDIENCE.label(), &audience)?;
        }
        Ok(Config {
            credentials: settings.credentials(&NAMES)?,
            base_url: settings.url(&NAMES.base_url, base_url)?,
            token_url: settings.token_url(&TOKEN_URL, token_url)?,
            audience: Some(audience).filter(|audience| !audience.is_empty()),
            settings: self.settings,
        })
    }
}

impl fmt::Debug for ConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token URL is unchecked text and may hold a password before its @.
        f.debug_struct("ConfigBuilder")
            .field("settings", &self.settings)
            .field("region", &self.region)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// The names of the settings that every vendor has.
pub(crate) const NAMES: Names = Names::new(
    "maia",
    concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
    Setting::new("client_id", "MAIA_CLIENT_ID", "your-client-id")
        .with_fallback("MATILLION_CLIENT_ID"),
    Setting::new("client_secret", "MAIA_CLIENT_SECRET", "your-client-secret")
        .with_fallback("MATILLION_CLIENT_SECRET"),
    Setting::new("base_url", "MAIA_BASE_URL", "https://eu1.api.matillion.com")
        .with_fallback("MATILLION_BASE_URL"),
);

const REGION: Setting =
    Setting::new("region", "MAIA_REGION", "eu1").with_fallback("MATILLION_REGION");

const TOKEN_URL: Setting = Setting::new("token_url", "MAIA_TOKEN_URL", DEFAULT_TOKEN_URL)
    .with_fallback("MATILLION_TOKEN_URL");

const AUDIENCE: Setting = Setting::new("audience", "MAIA_AUDIENCE", DEFAULT_AUDIENCE);

/// One endpoint for all regions.
const DEFAULT_TOKEN_URL: &str = "https://id.core.matillion.com/oauth/dpc/token";

/// In one of the vendor's two samples; its server most likely ignores it, so sending it does no harm.
const DEFAULT_AUDIENCE: &str = "https://api.matillion.com";

#[cfg(test)]
mod tests;
