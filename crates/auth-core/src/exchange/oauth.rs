//! The RFC 6749 exchange: the `oauth2` crate builds the request and reads the success, our endpoint does the rest.

mod response;

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    RequestTokenError, StandardRevocableToken, TokenUrl,
};

use self::response::TokenResponse;
use super::endpoint::{Answer, TokenEndpoint};
use super::refusal::Refusal;
use crate::credential::{CredentialProvider, Credentials};
use crate::error::{Error, ErrorKind, Result};
use crate::scope::Scope;
use crate::secret::Secret;
use crate::token::AccessToken;

/// How the client shows who it is (RFC 6749 section 2.3.1); never both ways at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_id` and `client_secret` in the form body.
    #[default]
    Body,
    /// HTTP Basic, each value form-encoded first.
    Basic,
}

/// Asks an RFC 6749 token endpoint for a token by the client credentials grant (section 4.4).
#[derive(Debug, Clone)]
pub struct OAuthExchange {
    endpoint: TokenEndpoint,
    credentials: Arc<dyn CredentialProvider>,
    authentication: ClientAuthentication,
    scope: Option<Scope>,
    parameters: Vec<(&'static str, String)>,
    documented_lifetime: Option<Duration>,
    ignores_zero_lifetime: bool,
}

impl OAuthExchange {
    /// Makes an exchange that sends the credentials in the body and asks for no scope.
    pub fn new(endpoint: TokenEndpoint, credentials: Arc<dyn CredentialProvider>) -> Self {
        Self {
            endpoint,
            credentials,
            authentication: ClientAuthentication::default(),
            scope: None,
            parameters: Vec::new(),
            documented_lifetime: None,
            ignores_zero_lifetime: false,
        }
    }

    /// Sets how the client shows who it is.
    #[must_use]
    pub fn with_authentication(mut self, authentication: ClientAuthentication) -> Self {
        self.authentication = authentication;
        self
    }

    /// Sets the scope to ask for.
    #[must_use]
    pub fn with_scope(mut self, scope: Option<Scope>) -> Self {
        self.scope = scope;
        self
    }

    /// Adds a parameter to the request's form, such as `audience`.
    #[must_use]
    pub fn with_parameter(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    /// Sets the lifetime that the vendor documents, used when an answer does not say.
    #[must_use]
    pub fn with_documented_lifetime(mut self, lifetime: Duration) -> Self {
        self.documented_lifetime = Some(lifetime);
        self
    }

    /// Takes an `expires_in` of zero for none, for a vendor whose servers mean that by it.
    #[must_use]
    pub fn with_zero_lifetime_ignored(mut self) -> Self {
        self.ignores_zero_lifetime = true;
        self
    }

    /// Returns the vendor's name.
    pub fn vendor(&self) -> &'static str {
        self.endpoint.vendor()
    }

    /// Returns a number that changes whenever the credentials do.
    pub fn credential_revision(&self) -> u64 {
        self.credentials.revision()
    }

    /// Returns the id that the credentials have now, where that is known without waiting.
    pub fn identity(&self) -> Option<Arc<str>> {
        self.credentials.identity()
    }

    /// Sends one token request.
    ///
    /// # Errors
    /// As [`TokenEndpoint::send`], and [`ErrorKind::Response`] for a success that holds no usable bearer token;
    /// whatever the credential provider fails with.
    pub async fn exchange(&self) -> Result<AccessToken> {
        let vendor = self.endpoint.vendor();
        let credentials = self
            .credentials
            .credentials()
            .await
            .map_err(|error| error.with_vendor(vendor))?;
        let (answer, response) = self.request(&credentials).await?;
        response
            .into_answer(answer.asked_at, self.ignores_zero_lifetime)
            .and_then(|token| {
                token
                    .with_date(answer.date)
                    .with_documented_lifetime(self.documented_lifetime)
                    .into_token()
            })
            .map_err(|error| error.with_vendor(vendor))
    }

    async fn request(&self, credentials: &Credentials) -> Result<(Answer, TokenResponse)> {
        let client = self.client(credentials)?;
        let mut request = client.exchange_client_credentials();
        for name in self.scope.iter().flat_map(Scope::iter) {
            request = request.add_scope(oauth2::Scope::new(name.to_owned()));
        }
        for (name, value) in &self.parameters {
            request = request.add_extra_param(*name, value);
        }
        let adapter = Adapter {
            endpoint: &self.endpoint,
            credentials,
            answered: Mutex::new(None),
        };
        let outcome = request.request_async(&adapter).await;
        match (outcome, adapter.into_answer()) {
            (Ok(response), Some(answer)) => Ok((answer, response)),
            (Err(RequestTokenError::Request(Carried(error))), _) => Err(error),
            // Every other error of the crate may hold the body, and with it the token: none joins our chain.
            _ => Err(Error::new(
                ErrorKind::Response,
                "the token endpoint's answer is not a token response",
            )
            .with_vendor(self.endpoint.vendor())),
        }
    }

    fn client(&self, credentials: &Credentials) -> Result<OAuthClient> {
        let url = TokenUrl::new(self.endpoint.url().to_string())
            .map_err(|_| Error::config("the token endpoint's URL cannot be requested"))?;
        Ok(
            oauth2::Client::new(ClientId::new(credentials.id().to_owned()))
                .set_client_secret(ClientSecret::new(credentials.secret().expose().to_owned()))
                .set_auth_type(match self.authentication {
                    ClientAuthentication::Body => AuthType::RequestBody,
                    ClientAuthentication::Basic => AuthType::BasicAuth,
                })
                .set_token_uri(url),
        )
    }
}

type OAuthClient = oauth2::Client<
    BasicErrorResponse,
    TokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Lends our endpoint to the `oauth2` crate, and keeps the timing of the answer, which the crate drops.
struct Adapter<'a> {
    endpoint: &'a TokenEndpoint,
    credentials: &'a Credentials,
    answered: Mutex<Option<Answer>>,
}

impl Adapter<'_> {
    fn into_answer(self) -> Option<Answer> {
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
            if let Some(basic) = parts.headers.get_mut(AUTHORIZATION) {
                // Keeps HTTP stacks from printing it, and us from printing a server's echo of it.
                basic.set_sensitive(true);
                blob = basic
                    .to_str()
                    .ok()
                    .and_then(|text| text.strip_prefix("Basic "))
                    .map(Secret::from);
            }
            let secrets: Vec<&Secret> = std::iter::once(self.credentials.secret())
                .chain(&blob)
                .collect();
            let request = Request::from_parts(parts, Bytes::from(body));
            let answer = self
                .endpoint
                .send(request, &secrets, Refusal::from_oauth)
                .await
                .map_err(Carried)?;
            // The crate takes 200 and `application/json` for an answer and nothing else; servers send 201 and `text/plain` as well.
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
