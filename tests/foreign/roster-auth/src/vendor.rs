//! Roster's facts: its settings, where it is, how it authenticates, and how it reports errors.

use auth_core::vendor::{ApiClient, OptionSetting, Setting, Vendor, VendorInfo, VendorOptions};
use auth_core::{ApiErrorBody, ApiResponse, OAuthTokenSource, Result, Scope};

use crate::calls::Calls;
use crate::wire;

/// A program's connection to Roster.
pub type Client = auth_core::vendor::Client<Roster>;

/// Checked settings for a [`Client`].
pub type Config = auth_core::vendor::Config<Roster>;

/// Collects settings and checks them; [`Options`] has those that only Roster has.
pub type ConfigBuilder = auth_core::vendor::ConfigBuilder<Roster>;

/// Roster, as the kit sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Roster {}

/// Roster's own settings, beside those that every vendor has.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Options {
    audience: Option<String>,
    scope: Option<String>,
}

impl Options {
    /// Sets the API that the token is for.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets the rights to request, separated by spaces.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    fn requested_scope(&self) -> Result<Scope> {
        let scope = self.scope.as_deref().unwrap_or(DEFAULT_SCOPE);
        Scope::parse(scope).map_err(|error| SCOPE.invalid(error))
    }
}

impl VendorOptions for Options {
    const SETTINGS: &'static [OptionSetting<Self>] = &[
        OptionSetting::text(AUDIENCE, |options| &mut options.audience),
        OptionSetting::text(SCOPE, |options| &mut options.scope),
    ];
}

impl Vendor for Roster {
    const INFO: VendorInfo =
        VendorInfo::new("roster", PREFIX, USER_AGENT).with_token_path(wire::TOKEN_PATH);

    type Options = Options;
    type Calls = Calls;

    fn calls(api: ApiClient, _: &Config) -> Calls {
        Calls { api }
    }

    fn oauth_source(config: &Config, source: OAuthTokenSource) -> Result<OAuthTokenSource> {
        let options = config.options();
        let audience = options.audience.as_deref().unwrap_or(DEFAULT_AUDIENCE);
        let scope = options.requested_scope()?;
        let source = source.with_parameter(wire::AUDIENCE, audience);
        Ok(source.with_scope(Some(scope)))
    }

    fn check(config: &Config) -> Result<()> {
        config.options().requested_scope().map(drop)
    }

    fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
        wire::read_error(response)
    }
}

const PREFIX: &str = "ROSTER";

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

const AUDIENCE: Setting = Setting::option(PREFIX, "audience", DEFAULT_AUDIENCE)
    .with_meaning("the API that the token is for", "`api://default`");

const SCOPE: Setting = Setting::option(PREFIX, "scope", DEFAULT_SCOPE)
    .with_meaning("the rights to request", "`roster.users.read`");

const DEFAULT_AUDIENCE: &str = "api://default";

const DEFAULT_SCOPE: &str = "roster.users.read";
