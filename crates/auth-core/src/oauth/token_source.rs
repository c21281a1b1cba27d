//! The RFC 6749 exchange: the `oauth2` crate builds the request and reads the success, our endpoint does the rest.

mod settings;
mod request;
mod response;
mod shared_token_id;

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::Request;
use http::header::AUTHORIZATION;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    RequestTokenError, ResourceOwnerPassword, ResourceOwnerUsername, StandardRevocableToken,
    TokenUrl,
};

use self::request::{basic, form};
use self::response::OAuthTokenBody;
pub(crate) use self::settings::OAuthSettings;
use super::endpoint::{TokenEndpoint, TokenHttpResponse};
use super::error_response::TokenErrorResponse;
use super::grant::{ClientAuthMethod, Grant, TokenSet};
use crate::credential::{Credentials, CredentialsProvider};
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::secret::Secret;

/// What one token request shows to the endpoint.
#[derive(Clone, Copy)]
enum Proof<'a> {
    Grant(Grant),
    RefreshToken(&'a Secret),
}

/// Requests tokens from an RFC 6749 token endpoint.
///
/// # Examples
/// ```
/// use auth_core::{OAuthTokenSource, TokenCache};
///
/// fn cached(source: OAuthTokenSource) -> TokenCache<OAuthTokenSource> {
///     TokenCache::new(source.with_parameter("audience", "api://default"))
/// }
/// ```
#[derive(Clone)]
pub struct OAuthTokenSource {
    settings: Arc<OAuthSettings>,
    credentials: Arc<dyn CredentialsProvider>,
}

impl OAuthTokenSource {
    /// Creates a source that requests tokens with the client credentials grant, with the credentials in the body, and for no scope.
    pub fn new(endpoint: TokenEndpoint, credentials: Arc<dyn CredentialsProvider>) -> Self {
        Self {
            settings: Arc::new(OAuthSettings {
                endpoint,
                grant: Grant::default(),
                client_auth_method: ClientAuthMethod::default(),
                scope: None,
                parameters: Vec::new(),
                documented_lifetime: None,
                ignores_zero_lifetime: false,
                has_noted_type: Arc::default(),
            }),
            credentials,
        }
    }

    /// Takes the settings of the first source instead of its own if they are equal: one copy for the sources of many tenants.
    pub(crate) fn sharing(mut self, first: &OnceLock<Arc<OAuthSettings>>) -> Self {
        let first = first.get_or_init(|| Arc::clone(&self.settings));
        if self.settings.is_same(first) {
            self.settings = Arc::clone(first);
        }
        self
    }

    /// Sets the grant; [`Grant::ClientCredentials`] by default.
    #[must_use]
    pub fn with_grant(mut self, grant: Grant) -> Self {
        self.settings_mut().grant = grant;
        self
    }

    /// Sets how the client authenticates; [`ClientAuthMethod::ClientSecretPost`] by default.
    #[must_use]
    pub fn with_client_auth_method(mut self, client_auth_method: ClientAuthMethod) -> Self {
        self.settings_mut().client_auth_method = client_auth_method;
        self
    }

    /// Sets the scope to request.
    #[must_use]
    pub fn with_scope(mut self, scope: Option<Scope>) -> Self {
        self.settings_mut().scope = scope;
        self
    }

    /// Adds a parameter to the request's form, such as `audience`.
    ///
    /// Its value is treated as a secret, as `client_assertion` is one: it is not shown in `Debug` and is removed from the server's messages.
    /// Only the values of `audience`, `resource` and the like, which describe the request, are kept in those messages.
    #[must_use]
    pub fn with_parameter(mut self, name: &'static str, value: impl Into<Secret>) -> Self {
        self.settings_mut().parameters.push((name, value.into()));
        self
    }

