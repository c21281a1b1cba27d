//! Run:ai's settings, endpoints, authentication, and error format.

use std::path::PathBuf;
use std::sync::Arc;

use auth_core::vendor::{
    ApiClient, OptionSetting, PasswordGrant, Setting, Vendor, VendorInfo, VendorOptions,
};
use auth_core::{
    ApiErrorBody, ApiResponse, Error, Grant, HttpClient, OAuthTokenSource, Result, TokenSource,
};

use crate::calls::Calls;
use crate::names::{Config, Runai};
use crate::token::{Authentication, FileTokenSource, RunaiTokenSource, TokenApi};
use crate::wire;

/// The grant for an application's id and secret on older control planes; removed in 3.0, and supported only by token API v1.
pub const APP_TOKEN: Grant = Grant::Extension(wire::APP_TOKEN);

/// Run:ai's own settings, in addition to the common ones.
///
/// # Examples
/// ```
/// let config = runai_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .base_url("https://tenant.run.ai")
///     .options(|options| options.token_api(runai_auth::TokenApi::V2))
///     .build()?;
/// # Ok::<(), runai_auth::auth_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Options {
    token_api: Option<TokenApi>,
    /// Whether the token API came from the environment, in which case a grant that a program sets takes precedence.
    is_token_api_inherited: bool,
    external_token_source: Option<Arc<dyn TokenSource>>,
    external_token_file: Option<PathBuf>,
}

impl Options {
    /// Sets which of the two token APIs is used; [`TokenApi::Auto`] by default.
    pub fn token_api(mut self, token_api: TokenApi) -> Self {
        self.token_api = Some(token_api);
        self
    }

    /// Exchanges the token of an identity provider for a Run:ai token (control plane 2.22 and newer, token API v1).
    ///
    /// The source returns a token of the identity provider; no other credentials are needed.
    /// A cache is such a source: its token is used until it expires, and replaced when Run:ai rejects it.
    ///
    /// # Examples
    /// A company's identity provider, which issues tokens for client credentials:
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use runai_auth::auth_core::vendor::TokenEndpoint;
    /// use runai_auth::auth_core::{
    ///     BaseUrl, Credentials, HttpClient, OAuthTokenSource, SystemClock, TokenCache,
    /// };
    ///
    /// fn config(http: Arc<dyn HttpClient>) -> runai_auth::auth_core::Result<runai_auth::Config> {
    ///     let url = BaseUrl::parse("https://login.example.com/oauth2/token")?;
    ///     let endpoint = TokenEndpoint::new("company", &url, http, Arc::new(SystemClock::new()))?;
    ///     let credentials = Credentials::new("fake-client", "fake-secret")?;
    ///     let company = OAuthTokenSource::new(endpoint, Arc::new(credentials));
    ///     runai_auth::Config::builder()
    ///         .base_url("https://tenant.run.ai")
    ///         .options(|options| options.external_token_source(TokenCache::new(company)))
    ///         .build()
    /// }
    /// ```
    pub fn external_token_source(mut self, source: impl TokenSource + 'static) -> Self {
        self.external_token_source = Some(Arc::new(source));
        self
    }

    /// Exchanges the token of an identity provider that is in a file, such as a projected token of Kubernetes.
    ///
    /// The file is read for every exchange, so that a rotated token is picked up without a restart; one trailing line break is ignored.
    pub fn external_token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.external_token_file = Some(path.into());
        self
    }

    /// Returns the setting that replaces all other credentials, if one is set.
    fn external(&self) -> Option<&'static str> {
        match (&self.external_token_source, &self.external_token_file) {
            (Some(_), _) => Some(EXTERNAL_TOKEN_SOURCE.name()),
            (None, Some(_)) => Some(EXTERNAL_TOKEN_FILE_LABEL),
            (None, None) => None,
        }
    }

    /// Returns the source of an identity provider's tokens, which for a file must exist.
    fn external_source(&self, config: &Config) -> Result<Option<Arc<dyn TokenSource>>> {
        match (&self.external_token_source, &self.external_token_file) {
            (Some(source), _) => Ok(Some(Arc::clone(source))),
            (None, Some(path)) => {
                let source = FileTokenSource::new(path, config.clock());
                let source = source.map_err(|error| EXTERNAL_TOKEN_FILE.invalid(error))?;
                Ok(Some(Arc::new(source)))
            }
            (None, None) => Ok(None),
        }
    }
}

impl VendorOptions for Options {
    const SETTINGS: &'static [OptionSetting<Self>] = &[
        OptionSetting::described(EXTERNAL_TOKEN_SOURCE),
        OptionSetting::new(EXTERNAL_TOKEN_FILE, |options: Self, _, value| {
            Ok(options.external_token_file(value))
        }),
        OptionSetting::new(TOKEN_API, |options: Self, label, value| {
            Ok(options.token_api(TokenApi::parse(label, value)?))
        }),
    ];

    fn or(self, inherited: Self) -> Self {
        let inherited = match self.external() {
            Some(_) => inherited.without_credentials(),
            None => inherited,
        };
        Self {
            is_token_api_inherited: self.token_api.is_none(),
            token_api: self.token_api.or(inherited.token_api),
            external_token_source: self
                .external_token_source
                .or(inherited.external_token_source),
            external_token_file: self.external_token_file.or(inherited.external_token_file),
        }
    }

    fn without_credentials(self) -> Self {
        Self {
            external_token_source: None,
            external_token_file: None,
            ..self
        }
    }
}

