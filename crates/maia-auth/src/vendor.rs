//! Maia's settings, endpoints, authentication, and error format.

use std::time::Duration;

use auth_core::vendor::{
    ApiClient, CommonConfig, Endpoints, OptionSetting, Setting, Vendor, VendorInfo, VendorOptions,
    check_credential,
};
use auth_core::{ApiErrorBody, ApiResponse, Error, OAuthTokenSource, Result};
use http::StatusCode;

use crate::calls::Calls;
use crate::names::{Config, Maia};
use crate::wire;

/// Maia's own settings, in addition to the common ones.
///
/// # Examples
/// ```
/// let config = maia_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .options(|options| options.region(maia_auth::Region::Eu1))
///     .build()?;
/// # Ok::<(), maia_auth::auth_core::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Options {
    region: Option<Region>,
    token_url: Option<String>,
    audience: Option<String>,
}

impl Options {
    /// Sets the account's region; a base URL takes precedence, unless it came from the environment.
    pub fn region(mut self, region: Region) -> Self {
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

    /// Returns the audience that is sent.
    fn sent_audience(&self) -> Option<&str> {
        let audience = self.audience.as_deref().unwrap_or(DEFAULT_AUDIENCE);
        Some(audience).filter(|audience| !audience.is_empty())
    }
}

impl VendorOptions for Options {
    const SETTINGS: &'static [OptionSetting<Self>] = &[
        OptionSetting::new(REGION, |options: Self, label, value| {
            Ok(options.region(Region::parse(label, value)?))
        }),
        OptionSetting::text(TOKEN_URL, |options| &mut options.token_url),
        OptionSetting::text(AUDIENCE, |options: &mut Self| &mut options.audience)
            .with_empty_allowed(),
    ];

    fn or(self, inherited: Self) -> Self {
        Self {
            region: self.region.or(inherited.region),
            token_url: self.token_url.or(inherited.token_url),
            audience: self.audience.or(inherited.audience),
        }
    }
}

impl Vendor for Maia {
    const INFO: VendorInfo = VendorInfo::new(wire::VENDOR, PREFIX, USER_AGENT)
        .with_base_url(
            Setting::new(PREFIX, "base_url", "https://eu1.api.matillion.com").with_meaning(
                "the API's base URL, with or without `/dpc` at its end; takes precedence over the region; a path prefix is kept",
                "the region's",
            ),
        )
        .with_fallbacks(
            "MATILLION_CLIENT_ID",
            "MATILLION_CLIENT_SECRET",
            "MATILLION_BASE_URL",
        )
        // 30 minutes, according to the vendor's page.
        .with_default_lifetime(Duration::from_secs(30 * 60));

    type Options = Options;
    type Calls = Calls;

    fn endpoints(options: &Options, common: &CommonConfig) -> Result<Endpoints> {
        let region = options.region.as_ref().map(Region::base_url).transpose()?;
        if region.is_none() && !common.has_base_url() {
            return Err(REGION.missing());
        }
        let token_url = options.token_url.as_deref().unwrap_or(DEFAULT_TOKEN_URL);
        let base_url = common.base_url_or(region.as_deref())?;
        // The vendor's pages end the base URL where the paths here start.
        let base_url = match base_url.as_str().strip_suffix(wire::BASE_SUFFIX) {
            Some(above) => common.url(common.info().base_url(), above)?,
            None => base_url,
        };
        let token_url = common.endpoint_url(&TOKEN_URL, token_url)?;
        Ok(Endpoints::new(base_url, token_url))
    }

    fn calls(api: ApiClient, _config: &Config) -> Calls {
        Calls { api }
    }

    fn oauth_source(config: &Config, source: OAuthTokenSource) -> Result<OAuthTokenSource> {
        Ok(match config.options().sent_audience() {
            Some(audience) => source.with_parameter(wire::AUDIENCE, audience),
            None => source,
        })
    }

    fn check(config: &Config) -> Result<()> {
        match config.options().sent_audience() {
            Some(audience) => check_credential(&AUDIENCE.label(), audience),
            None => Ok(()),
        }
    }

    fn names_base_url(options: &Options) -> bool {
        options.region.is_some()
    }

    /// No error object is documented; a 403 may be plain text.
    fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
        let body = ApiErrorBody::read(response)?;
        if response.status() != StatusCode::FORBIDDEN {
            return Some(body);
        }
        let body = match body.message() {
            Some(_) => body,
            None => ApiErrorBody::new(wire::read_prose(response.body())),
        };
        Some(body.with_hint(Some(
            "check the account's IP allow list, the role of the credentials, and the region",
        )))
    }
}

/// The region of an account, which is fixed when the account is created.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// The United States, `us1`.
    Us1,
    /// Europe, `eu1`.
    Eu1,
    /// Australia, `au1`.
    Au1,
    /// A region that this version does not know, with the vendor's name for it.
    Other(String),
}

impl Region {
    /// Returns the name as used in the API's host.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Us1 => "us1",
            Self::Eu1 => "eu1",
            Self::Au1 => "au1",
            Self::Other(name) => name,
        }
    }

    /// Checks the name again: it becomes part of a host, and any code can create an `Other`.
    fn base_url(&self) -> Result<String> {
        let region = Self::parse(&REGION.label(), self.as_str())?;
        Ok(format!("https://{}.api.matillion.com", region.as_str()))
    }

    /// Letters followed by digits: the set is open, but most typos are still rejected.
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
            _ => Err(Error::config(match similar(text) {
                Some(region) => format!("{setting} is not a valid region: did you mean {region}?"),
                None => format!(
                    "{setting} is not a valid region: use us1, eu1, au1 or another name of letters and digits, as in your API's host"
                ),
            })),
        }
    }
}

/// Finds a known region that differs only in case, separators or white space.
fn similar(text: &str) -> Option<&'static str> {
    let letters = |letter: &char| letter.is_ascii_alphanumeric();
    let plain: String = text.chars().filter(letters).collect();
    let mut known = ["us1", "eu1", "au1"].into_iter();
    known.find(|region| region.eq_ignore_ascii_case(&plain))
}

impl std::str::FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse("region", text)
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token URL is unchecked text and may contain a password before its @.
        f.debug_struct("Options")
            .field("region", &self.region)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

const PREFIX: &str = "MAIA";

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

const REGION: Setting = Setting::option(PREFIX, "region", "eu1")
    .with_fallback("MATILLION_REGION")
    .with_meaning(
        "`us1`, `eu1`, `au1` or another region name, as in the API's host",
        "required without a base URL",
    );

const TOKEN_URL: Setting = Setting::option(PREFIX, "token_url", DEFAULT_TOKEN_URL)
    .with_fallback("MATILLION_TOKEN_URL")
    .with_meaning(
        "the token endpoint",
        "the global one, `https://id.core.matillion.com/oauth/dpc/token`",
    )
    .with_default_value(DEFAULT_TOKEN_URL);

const AUDIENCE: Setting = Setting::option(PREFIX, "audience", DEFAULT_AUDIENCE)
    .with_meaning(
        "the `audience` parameter of the token request; an empty one turns it off",
        "`https://api.matillion.com`",
    )
    .with_default_value(DEFAULT_AUDIENCE);

/// One endpoint for all regions.
const DEFAULT_TOKEN_URL: &str = "https://id.core.matillion.com/oauth/dpc/token";

/// From one of the vendor's two samples; its server most likely ignores it, so sending it is harmless.
const DEFAULT_AUDIENCE: &str = "https://api.matillion.com";

#[cfg(test)]
mod tests;
