//! Depot's facts: its settings, where it is, how it authenticates, and how it reports errors.

use std::sync::Arc;

use auth_core::vendor::{ApiClient, OptionSetting, Setting, Vendor, VendorInfo, VendorOptions};
use auth_core::{ApiErrorBody, ApiResponse, HttpClient, Result, TokenSource};
use bytes::Bytes;
use http::Response;

use crate::calls::Calls;
use crate::wire::{self, Failure};

/// A program's connection to Depot.
pub type Client = auth_core::vendor::Client<Depot>;

/// Checked settings for a [`Client`].
pub type Config = auth_core::vendor::Config<Depot>;

/// Collects settings and checks them; [`Options`] has those that only Depot has.
pub type ConfigBuilder = auth_core::vendor::ConfigBuilder<Depot>;

/// Depot, as the kit sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Depot {}

/// Depot's own settings, beside those that every vendor has.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Options {
    site: Option<String>,
}

impl Options {
    /// Sets the site whose parcels are listed.
    pub fn site(mut self, site: impl Into<String>) -> Self {
        self.site = Some(site.into());
        self
    }
}

impl VendorOptions for Options {
    const SETTINGS: &'static [OptionSetting<Self>] =
        &[OptionSetting::text(SITE, |options| &mut options.site)];
}

impl Vendor for Depot {
    const INFO: VendorInfo = VendorInfo::new("depot", PREFIX, USER_AGENT)
        .with_default_base_url("https://api.depot.example")
        .with_token_path(wire::SESSION_PATH);

    type Options = Options;
    type Calls = Calls;

    fn calls(api: ApiClient, config: &Config) -> Calls {
        let site = config.options().site.clone();
        Calls { api, site }
    }

    fn token_source(config: &Config, http: Arc<dyn HttpClient>) -> Result<Arc<dyn TokenSource>> {
        Ok(Arc::new(config.json_token_source(wire::SignIn, http)?))
    }

    fn is_invalid_token(response: &Response<Bytes>) -> bool {
        wire::failure(response.body()).is_some_and(|it| it.code == wire::INVALID_TOKEN)
    }

    fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
        let Failure { code, msg } = wire::failure(response.body())?;
        Some(ApiErrorBody::new(Some(msg)).with_code(Some(code.to_string())))
    }
}

const PREFIX: &str = "DEPOT";

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

const SITE: Setting = Setting::option(PREFIX, "site", "north")
    .with_meaning("the site whose parcels are listed", "all sites");
