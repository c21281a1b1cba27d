//! Roster's facts: its settings, where it is, how it authenticates, and how it reports errors.

use std::sync::Arc;

use auth_core::vendor::{
    ApiClient, CommonConfig, Endpoints, OptionSetting, Setting, Vendor, VendorInfo, VendorOptions,
};
use auth_core::{ApiErrorBody, ApiResponse, HttpClient, Result, Scope, TokenSource};

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
    scope: Option<Scope>,
}

impl Options {
    /// Sets the API that the token is for.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets the rights to request.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }
}

impl VendorOptions for Options {
    const SETTINGS: &'static [OptionSetting<Self>] = &[
        OptionSetting::new(AUDIENCE, |options: Self, _, value| {
            Ok(options.audience(value))
        }),
        OptionSetting::new(SCOPE, |options: Self, _, value| {
            let scope = Scope::parse(value).map_err(|error| SCOPE.invalid(error))?;
            Ok(options.scope(scope))
        }),
    ];

    fn or(self, inherited: Self) -> Self {
        Self {
            audience: self.audience.or(inherited.audience),
            scope: self.scope.or(inherited.scope),
        }
    }
}

impl Vendor for Roster {
    const INFO: VendorInfo = VendorInfo::new("roster", PREFIX, USER_AGENT);

    type Options = Options;
    type Calls = Calls;

    fn endpoints(_: &Options, common: &CommonConfig) -> Result<Endpoints> {
        let base_url = common.base_url()?;
        let token_url = base_url.join_base(wire::TOKEN_PATH)?;
        Ok(Endpoints::new(base_url, token_url))
    }

    fn calls(api: ApiClient, _: &Config) -> Calls {
        Calls::new(api)
    }

    fn token_source(config: &Config, http: Arc<dyn HttpClient>) -> Result<Arc<dyn TokenSource>> {
        let options = config.options();
        let audience = options.audience.as_deref().unwrap_or(DEFAULT_AUDIENCE);
        let scope = match &options.scope {
            Some(scope) => scope.clone(),
            None => Scope::parse(DEFAULT_SCOPE)?,
        };
        let source = config.oauth_token_source(http)?;
        let source = source.with_parameter(wire::AUDIENCE, audience);
        Ok(Arc::new(source.with_scope(Some(scope))))
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
