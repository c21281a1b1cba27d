//! The settings that all vendors share: collected, and converted to credentials, URLs and an HTTP client.

use std::fmt;
use std::sync::Arc;

use super::given_token::GivenToken;
use super::pair::{Labels, Pair};
use super::tls::TlsConfig;
use super::{Environment, Setting, VendorInfo};
use crate::cache::RefreshPolicy;
use crate::client::RetryPolicy;
use crate::clock::{Clock, SystemClock};
use crate::credential::CredentialsProvider;
use crate::error::{Error, Result};
use crate::http::{BaseUrl, HttpClient, RequestLimits};
use crate::oauth::Grant;
use crate::secret::Secret;
use crate::source::TokenSource;
#[cfg(feature = "store")]
use crate::store::SharedStore;

/// The settings that all vendors share, as the builder collected them.
///
/// A vendor's [`endpoints`](super::Vendor::endpoints) reads the URLs from it; everything else is internal to the kit.
#[derive(Clone)]
pub struct CommonConfig {
    info: VendorInfo,
    pub(super) client: Pair,
    pub(super) user: Pair,
    pub(super) grant: Option<Grant>,
    pub(super) credentials_provider: Option<Arc<dyn CredentialsProvider>>,
    token: Option<Secret>,
    is_token_inherited: bool,
    base_url: Option<String>,
    is_base_url_inherited: bool,
    pub(super) allow_http: bool,
    pub(super) http_client: Option<Arc<dyn HttpClient>>,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) refresh_policy: RefreshPolicy,
    pub(super) tls: TlsConfig,
    pub(super) api_limits: RequestLimits,
    pub(super) retry_policy: RetryPolicy,
    #[cfg(feature = "store")]
    pub(super) token_store: Option<SharedStore>,
}

impl CommonConfig {
    pub(super) fn new(info: VendorInfo) -> Self {
        Self {
            info,
            client: Pair::default(),
            user: Pair::default(),
            grant: None,
            credentials_provider: None,
            token: None,
            is_token_inherited: false,
            base_url: None,
            is_base_url_inherited: false,
            allow_http: false,
            http_client: None,
            clock: None,
            refresh_policy: RefreshPolicy::default(),
            tls: TlsConfig::default(),
            api_limits: RequestLimits::API_REQUEST,
            retry_policy: RetryPolicy::default(),
            #[cfg(feature = "store")]
            token_store: None,
        }
    }

    /// Reads the common settings from the environment; unset ones stay absent.
    pub(super) fn from_environment(
        info: VendorInfo,
        environment: &Environment<'_>,
    ) -> Result<Self> {
        let mut common = Self::new(info);
        common.client = Pair::from_environment(common.client_labels(), environment)?;
        if info.has_password_grant() {
            common.user = Pair::from_environment(common.user_labels(), environment)?;
        }
        common.base_url = environment.optional_text(info.base_url())?;
        common.is_base_url_inherited = true;
        common.token = environment.secret(info.token())?;
        common.is_token_inherited = true;
        common.allow_http = environment.flag(info.allow_http())?.unwrap_or_default();
        common.tls = TlsConfig::from_environment(&info, environment)?;
        Ok(common)
    }

    pub(super) fn set_base_url(&mut self, base_url: String) {
        self.base_url = Some(base_url);
        self.is_base_url_inherited = false;
    }

    /// Drops a base URL from the environment, since the program set the API's location in another way.
    pub(super) fn drop_inherited_base_url(&mut self) {
        if std::mem::take(&mut self.is_base_url_inherited) {
            self.base_url = None;
        }
    }

    /// Drops the credentials from the environment, since the program authenticates in another way.
    pub(super) fn drop_inherited_credentials(&mut self) {
        self.client.drop_inherited();
        self.user.drop_inherited();
        self.drop_inherited_token();
    }

    pub(super) fn drop_inherited_token(&mut self) {
        if std::mem::take(&mut self.is_token_inherited) {
            self.token = None;
        }
    }

    /// Does nothing without the feature `store`.
    pub(super) fn without_token_store(self) -> Self {
        Self {
            #[cfg(feature = "store")]
            token_store: None,
            ..self
        }
    }

