//! The three vendors, and a client that wraps any of theirs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_core::store::SharedStore;
use auth_core::vendor::{self, Environment, SettingRow, settings_table};
use auth_core::{
    AccessToken, ApiRequest, ApiResponse, BodyStream, HttpClient, RefreshPolicy, ReqwestHttpClient,
    Result, RetryPolicy, SharedTokenId, TokenSource, UploadBody,
};
use bytes::Bytes;
use clap::ValueEnum;
use http::{Request, Response};

/// Names a vendor on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Vendor {
    Datasaur,
    Maia,
    Runai,
}

impl Vendor {
    pub(crate) const ALL: [Self; 3] = [Self::Datasaur, Self::Maia, Self::Runai];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Datasaur => "datasaur",
            Self::Maia => "maia",
            Self::Runai => "runai",
        }
    }

    /// Returns the variable of an access token, which `vauth token --format env` and `vauth exec` set.
    pub(crate) fn token_variable(self) -> String {
        self.as_str().to_uppercase() + "_TOKEN"
    }

    /// Returns all settings of the vendor's client.
    pub(crate) fn settings(self) -> Vec<SettingRow> {
        match self {
            Self::Datasaur => settings_table::<datasaur_auth::Datasaur>(),
            Self::Maia => settings_table::<maia_auth::Maia>(),
            Self::Runai => settings_table::<runai_auth::Runai>(),
        }
    }
}