impl Runai {
    /// Returns which token API to use; a program's grant that only v1 supports takes precedence over the environment's choice.
    pub(crate) fn token_api(config: &Config) -> TokenApi {
        let options = config.options();
        match options.token_api {
            Some(_) if options.is_token_api_inherited && !Self::is_in_v2(config) => TokenApi::Auto,
            token_api => token_api.unwrap_or_default(),
        }
    }

    /// Returns true if token API v2 supports the grant.
    pub(crate) fn is_in_v2(config: &Config) -> bool {
        let is_rfc = matches!(config.grant(), Grant::ClientCredentials | Grant::Password);
        is_rfc && !Self::is_external(config)
    }

    /// Returns true if an identity provider's token is exchanged; credentials that were set afterwards take its place.
    fn is_external(config: &Config) -> bool {
        config.credentials().is_none() && config.options().external().is_some()
    }
}

impl Vendor for Runai {
    const INFO: VendorInfo = VendorInfo::new(wire::VENDOR, PREFIX, USER_AGENT)
        .with_base_url(
            Setting::new(PREFIX, "base_url", "https://tenant.run.ai").with_meaning(
                "the control plane's base URL; a path prefix is kept",
                "required",
            ),
        )
        .with_token_path(wire::TOKEN_PATH_V2)
        .with_password_grant();

    type Options = Options;
    type Calls = Calls;

    fn calls(api: ApiClient, _config: &Config) -> Calls {
        Calls { api }
    }

    fn oauth_source(_: &Config, source: OAuthTokenSource) -> Result<OAuthTokenSource> {
        Ok(source.with_zero_lifetime_ignored())
    }

    fn token_source(config: &Config, http: Arc<dyn HttpClient>) -> Result<Arc<dyn TokenSource>> {
        let base_url = config.endpoints().base_url();
        let v1 = base_url.join_base(wire::TOKEN_PATH_V1)?;
        let v1 = config.token_endpoint(&v1, Arc::clone(&http))?;
        let external = config.options().external_source(config);
        let (authentication, v2) = match (config.credentials(), external) {
            (Some(provider), _) => {
                let provider = Arc::clone(provider);
                let v2 = Self::is_in_v2(config).then(|| config.oauth_token_source(http));
                let v2 = v2.transpose()?;
                (Authentication::Credentials(config.grant(), provider), v2)
            }
            (None, external) => {
                let external = external?.ok_or_else(|| Self::INFO.client_id().missing())?;
                (Authentication::External(external), None)
            }
        };
        let api = Self::token_api(config);
        Ok(Arc::new(RunaiTokenSource::new(api, authentication, v1, v2)))
    }

    fn check(config: &Config) -> Result<()> {
        if matches!(config.grant(), Grant::Extension(name) if name != wire::APP_TOKEN) {
            return Err(Error::config(
                "the grant is not one of Run:ai's: use ClientCredentials, Password or APP_TOKEN",
            ));
        }
        let options = config.options();
        if Self::is_external(config) {
            options.external_source(config)?;
        }
        if options.external_token_source.is_some() && options.external_token_file.is_some() {
            return Err(Error::config(format!(
                "{} and {} are both set: set only one of them",
                EXTERNAL_TOKEN_SOURCE.name(),
                EXTERNAL_TOKEN_FILE_LABEL
            )));
        }
        if !Self::is_in_v2(config) && Self::token_api(config) == TokenApi::V2 {
            return Err(Error::config(format!(
                "{} is v2, which does not support this grant: use v1 or auto",
                TOKEN_API.label()
            )));
        }
        Ok(())
    }

    fn replaces_credentials(options: &Options) -> Option<&'static str> {
        options.external()
    }

    fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
        wire::read_error(response)
    }
}

impl PasswordGrant for Runai {}

const PREFIX: &str = "RUNAI";

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

const TOKEN_API: Setting = Setting::option(PREFIX, "token_api", "auto")
    .with_meaning(
        "which token API to use: `v1`, `v2` or `auto`",
        "`TokenApi::Auto`",
    )
    .with_default_value("auto");

const EXTERNAL_TOKEN_SOURCE: Setting =
    Setting::option(PREFIX, "external_token_source", "a token source").with_meaning(
        "returns an identity provider's tokens, which are exchanged for Run:ai tokens",
        "none",
    );

const EXTERNAL_TOKEN_FILE: Setting = Setting::option(
    PREFIX,
    "external_token_file",
    "/var/run/secrets/tokens/runai",
)
.with_meaning(
    "a file that contains an identity provider's token, read for each exchange for a Run:ai token",
    "none",
);

/// Both names of the file, since either may have been used.
const EXTERNAL_TOKEN_FILE_LABEL: &str = "external_token_file (RUNAI_EXTERNAL_TOKEN_FILE)";

#[cfg(test)]
mod tests;