    pub(super) fn set_token(&mut self, token: Option<Secret>) {
        self.token = token;
        self.is_token_inherited = false;
    }

    /// Returns the source of the token that was given in place of credentials.
    pub(super) fn given_token(&self) -> Option<Arc<dyn TokenSource>> {
        let token = self.token.clone()?;
        let source = GivenToken::new(
            token,
            self.info.token().label(),
            self.info.name(),
            self.clock(),
        );
        Some(Arc::new(source))
    }

    /// Checks that the given token can be sent, and that every file can be read.
    pub(super) fn check(&self) -> Result<()> {
        let is_bad = |token: &Secret| {
            let text = token.expose_secret();
            text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if self.token.as_ref().is_some_and(is_bad) {
            return Err(Error::config(format!(
                "{} is empty or contains characters that no access token has: set it to the token, without `Bearer`",
                self.info.token().label()
            )));
        }
        self.tls.check(&self.info)
    }

    /// Returns true if there are any credentials, even incomplete ones.
    pub(super) fn has_credentials(&self) -> bool {
        self.client.is_given()
            || self.user.is_given()
            || self.credentials_provider.is_some()
            || self.token.is_some()
    }

    /// Returns true if the program itself has set any credentials.
    pub(super) fn has_own_credentials(&self) -> bool {
        let pairs = [&self.client, &self.user];
        let has_own_token = self.token.is_some() && !self.is_token_inherited;
        pairs.into_iter().any(Pair::is_own) || self.credentials_provider.is_some() || has_own_token
    }

    /// Returns the vendor's name and the names of these settings.
    pub fn info(&self) -> &VendorInfo {
        &self.info
    }

    /// Returns the configured base URL, or the vendor's default.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) as for [`BaseUrl::parse`], and if there is neither.
    pub fn base_url(&self) -> Result<BaseUrl> {
        let default = self.info.default_base_url();
        match self.base_url.as_deref().or(default) {
            Some(text) => self.url(self.info.base_url(), text),
            None => Err(self.info.base_url().missing()),
        }
    }

    /// Returns the configured base URL, or `default`, which a vendor-specific setting determines, such as a region.
    ///
    /// # Errors
    /// As [`CommonConfig::base_url`].
    pub fn base_url_or(&self, default: Option<&str>) -> Result<BaseUrl> {
        match (&self.base_url, default) {
            (None, Some(default)) => self.url(self.info.base_url(), default),
            _ => self.base_url(),
        }
    }

    /// Returns true if a base URL was set.
    pub fn has_base_url(&self) -> bool {
        self.base_url.is_some()
    }

    /// Checks another URL of the vendor with the rules of [`BaseUrl::parse`] and the builder's `allow_http`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the setting.
    pub fn url(&self, setting: &Setting, text: &str) -> Result<BaseUrl> {
        BaseUrl::of_setting(&setting.label(), text, self.allow_http)
    }

    /// Checks the URL of a token endpoint, which may contain a query.
    ///
    /// # Errors
    /// As [`CommonConfig::url`], except that a query is allowed.
    pub fn endpoint_url(&self, setting: &Setting, text: &str) -> Result<BaseUrl> {
        BaseUrl::endpoint_of_setting(&setting.label(), text, self.allow_http)
    }

    /// Returns the caller's clock, or the system's.
    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        match &self.clock {
            Some(clock) => Arc::clone(clock),
            None => Arc::new(SystemClock::new()),
        }
    }

