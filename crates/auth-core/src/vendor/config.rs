//! Checked settings of one vendor, from which a token source is created.

use std::sync::Arc;

use super::builder::ConfigBuilder;
use super::common::CommonConfig;
use super::{Endpoints, Environment, JsonTokenRequest, JsonTokenSource, SharedParts, Vendor};
use crate::clock::Clock;
use crate::credential::CredentialsProvider;
use crate::error::{Error, Result};
use crate::http::{BaseUrl, HttpClient};
use crate::oauth::{Grant, OAuthTokenSource, TokenEndpoint};

/// Checked settings for a [`Client`](super::Client).
///
/// A vendor crate has an alias for it, with an example.
///
/// # Examples
/// ```
/// use auth_core::Result;
/// use auth_core::vendor::{Client, Config, Vendor};
///
/// /// The credentials are from the environment, the rest is the program's.
/// fn client<V: Vendor>() -> Result<Client<V>> {
///     Client::new(Config::<V>::from_env()?)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Config<V: Vendor> {
    pub(super) common: CommonConfig,
    pub(super) options: V::Options,
    pub(super) endpoints: Endpoints,
    pub(super) grant: Grant,
    pub(super) credentials: Option<Arc<dyn CredentialsProvider>>,
    /// What it has in common with those of other tenants.
    pub(super) shared: Option<Arc<SharedParts>>,
}

impl<V: Vendor> Config<V> {
    /// Starts a builder.
    pub fn builder() -> ConfigBuilder<V> {
        ConfigBuilder::new()
    }

    /// Reads the vendor's environment variables, which its README lists.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable and the fix.
    pub fn from_env() -> Result<Self> {
        Self::from_environment(&Environment::of_process())
    }

    /// As [`Config::from_env`], with variables from another source.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_environment(environment: &Environment<'_>) -> Result<Self> {
        ConfigBuilder::from_environment(environment)?.build()
    }

    /// Returns the same settings with other client credentials, for the same endpoints.
    #[must_use]
    pub fn with_credentials(mut self, credentials: impl CredentialsProvider + 'static) -> Self {
        self.grant = Grant::ClientCredentials;
        self.credentials = Some(Arc::new(credentials));
        self.common.set_token(None);
        self
    }

    /// Returns the same settings with another grant for their credentials.
    #[must_use]
    pub fn with_grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// Returns the same settings without a token store, so that a client requests every token itself.
    ///
    /// Use it to find out whether credentials are valid: a store may have the token of other credentials, or an earlier failure.
    #[must_use]
    pub fn without_token_store(self) -> Self {
        Self {
            common: self.common.without_token_store(),
            ..self
        }
    }

    /// Shares parts with the configurations of other tenants, which differ from this one in their credentials only.
    pub(crate) fn sharing(mut self, shared: Arc<SharedParts>) -> Self {
        let endpoints = shared.endpoints.get_or_init(|| self.endpoints.clone());
        self.endpoints = endpoints.clone();
        self.shared = Some(shared);
        self
    }

    /// Returns the vendor-specific settings.
    pub fn options(&self) -> &V::Options {
        &self.options
    }

    /// Returns the vendor's endpoints.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Returns the grant of token requests.
    pub fn grant(&self) -> Grant {
        self.grant
    }

    /// Returns the credentials provider; `None` if a vendor-specific setting replaces it.
    pub fn credentials(&self) -> Option<&Arc<dyn CredentialsProvider>> {
        self.credentials.as_ref()
    }

    /// Returns the clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.common.clock()
    }

    /// Returns the HTTP client of these settings: the program's own, or the default one with the certificates that were set.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the default client cannot be built from the settings.
    pub fn http_client(&self) -> Result<Arc<dyn HttpClient>> {
        self.common.http_client()
    }

    /// Builds the default HTTP client with the certificates of these settings, also if the program set its own.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if it cannot be built from the settings.
    #[cfg(feature = "reqwest")]
    pub fn reqwest_http_client(&self) -> Result<crate::http::ReqwestHttpClient> {
        self.common.reqwest_client()
    }

    /// Creates the token endpoint at a URL, with the time limit of the refresh policy.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the URL cannot be requested.
    pub fn token_endpoint(
        &self,
        url: &BaseUrl,
        http: Arc<dyn HttpClient>,
    ) -> Result<TokenEndpoint> {
        let endpoint = TokenEndpoint::new(V::INFO.name(), url, http, self.clock())?;
        let endpoint = endpoint.with_timeout(self.common.refresh_policy.attempt_timeout());
        Ok(match &self.shared {
            Some(shared) => endpoint.sharing(&shared.token_endpoint),
            None => endpoint,
        })
    }

    /// Creates an RFC 6749 token source with the grant and the credentials of these settings, and with what [`Vendor::oauth_source`] adds.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the token endpoint cannot be requested, if there are no credentials, or for an
    /// unusable setting of the vendor's own.
    pub fn oauth_token_source(&self, http: Arc<dyn HttpClient>) -> Result<OAuthTokenSource> {
        let credentials = self.required_credentials()?;
        let endpoint = self.token_endpoint(self.endpoints.token_url(), http)?;
        let source = OAuthTokenSource::new(endpoint, credentials).with_grant(self.grant);
        let source = match V::INFO.default_lifetime() {
            Some(lifetime) => source.with_default_lifetime(lifetime),
            None => source,
        };
        let source = V::oauth_source(self, source)?;
        Ok(match &self.shared {
            Some(shared) => source.sharing(&shared.oauth),
            None => source,
        })
    }

    /// Makes a source of tokens by a vendor's own JSON, with the credentials of these settings.
    ///
    /// # Errors
    /// As [`Config::oauth_token_source`].
    pub fn json_token_source<R: JsonTokenRequest>(
        &self,
        request: R,
        http: Arc<dyn HttpClient>,
    ) -> Result<JsonTokenSource<R>> {
        let credentials = self.required_credentials()?;
        let endpoint = self.token_endpoint(self.endpoints.token_url(), http)?;
        let lifetime = V::INFO.default_lifetime();
        Ok(JsonTokenSource::new(
            request,
            endpoint,
            credentials,
            self.grant,
            lifetime,
        ))
    }

    fn required_credentials(&self) -> Result<Arc<dyn CredentialsProvider>> {
        let credentials = self.credentials.clone();
        credentials.ok_or_else(|| Error::config("there are no credentials to request a token with"))
    }
}
