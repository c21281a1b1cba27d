//! The kit for a vendor crate: one client and one configuration for all vendors, based on each vendor's description.

mod setting;
mod info;
mod environment;
pub(crate) mod env_credentials;
mod pair;
mod tls;
mod given_token;
mod common;
mod options;
mod endpoints;
mod shared;
mod json_source;
mod config;
mod builder;
mod api_client;
mod outage;
mod operation;
mod client;
mod table;
#[cfg(feature = "blocking")]
mod blocking;

pub use api_client::ApiClient;
#[cfg(feature = "blocking")]
pub use blocking::BlockingClient;
pub use builder::ConfigBuilder;
pub use client::Client;
pub(crate) use client::named;
pub use common::CommonConfig;
pub use config::Config;
pub use endpoints::Endpoints;
pub use environment::Environment;
pub use info::VendorInfo;
pub use json_source::{JsonTokenRequest, JsonTokenSource};
pub use operation::{Operation, Wait};
pub use options::{NoOptions, OptionSetting, VendorOptions};
pub use outage::Outage;
pub use setting::Setting;
pub(crate) use shared::SharedParts;
pub use table::{SettingRow, settings_table};

pub use crate::client::{MAX_LIST_BYTES, MAX_LIST_ITEMS, MAX_LIST_PAGES, Page, PageStart, Pager};
pub use crate::oauth::{TokenEndpoint, TokenErrorResponse, TokenHttpResponse, TokenSet};
pub use crate::secret::check_credential;
pub use crate::token::{ExpiresIn, TokenResponse};

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;

use crate::client::{ApiErrorBody, ApiResponse};
use crate::error::{Error, Result};
use crate::http::HttpClient;
use crate::oauth::OAuthTokenSource;
use crate::source::TokenSource;

/// The description of a vendor, from which the kit builds a client.
///
/// A vendor crate implements this for an empty type and defines aliases for its users:
/// `pub type Client = auth_core::vendor::Client<Example>`.
///
/// # Examples
/// ```
/// use auth_core::vendor::{self, ApiClient, NoOptions, VendorInfo};
///
/// /// A vendor with a standard token endpoint.
/// #[derive(Debug, Clone)]
/// pub enum Example {}
///
/// impl vendor::Vendor for Example {
///     const INFO: VendorInfo = VendorInfo::new("example", "EXAMPLE", "example-auth/1.0.0")
///         .with_token_path("/oauth2/token");
///
///     type Options = NoOptions;
///     type Calls = ApiClient;
///
///     fn calls(api: ApiClient, _config: &vendor::Config<Self>) -> ApiClient {
///         api
///     }
/// }
///
/// pub type Client = vendor::Client<Example>;
/// ```
pub trait Vendor: fmt::Debug + Clone + Send + Sync + 'static {
    /// The vendor's name, the names of the common settings, and the defaults that it documents.
    const INFO: VendorInfo;

    /// The vendor-specific settings; [`NoOptions`] for none.
    type Options: VendorOptions;

    /// The vendor-specific calls, which are methods of its client; [`ApiClient`] for none.
    type Calls: fmt::Debug + Clone + Send + Sync + 'static;

    /// Returns the URLs of the API and the token endpoint; by default the base URL, and the path of [`VendorInfo::with_token_path`] below it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting and the fix.
    fn endpoints(options: &Self::Options, common: &CommonConfig) -> Result<Endpoints> {
        let _ = options;
        let base_url = common.base_url()?;
        let token_path = Self::INFO.token_path().ok_or_else(|| {
            Error::config("the vendor says neither its token path nor its endpoints")
        })?;
        let token_url = base_url.join_base(token_path)?;
        Ok(Endpoints::new(base_url, token_url))
    }

    /// Creates the vendor-specific calls.
    fn calls(api: ApiClient, config: &Config<Self>) -> Self::Calls;

    /// Adds what the vendor's token requests need beyond RFC 6749, such as a scope or a parameter; by default nothing.
    ///
    /// [`Config::oauth_token_source`] calls it. Clients of many tenants then share everything but the credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting and the fix.
    fn oauth_source(config: &Config<Self>, source: OAuthTokenSource) -> Result<OAuthTokenSource> {
        let _ = config;
        Ok(source)
    }

    /// Creates the token source; by default that of [`Config::oauth_token_source`], for the client credentials grant of RFC 6749.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting and the fix.
    fn token_source(
        config: &Config<Self>,
        http: Arc<dyn HttpClient>,
    ) -> Result<Arc<dyn TokenSource>> {
        Ok(Arc::new(config.oauth_token_source(http)?))
    }

    /// Checks settings that depend on each other.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting and the fix.
    fn check(_config: &Config<Self>) -> Result<()> {
        Ok(())
    }

    /// Returns true if the vendor-specific settings determine the API's location, as a region does; they then take precedence over a base URL from the environment.
    fn names_base_url(_options: &Self::Options) -> bool {
        false
    }

    /// Returns the name of a setting that replaces the credentials, if it is set.
    fn replaces_credentials(_options: &Self::Options) -> Option<&'static str> {
        None
    }

    /// Returns true if a response says that the token is invalid; by default as [`is_invalid_token`](crate::is_invalid_token) does.
    fn is_invalid_token(response: &Response<Bytes>) -> bool {
        crate::client::is_invalid_token(response)
    }

    /// Reads the vendor's error object from a response; by default the members of RFC 9457, RFC 6749 and other common ones.
    ///
    /// It is also called for successes, for APIs that report errors with status 200. `None` means that the body is not the vendor's error object:
    /// a success is one then, and for another status the common members are read.
    fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
        ApiErrorBody::read(response)
    }
}

/// A vendor whose users can authenticate with a name and a password (RFC 6749 section 4.3).
///
/// Use it with [`VendorInfo::with_password_grant`], which reads the same settings from the environment.
pub trait PasswordGrant: Vendor {}

#[cfg(test)]
mod tests;