/// Returns true for the names of settings that are secrets themselves: never an option, never shown, and never in a file that others can read.
pub(crate) fn is_secret(setting: &str) -> bool {
    ["client_secret", "password", "token"].contains(&setting)
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Vendor> for auth_testkit::EmulatedVendor {
    fn from(vendor: Vendor) -> Self {
        match vendor {
            Vendor::Datasaur => Self::Datasaur,
            Vendor::Maia => Self::Maia,
            Vendor::Runai => Self::Runai,
        }
    }
}

/// A client of one of the vendors; clones share one token.
#[derive(Debug, Clone)]
pub(crate) enum Client {
    Datasaur(datasaur_auth::Client),
    Maia(maia_auth::Client),
    Runai(runai_auth::Client),
}

/// Calls the same method of any client: they have the same methods, but no common trait for sending.
macro_rules! with {
    ($self:expr, $client:ident => $result:expr) => {
        match $self {
            Client::Datasaur($client) => $result,
            Client::Maia($client) => $result,
            Client::Runai($client) => $result,
        }
    };
}

impl Client {
    /// Creates a client from variables.
    pub(crate) fn from_environment(
        vendor: Vendor,
        environment: &Environment<'_>,
        store: Option<SharedStore>,
    ) -> Result<Self> {
        Self::new(vendor, environment, store, None)
    }

    /// As [`Client::from_environment`], without retries: a diagnosis reports a throttled API immediately.
    pub(crate) fn without_retries(vendor: Vendor, environment: &Environment<'_>) -> Result<Self> {
        Self::new(vendor, environment, None, Some(RetryPolicy::NONE))
    }

    fn new(
        vendor: Vendor,
        environment: &Environment<'_>,
        store: Option<SharedStore>,
        retries: Option<RetryPolicy>,
    ) -> Result<Self> {
        Ok(match vendor {
            Vendor::Datasaur => {
                let config = config(environment, store, retries)?;
                Self::Datasaur(datasaur_auth::Client::new(config)?)
            }
            Vendor::Maia => {
                let config = config(environment, store, retries)?;
                Self::Maia(maia_auth::Client::new(config)?)
            }
            Vendor::Runai => {
                let config = config(environment, store, retries)?;
                Self::Runai(runai_auth::Client::new(config)?)
            }
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        with!(self, client => client.base_url())
    }

    /// Returns the URL that files are uploaded to, for a vendor that has one.
    pub(crate) fn upload_url(&self) -> Option<&str> {
        match self {
            Self::Datasaur(client) => Some(client.upload_url()),
            Self::Maia(_) | Self::Runai(_) => None,
        }
    }

    pub(crate) async fn token(&self) -> Result<AccessToken> {
        with!(self, client => client.token().await)
    }

    /// Returns true if a response says that the token is invalid.
    pub(crate) fn is_invalid_token(&self, response: &Response<Bytes>) -> bool {
        use auth_core::vendor::Vendor as _;

        match self {
            Self::Datasaur(_) => datasaur_auth::Datasaur::is_invalid_token(response),
            Self::Maia(_) => maia_auth::Maia::is_invalid_token(response),
            Self::Runai(_) => runai_auth::Runai::is_invalid_token(response),
        }
    }

    /// Reports a token as rejected, and returns another one, or none if there is none.
    pub(crate) async fn token_after(&self, rejected: &AccessToken) -> Result<Option<AccessToken>> {
        with!(self, client => client.token_after(rejected).await)
    }

    /// Returns what identifies the token in a store.
    pub(crate) async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        with!(self, client => client.shared_token_id().await)
    }

    pub(crate) fn vendor(&self) -> Vendor {
        match self {
            Self::Datasaur(_) => Vendor::Datasaur,
            Self::Maia(_) => Vendor::Maia,
            Self::Runai(_) => Vendor::Runai,
        }
    }

    /// Returns the client as a token source.
    pub(crate) fn source(&self) -> Arc<dyn TokenSource> {
        with!(self, client => Arc::new(client.clone()))
    }

    /// Returns a valid token without waiting.
    pub(crate) fn try_token(&self) -> Result<Option<AccessToken>> {
        with!(self, client => client.try_token())
    }

    /// Refreshes the token whenever it is due.
    pub(crate) async fn keep_fresh(&self) {
        with!(self, client => client.keep_fresh().await);
    }

    pub(crate) fn cached_token(&self) -> Option<AccessToken> {
        with!(self, client => client.cached_token())
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        with!(self, client => client.send(request).await)
    }

    pub(crate) async fn send_stream(
        &self,
        request: Request<UploadBody>,
    ) -> Result<Response<BodyStream>> {
        with!(self, client => client.send_stream(request).await)
    }

    pub(crate) async fn execute(&self, request: &ApiRequest) -> Result<ApiResponse> {
        with!(self, client => client.execute(request).await)
    }
}

/// Checks a vendor's settings, for a client whose token is shared through a store.
pub(crate) fn config<V: vendor::Vendor>(
    environment: &Environment<'_>,
    store: Option<SharedStore>,
    retries: Option<RetryPolicy>,
) -> Result<vendor::Config<V>> {
    let builder = vendor::ConfigBuilder::from_environment(environment)?;
    let mut builder =
        builder.refresh_policy(RefreshPolicy::new().with_expiry_margin(EXPIRY_MARGIN));
    if let Some(store) = store {
        builder = builder.token_store(store);
    }
    if let Some(retries) = retries {
        builder = builder.retry_policy(retries);
    }
    builder.build()
}

/// A token that is printed is used for a while after; of a short-lived one, the cache takes a tenth of the lifetime instead.
const EXPIRY_MARGIN: Duration = Duration::from_secs(5 * 60);

/// Checks a vendor's variables.
pub(crate) fn check_environment(vendor: Vendor, environment: &Environment<'_>) -> Result<()> {
    match vendor {
        Vendor::Datasaur => datasaur_auth::Config::from_environment(environment).map(drop),
        Vendor::Maia => maia_auth::Config::from_environment(environment).map(drop),
        Vendor::Runai => runai_auth::Config::from_environment(environment).map(drop),
    }
}

/// Returns the URL of the token endpoint.
pub(crate) fn token_url(vendor: Vendor, environment: &Environment<'_>) -> Result<String> {
    fn url<V: vendor::Vendor>(environment: &Environment<'_>) -> Result<String> {
        let config = vendor::Config::<V>::from_environment(environment)?;
        Ok(config.endpoints().token_url().as_str().to_owned())
    }
    match vendor {
        Vendor::Datasaur => url::<datasaur_auth::Datasaur>(environment),
        Vendor::Maia => url::<maia_auth::Maia>(environment),
        Vendor::Runai => url::<runai_auth::Runai>(environment),
    }
}

/// Returns the URLs in effect, each with the name of its setting.
pub(crate) fn endpoint_urls(
    vendor: Vendor,
    environment: &Environment<'_>,
) -> Result<Vec<(&'static str, String)>> {
    fn urls<V: vendor::Vendor>(
        environment: &Environment<'_>,
    ) -> Result<Vec<(&'static str, String)>> {
        let config = vendor::Config::<V>::from_environment(environment)?;
        let endpoints = config.endpoints();
        let upload = endpoints.origins().first();
        let urls = [
            ("base_url", Some(endpoints.base_url())),
            ("token_url", Some(endpoints.token_url())),
            ("upload_url", upload),
        ];
        let urls = urls
            .into_iter()
            .filter_map(|(name, url)| Some((name, url?.as_str().to_owned())));
        Ok(urls.collect())
    }
    match vendor {
        Vendor::Datasaur => urls::<datasaur_auth::Datasaur>(environment),
        Vendor::Maia => urls::<maia_auth::Maia>(environment),
        Vendor::Runai => urls::<runai_auth::Runai>(environment),
    }
}

/// Creates the HTTP client of a vendor's settings, with their certificates.
pub(crate) fn http_client(
    vendor: Vendor,
    environment: &Environment<'_>,
) -> Result<Arc<dyn HttpClient>> {
    match vendor {
        Vendor::Datasaur => datasaur_auth::Config::from_environment(environment)?.http_client(),
        Vendor::Maia => maia_auth::Config::from_environment(environment)?.http_client(),
        Vendor::Runai => runai_auth::Config::from_environment(environment)?.http_client(),
    }
}

/// Creates the default HTTP client of a vendor's settings, with their certificates.
pub(crate) fn reqwest_http_client(
    vendor: Vendor,
    environment: &Environment<'_>,
) -> Result<ReqwestHttpClient> {
    use datasaur_auth::Config as Datasaur;
    use maia_auth::Config as Maia;
    use runai_auth::Config as Runai;

    match vendor {
        Vendor::Datasaur => Datasaur::from_environment(environment)?.reqwest_http_client(),
        Vendor::Maia => Maia::from_environment(environment)?.reqwest_http_client(),
        Vendor::Runai => Runai::from_environment(environment)?.reqwest_http_client(),
    }
}

#[cfg(test)]
mod tests;