    /// Sets the vendor's documented lifetime, used if a response has none.
    #[must_use]
    pub fn with_default_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings_mut().documented_lifetime = Some(lifetime);
        self
    }

    /// Treats an `expires_in` of zero as absent, for a vendor whose servers use it that way.
    #[must_use]
    pub fn with_zero_lifetime_ignored(mut self) -> Self {
        self.settings_mut().ignores_zero_lifetime = true;
        self
    }

    fn settings_mut(&mut self) -> &mut OAuthSettings {
        Arc::make_mut(&mut self.settings)
    }

    /// Returns the vendor's name.
    pub fn vendor(&self) -> &'static str {
        self.settings.endpoint.vendor()
    }

    /// Returns a number that changes whenever the credentials do.
    pub fn credentials_version(&self) -> u64 {
        self.credentials.credentials_version()
    }

    /// Returns the current id of the credentials, if it is known without waiting.
    pub fn identity(&self) -> Option<Arc<str>> {
        self.credentials.identity()
    }

    /// Sends one token request and returns everything that was granted, a refresh token included.
    ///
    /// # Errors
    /// As [`TokenEndpoint::send`], and [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) for a success that contains no usable bearer token;
    /// whatever the credentials provider fails with.
    pub async fn request_tokens(&self) -> Result<TokenSet> {
        self.request_with(Proof::Grant(self.settings.grant)).await
    }

    /// Sends one token request with a refresh token (RFC 6749 section 6) that an earlier response held.
    ///
    /// # Errors
    /// As [`OAuthTokenSource::request_tokens`].
    pub async fn refresh(&self, refresh_token: &Secret) -> Result<TokenSet> {
        self.request_with(Proof::RefreshToken(refresh_token)).await
    }

    async fn request_with(&self, proof: Proof<'_>) -> Result<TokenSet> {
        let vendor = self.settings.endpoint.vendor();
        let credentials = self
            .credentials
            .credentials()
            .await
            .map_err(|error| error.with_vendor(vendor))?;
        let (answer, mut response) = self.request(proof, &credentials).await?;
        let refresh_token = response.take_refresh_token();
        if response.names_no_type() && !self.settings.has_noted_type.swap(true, Ordering::Relaxed) {
            tracing::info!(
                source = vendor,
                "the token response has no token type, assuming bearer"
            );
        }
        let access_token = response
            .into_answer(answer.requested_at, self.settings.ignores_zero_lifetime)
            .and_then(|token| {
                token
                    .with_date(answer.date)
                    .with_default_lifetime(self.settings.documented_lifetime)
                    .into_access_token()
            })
            .map_err(|error| error.with_vendor(vendor))?;
        Ok(TokenSet {
            access_token,
            refresh_token,
        })
    }

    async fn request(
        &self,
        proof: Proof<'_>,
        credentials: &Credentials,
    ) -> Result<(TokenHttpResponse, OAuthTokenBody)> {
        let secret = match proof {
            Proof::RefreshToken(refresh_token) => refresh_token,
            Proof::Grant(_) => credentials.secret(),
        };
        let extension = match proof {
            Proof::Grant(Grant::Extension(grant_type)) => Some(grant_type),
            _ => None,
        };
        let parameters = self.settings.parameters.iter();
        let hidden = parameters.filter(|(name, _)| !PUBLIC_PARAMETERS.contains(name));
        let mut secrets = vec![credentials.secret(), secret];
        secrets.extend(hidden.map(|(_, value)| value));
        let adapter = Adapter {
            endpoint: &self.settings.endpoint,
            extension,
            parameters: &self.settings.parameters,
            credentials,
            secret,
            secrets,
            answered: Mutex::new(None),
        };
        let scopes = || {
            let names = self.settings.scope.iter().flat_map(Scope::iter);
            names.map(|name| oauth2::Scope::new(name.to_owned()))
        };
        let outcome = match proof {
            Proof::Grant(Grant::ClientCredentials | Grant::Extension(_)) => {
                let client = self.client(credentials)?;
                let request = client.exchange_client_credentials().add_scopes(scopes());
                request.request_async(&adapter).await
            }
            Proof::Grant(Grant::Password) => {
                let client = self.anonymous()?;
                let username = ResourceOwnerUsername::new(credentials.id().to_owned());
                let password = ResourceOwnerPassword::new(PLACEHOLDER.to_owned());
                let request = client.exchange_password(&username, &password);
                request.add_scopes(scopes()).request_async(&adapter).await
            }
            Proof::RefreshToken(_) => {
                let client = self.anonymous()?;
                let refresh_token = oauth2::RefreshToken::new(PLACEHOLDER.to_owned());
                let request = client.exchange_refresh_token(&refresh_token);
                request.request_async(&adapter).await
            }
        };
        match (outcome, adapter.into_answer()) {
            (Ok(response), Some(answer)) => Ok((answer, response)),
            (Err(RequestTokenError::Request(Carried(error))), _) => Err(error),
            // Every other error of the crate may contain the body, and with it the token, so it is dropped.
            _ => Err(Error::invalid_response(
                "the token endpoint's response is not a token response",
            )
            .with_vendor(self.settings.endpoint.vendor())),
        }
    }

    fn client(&self, credentials: &Credentials) -> Result<OAuthClient> {
        let secret = ClientSecret::new(PLACEHOLDER.to_owned());
        let client = self.named(credentials.id())?.set_client_secret(secret);
        Ok(
            client.set_auth_type(match self.settings.client_auth_method {
                ClientAuthMethod::ClientSecretPost => AuthType::RequestBody,
                ClientAuthMethod::ClientSecretBasic => AuthType::BasicAuth,
            }),
        )
    }

    /// A user signs in without a client; the crate requires a client id, which the adapter leaves out.
    fn anonymous(&self) -> Result<OAuthClient> {
        Ok(self.named("")?.set_auth_type(AuthType::RequestBody))
    }

    fn named(&self, id: &str) -> Result<OAuthClient> {
        let url = TokenUrl::new(self.settings.endpoint.url().to_string())
            .map_err(|_| Error::config("the token endpoint's URL cannot be requested"))?;
        Ok(oauth2::Client::new(ClientId::new(id.to_owned())).set_token_uri(url))
    }
}

