//! The settings that every vendor has in common: checked values and where they came from.

mod inherited;
mod setting;
mod environment;
mod env_credentials;

pub use env_credentials::EnvCredentials;
pub use environment::Environment;
pub use setting::Setting;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use self::inherited::Inherited;
use crate::cache::RefreshPolicy;
use crate::client::RetryPolicy;
use crate::clock::{Clock, SystemClock};
use crate::credential::{Credentials, CredentialsProvider, FileCredentials};
use crate::error::{Error, Result};
use crate::http::{BaseUrl, HttpClient, RequestLimits};
use crate::secret::{Secret, check_credential};

/// What a vendor crate's builder collects before it is checked; each vendor adds its own on top.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    /// The client id.
    pub client_id: Option<String>,
    /// The client secret.
    pub client_secret: Option<Secret>,
    /// A file that holds the client secret.
    pub client_secret_file: Option<PathBuf>,
    /// Where id and secret come from instead.
    pub credentials_provider: Option<Arc<dyn CredentialsProvider>>,
    /// The API's base URL, as text.
    pub base_url: Option<String>,
    /// Whether plain http to other machines is permitted.
    pub allow_http: bool,
    /// The HTTP client; the default one if absent.
    pub http_client: Option<Arc<dyn HttpClient>>,
    /// The clocks; the system's if absent.
    pub clock: Option<Arc<dyn Clock>>,
    /// When tokens are refreshed.
    pub refresh_policy: RefreshPolicy,
    /// Certificate authorities in PEM form, in addition to the system's.
    pub root_certificates: Option<Vec<u8>>,
    /// A client certificate's PEM chain and key.
    pub client_certificate: Option<(Vec<u8>, Secret)>,
    /// The limits of API calls; [`RequestLimits::API_REQUEST`] if absent.
    pub api_limits: Option<RequestLimits>,
    /// How throttled calls are repeated; the default of [`RetryPolicy`] if absent.
    pub retry_policy: Option<RetryPolicy>,
    /// What came from variables.
    inherited: Inherited,
}

/// The names of the common settings, as one vendor spells them.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Names {
    /// The vendor, such as `maia`.
    pub vendor: &'static str,
    /// The vendor crate and its version, for the `User-Agent` header.
    pub user_agent: &'static str,
    /// The client id's name and variable.
    pub client_id: Setting,
    /// The client secret's name and variable; the variable with `_FILE` names a file that holds it.
    pub client_secret: Setting,
    /// The base URL's name and variable.
    pub base_url: Setting,
}

impl Names {
    /// Names the common settings of one vendor.
    pub const fn new(
        vendor: &'static str,
        user_agent: &'static str,
        client_id: Setting,
        client_secret: Setting,
        base_url: Setting,
    ) -> Self {
        Self {
            vendor,
            user_agent,
            client_id,
            client_secret,
            base_url,
        }
    }
}

impl Settings {
    /// Reads the common settings from variables; what is not set stays absent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable, for a value that is unusable.
    pub fn from_variables(names: &Names, variables: &Environment<'_>) -> Result<Self> {
        let client_id = variables.text(&names.client_id)?;
        let client_secret_file = variables.secret_file(&names.client_secret)?;
        if let Some((variable, client_id)) = &client_id {
            check_credential(variable, client_id)?;
        }
        Ok(Self {
            client_id: client_id.map(|(_, client_id)| client_id),
            client_secret: match client_secret_file {
                Some(_) => None,
                None => variables.secret(&names.client_secret)?,
            },
            client_secret_file,
            base_url: variables.optional_text(&names.base_url)?,
            inherited: Inherited::all(),
            ..Self::default()
        })
    }

