//! Datasaur's settings, endpoints, authentication, and token rejections.

use std::time::Duration;

use auth_core::vendor::{ApiClient, OptionSetting, Setting, Vendor, VendorInfo, VendorOptions};
use auth_core::{ClientAuthMethod, OAuthTokenSource, Result};
use bytes::Bytes;
use http::Response;

use crate::graphql::Calls;
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
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Options {
    client_auth_method: Option<ClientAuthMethod>,
}

impl Options {
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
    const SETTINGS: &'static [OptionSetting<Self>] = &[OptionSetting::described(
        Setting::option(
            PREFIX,
            "client_auth_method",
            "ClientAuthMethod::ClientSecretBasic",
        )
        .with_meaning(
            "how the client authenticates: in the form body or with HTTP Basic",
            "`ClientAuthMethod::ClientSecretPost`",
        ),
    )];

    fn or(self, inherited: Self) -> Self {
        Self {
            client_auth_method: self.client_auth_method.or(inherited.client_auth_method),
        }
    }
}

impl Vendor for Datasaur {
    const INFO: VendorInfo = VendorInfo::new(wire::VENDOR, PREFIX, USER_AGENT)
        .with_base_url(
            Setting::new(PREFIX, "base_url", "https://datasaur.example.com").with_meaning(
                "Datasaur's base URL; a path prefix is kept",
                "`https://datasaur.ai`",
            ),
        )
        // The cloud's URL on the vendor's credentials page; its own tools use `https://app.datasaur.ai`.
        .with_default_base_url("https://datasaur.ai")
        .with_token_path(wire::TOKEN_PATH)
        // One hour, as the vendor's credentials page says.
        .with_default_lifetime(Duration::from_secs(60 * 60));

    type Options = Options;
    type Calls = Calls;

    fn calls(api: ApiClient, _config: &Config) -> Calls {
        Calls { api }
    }

    fn oauth_source(config: &Config, source: OAuthTokenSource) -> Result<OAuthTokenSource> {
        let method = config.options().client_auth_method.unwrap_or_default();
        Ok(source.with_client_auth_method(method))
    }

    fn is_invalid_token(response: &Response<Bytes>) -> bool {
        wire::is_invalid_token(response)
    }
}

const PREFIX: &str = "DATASAUR";

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests;
