//! Datasaur's settings, endpoints, authentication, and token rejections.

use std::fmt;
use std::time::Duration;

use auth_core::vendor::{
    ApiClient, CommonConfig, Endpoints, OptionSetting, Setting, Vendor, VendorInfo, VendorOptions,
};
use auth_core::{ClientAuthMethod, OAuthTokenSource, Result};
use bytes::Bytes;
use http::Response;

use crate::calls::Calls;
use crate::names::{Config, Datasaur};
use crate::wire;

/// Datasaur's own settings, in addition to the common ones.
///
/// # Examples
/// ```
/// use datasaur_auth::auth_core::ClientAuthMethod;
///
/// let config = datasaur_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .options(|options| options.client_auth_method(ClientAuthMethod::ClientSecretBasic))
///     .build()?;
/// # Ok::<(), datasaur_auth::auth_core::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Options {
    token_url: Option<String>,
    upload_url: Option<String>,
    client_auth_method: Option<ClientAuthMethod>,
}

impl Options {
    /// Sets the token endpoint; by default the cloud's, or with a base URL the one below it.
    pub fn token_url(mut self, token_url: impl Into<String>) -> Self {
        self.token_url = Some(token_url.into());
        self
    }

    /// Sets the URL that files are uploaded to; by default the cloud's, or with a base URL the one below it.
    ///
    /// Its origin receives the token, as the API's does; no other origin does.
    pub fn upload_url(mut self, upload_url: impl Into<String>) -> Self {
        self.upload_url = Some(upload_url.into());
        self
    }

    /// Sets how the client authenticates; with the form body by default, as the vendor documents.
    ///
    /// With [`ClientAuthMethod::ClientSecretBasic`], a secret with reserved characters is form-encoded, as RFC 6749 requires, but the server family
    /// behind Datasaur may not decode it.
    pub fn client_auth_method(mut self, client_auth_method: ClientAuthMethod) -> Self {
        self.client_auth_method = Some(client_auth_method);
        self
    }
}

impl VendorOptions for Options {
    const SETTINGS: &'static [OptionSetting<Self>] = &[
        OptionSetting::text(TOKEN_URL, |options| &mut options.token_url),
        OptionSetting::text(UPLOAD_URL, |options: &mut Self| &mut options.upload_url),
        OptionSetting::described(
            Setting::option(
                PREFIX,
                "client_auth_method",
                "ClientAuthMethod::ClientSecretBasic",
            )
            .with_meaning(
                "how the client authenticates: in the form body or with HTTP Basic",
                "`ClientAuthMethod::ClientSecretPost`",
            ),
        ),
    ];

    fn or(self, inherited: Self) -> Self {
        Self {
            token_url: self.token_url.or(inherited.token_url),
            upload_url: self.upload_url.or(inherited.upload_url),
            client_auth_method: self.client_auth_method.or(inherited.client_auth_method),
        }
    }
}

impl Vendor for Datasaur {
    const INFO: VendorInfo = VendorInfo::new(wire::VENDOR, PREFIX, USER_AGENT)
        .with_base_url(
            Setting::new(PREFIX, "base_url", "https://datasaur.example.com").with_meaning(
                "the base URL of a self-hosted installation, from which the two URLs below follow; a path prefix is kept",
                "`https://app.datasaur.ai`",
            ),
        )
        .with_default_base_url(CLOUD_BASES[0])
        // One hour, as the vendor's credentials page says.
        .with_default_lifetime(Duration::from_secs(60 * 60));

    type Options = Options;
    type Calls = Calls;

    fn endpoints(options: &Options, common: &CommonConfig) -> Result<Endpoints> {
        let base_url = common.base_url()?;
        let is_cloud = CLOUD_BASES.contains(&base_url.as_str());
        let base_url = match is_cloud {
            true => common.url(Self::INFO.base_url(), CLOUD_BASES[0])?,
            false => base_url,
        };
        let token_url = match &options.token_url {
            Some(url) => common.endpoint_url(&TOKEN_URL, url)?,
            None if is_cloud => common.endpoint_url(&TOKEN_URL, CLOUD_TOKEN_URL)?,
            None => base_url.join_base(wire::TOKEN_PATH)?,
        };
        let upload_url = match &options.upload_url {
            Some(url) => common.url(&UPLOAD_URL, url)?,
            None if is_cloud => common.url(&UPLOAD_URL, CLOUD_UPLOAD_URL)?,
            None => base_url.join_base(wire::UPLOAD_PATH)?,
        };
        Ok(Endpoints::new(base_url, token_url).with_origin(upload_url))
    }

    fn calls(api: ApiClient, config: &Config) -> Calls {
        let endpoints = config.endpoints();
        let upload_url = endpoints.origins().first();
        Calls {
            api,
            upload_url: upload_url.unwrap_or_else(|| endpoints.base_url()).clone(),
        }
    }

    fn oauth_source(config: &Config, source: OAuthTokenSource) -> Result<OAuthTokenSource> {
        let method = config.options().client_auth_method.unwrap_or_default();
        Ok(source.with_client_auth_method(method))
    }

    fn is_invalid_token(response: &Response<Bytes>) -> bool {
        wire::is_invalid_token(response)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URLs are unchecked text and may contain a password before their @.
        f.debug_struct("Options")
            .field("client_auth_method", &self.client_auth_method)
            .finish_non_exhaustive()
    }
}

const TOKEN_URL: Setting = Setting::option(PREFIX, "token_url", CLOUD_TOKEN_URL).with_meaning(
    "the token endpoint",
    "`https://datasaur.ai/api/oauth/token`, or below the base URL",
);

const UPLOAD_URL: Setting = Setting::option(PREFIX, "upload_url", CLOUD_UPLOAD_URL).with_meaning(
    "the URL that files are uploaded to; its origin receives the token",
    "`https://upload.datasaur.ai/api/static/proxy/upload`, or below the base URL",
);

/// What the cloud is called: the API's host, as the vendor documents it, and the one of its token endpoint.
const CLOUD_BASES: [&str; 2] = ["https://app.datasaur.ai", "https://datasaur.ai"];

/// The cloud's three hosts differ, and each is on a page of the vendor.
const CLOUD_TOKEN_URL: &str = "https://datasaur.ai/api/oauth/token";
const CLOUD_UPLOAD_URL: &str = "https://upload.datasaur.ai/api/static/proxy/upload";

const PREFIX: &str = "DATASAUR";

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests;