    /// Checks where the credentials come from: a provider, or an id with a secret or a secret file.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if something is missing, unusable or given twice, naming it and what to do.
    pub fn credentials(&self, names: &Names) -> Result<Arc<dyn CredentialsProvider>> {
        let given = [
            (
                self.credentials_provider.is_some(),
                "credentials_provider".to_owned(),
            ),
            (self.client_secret.is_some(), names.client_secret.label()),
            (
                self.client_secret_file.is_some(),
                names.client_secret.file_label(),
            ),
        ];
        let given: Vec<&str> = given
            .iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, label)| label.as_str())
            .collect();
        if given.len() > 1 {
            return Err(Error::config(format!(
                "{} are given together: give one of them",
                given.join(" and ")
            )));
        }
        if let Some(provider) = &self.credentials_provider {
            return Ok(Arc::clone(provider));
        }
        let client_id = self
            .client_id
            .as_deref()
            .ok_or_else(|| names.client_id.missing())?;
        if let Some(path) = &self.client_secret_file {
            check_credential(names.client_id.name, client_id)?;
            let credentials = FileCredentials::with_clock(client_id, path, self.clock())
                .map_err(|error| error.in_setting(&names.client_secret.file_label()))?;
            return Ok(Arc::new(credentials));
        }
        let client_secret = self
            .client_secret
            .clone()
            .ok_or_else(|| names.client_secret.missing())?;
        let credentials = Credentials::new(
            names.client_id.name,
            client_id,
            names.client_secret.name,
            client_secret,
        )?;
        Ok(Arc::new(credentials))
    }

    /// Checks the base URL, or takes the vendor's own.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) as [`BaseUrl::parse`] says.
    pub fn base_url(&self, names: &Names, default: &str) -> Result<BaseUrl> {
        let text = self.base_url.as_deref().unwrap_or(default);
        self.url(&names.base_url, text)
    }

    /// Checks another URL of the vendor by the same rules.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) as [`BaseUrl::parse`] says.
    pub fn url(&self, setting: &Setting, text: &str) -> Result<BaseUrl> {
        BaseUrl::parse(&setting.label(), text, self.allow_http)
    }

    /// Checks the URL of a token endpoint, which may hold a query.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) as [`BaseUrl::parse_endpoint`] says.
    pub fn token_url(&self, setting: &Setting, text: &str) -> Result<BaseUrl> {
        BaseUrl::parse_endpoint(&setting.label(), text, self.allow_http)
    }

    /// Returns the caller's HTTP client, or builds the default one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a certificate cannot be read, if TLS settings are given beside a client of the caller's own,
    /// or if there is no client and the feature `reqwest` is off.
    pub fn http_client(&self, names: &Names) -> Result<Arc<dyn HttpClient>> {
        match &self.http_client {
            Some(_) if self.root_certificates.is_some() || self.client_certificate.is_some() => {
                Err(Error::config(
                    "certificates are given beside an http_client, which would ignore them: set them up in that client",
                ))
            }
            Some(client) => Ok(Arc::clone(client)),
            None => self.default_http_client(names),
        }
    }

    /// Returns the caller's clock, or the system's.
    pub fn clock(&self) -> Arc<dyn Clock> {
        match &self.clock {
            Some(clock) => Arc::clone(clock),
            None => Arc::new(SystemClock::new()),
        }
    }

    #[cfg(feature = "reqwest")]
    fn default_http_client(&self, names: &Names) -> Result<Arc<dyn HttpClient>> {
        let mut builder = crate::http::ReqwestHttpClient::builder().user_agent(names.user_agent);
        if let Some(pem) = &self.root_certificates {
            builder = builder.add_root_certificates(pem);
        }
        if let Some((chain, key)) = &self.client_certificate {
            builder = builder.client_certificate(chain, key.expose_secret());
        }
        Ok(Arc::new(builder.build()?))
    }

    #[cfg(not(feature = "reqwest"))]
    #[expect(
        clippy::unused_self,
        reason = "the other version of this function uses it"
    )]
    fn default_http_client(&self, names: &Names) -> Result<Arc<dyn HttpClient>> {
        Err(Error::config(
            "no HTTP client: call ConfigBuilder::http_client, or turn on the feature `reqwest`",
        )
        .with_vendor(names.vendor))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
            .field("client_secret_file", &self.client_secret_file)
            .field("credentials_provider", &self.credentials_provider)
            // Unchecked text may hold a password before its @; only checked URLs are shown.
            .field("base_url", &self.base_url.as_ref().map(|_| "[unchecked]"))
            .field("allow_http", &self.allow_http)
            .field("http_client", &self.http_client)
            .field("clock", &self.clock)
            .field("refresh_policy", &self.refresh_policy)
            .field("api_limits", &self.api_limits)
            .field("retry_policy", &self.retry_policy)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