impl fmt::Debug for OAuthTokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self
            .settings
            .parameters
            .iter()
            .map(|(name, _)| name)
            .collect();
        f.debug_struct("OAuthTokenSource")
            .field("endpoint", &self.settings.endpoint)
            .field("credentials", &self.credentials)
            .field("grant", &self.settings.grant)
            .field("client_auth_method", &self.settings.client_auth_method)
            .field("scope", &self.settings.scope)
            .field("parameters", &names)
            .field("documented_lifetime", &self.settings.documented_lifetime)
            .finish_non_exhaustive()
    }
}

type OAuthClient = oauth2::Client<
    BasicErrorResponse,
    OAuthTokenBody,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Adapts our endpoint to the `oauth2` crate, and keeps the timing of the response, which the crate drops.
///
/// The crate gets a placeholder for every secret, since it makes copies and wipes nothing; the real secret is inserted here.
struct Adapter<'a> {
    endpoint: &'a TokenEndpoint,
    /// The `grant_type` of an extension grant, which the crate does not know.
    extension: Option<&'static str>,
    parameters: &'a [(&'static str, Secret)],
    credentials: &'a Credentials,
    /// The secret of the request: that of the credentials, or a refresh token.
    secret: &'a Secret,
    /// What must not appear in an error.
    secrets: Vec<&'a Secret>,
    answered: Mutex<Option<TokenHttpResponse>>,
}

impl Adapter<'_> {
    fn into_answer(self) -> Option<TokenHttpResponse> {
        self.answered
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'c> AsyncHttpClient<'c> for Adapter<'_> {
    type Error = Carried;
    type Future = Pin<Box<dyn Future<Output = Result<oauth2::HttpResponse, Carried>> + Send + 'c>>;

    fn call(&'c self, request: oauth2::HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let mut blob = None;
            if let Some(header) = parts.headers.get_mut(AUTHORIZATION) {
                let (basic, encoded) =
                    basic(self.credentials.id(), self.secret).map_err(Carried)?;
                *header = basic;
                blob = Some(encoded);
            }
            let secrets: Vec<&Secret> = self.secrets.iter().copied().chain(&blob).collect();
            let request = Request::from_parts(
                parts,
                form(&body, self.secret, self.extension, self.parameters),
            );
            let answer = self
                .endpoint
                .send(request, &secrets, TokenErrorResponse::from_oauth)
                .await
                .map_err(Carried)?;
            // The crate accepts only 200 with `application/json`; servers send 201 and `text/plain` as well.
            let response = http::Response::new(answer.body.to_vec());
            *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            Ok(response)
        })
    }
}

/// Carries our error through the `oauth2` crate unchanged.
#[derive(Debug)]
struct Carried(Error);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Carried {}

/// The placeholder that the `oauth2` crate gets instead of every secret.
const PLACEHOLDER: &str = "placeholder";

/// Parameters that describe the request: they are not secret, and useful in a server's message.
const PUBLIC_PARAMETERS: &[&str] = &[
    "audience",
    "client_assertion_type",
    "resource",
    "subject_token_type",
    "requested_token_type",
    "organization",
    "tenant",
];