    /// Determines the grant and the credentials; two sets of them are an error, and none is an error that names what is missing.
    ///
    /// `replacement` names a vendor-specific setting that replaces the credentials.
    pub(super) fn credentials(&self, replacement: Option<&str>) -> Result<Authentication> {
        let token = self.token.as_ref().map(|_| self.info.token().label());
        let given = [
            (self.client.is_given(), self.info.client_id().label()),
            (self.user.is_given(), self.info.username().label()),
            (
                replacement.is_some(),
                replacement.unwrap_or_default().to_owned(),
            ),
            (token.is_some(), token.clone().unwrap_or_default()),
        ];
        let given: Vec<String> = given
            .into_iter()
            .filter_map(|(is_given, label)| is_given.then_some(label))
            .collect();
        together(&given, "set the credentials of only one of them")?;
        if let Some(replacement) = replacement.or(token.as_deref()) {
            return match (&self.grant, &self.credentials_provider) {
                (None, None) => Ok((Grant::ClientCredentials, None)),
                _ => Err(Error::config(format!(
                    "{replacement} is set together with a grant or a credentials_provider, which it replaces: remove those"
                ))),
            };
        }
        if self.user.is_given() {
            if self.grant.is_some_and(|grant| grant != Grant::Password) {
                return Err(Error::config(
                    "the grant needs a client id and secret, but a username or a password is set: remove the grant, or set the id and secret",
                ));
            }
            let user = self.provider(&self.user, self.user_labels())?;
            return Ok((Grant::Password, Some(user)));
        }
        let grant = self.grant.unwrap_or_default();
        if grant == Grant::Password && self.credentials_provider.is_none() {
            return Err(self.info.username().missing());
        }
        let may_be_user = self.info.has_password_grant() && self.grant.is_none();
        if may_be_user && !self.client.is_given() && self.credentials_provider.is_none() {
            let (id, user) = (self.info.client_id(), self.info.username());
            return Err(id.missing_or(user, "to sign in as a user"));
        }
        let client = self.provider(&self.client, self.client_labels())?;
        Ok((grant, Some(client)))
    }

    /// Checks the source of one pair: a provider, or an id with a secret or a secret file.
    fn provider(&self, pair: &Pair, labels: Labels<'_>) -> Result<Arc<dyn CredentialsProvider>> {
        let provider = self.credentials_provider.as_ref();
        let given = provider.map(|_| "credentials_provider".to_owned());
        let given: Vec<String> = given
            .into_iter()
            .chain(pair.given_secrets(labels))
            .collect();
        together(&given, "set only one of them")?;
        match provider {
            Some(provider) => Ok(Arc::clone(provider)),
            None => pair.provider(labels, self.clock()),
        }
    }

    fn client_labels(&self) -> Labels<'_> {
        Labels {
            id: self.info.client_id(),
            secret: self.info.client_secret(),
        }
    }

    fn user_labels(&self) -> Labels<'_> {
        Labels {
            id: self.info.username(),
            secret: self.info.password(),
        }
    }

    /// Returns the caller's HTTP client, or builds the default one.
    pub(super) fn http_client(&self) -> Result<Arc<dyn HttpClient>> {
        match &self.http_client {
            Some(client) => {
                self.tls.check_unused()?;
                Ok(Arc::clone(client))
            }
            None => self.default_http_client(),
        }
    }

    #[cfg(feature = "reqwest")]
    fn default_http_client(&self) -> Result<Arc<dyn HttpClient>> {
        Ok(Arc::new(self.reqwest_client()?))
    }

    /// Builds the default HTTP client.
    #[cfg(feature = "reqwest")]
    pub(super) fn reqwest_client(&self) -> Result<crate::http::ReqwestHttpClient> {
        let builder = crate::http::ReqwestHttpClient::builder().user_agent(self.info.user_agent());
        self.tls.apply(builder).build()
    }

    #[cfg(not(feature = "reqwest"))]
    #[expect(
        clippy::unused_self,
        reason = "the other version of this function uses it"
    )]
    fn default_http_client(&self) -> Result<Arc<dyn HttpClient>> {
        Err(Error::config(
            "no HTTP client: call ConfigBuilder::http_client, or turn on the feature `reqwest`",
        ))
    }
}

/// The grant, and the credentials unless another setting replaces them.
pub(super) type Authentication = (Grant, Option<Arc<dyn CredentialsProvider>>);

fn together(given: &[String], advice: &str) -> Result<()> {
    if given.len() < 2 {
        return Ok(());
    }
    Err(Error::config(format!(
        "{} are set together: {advice}",
        given.join(" and ")
    )))
}

impl fmt::Debug for CommonConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommonConfig")
            .field("client", &self.client)
            .field("user", &self.user)
            .field("grant", &self.grant)
            .field("credentials_provider", &self.credentials_provider)
            // Unchecked text may contain a password before its @; only checked URLs are shown.
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
