//! A token source for a vendor whose token requests are JSON of its own, with errors that may come with a status of 200.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::ClockReading;
use crate::credential::{Credentials, CredentialsProvider, SharedTokenId};
use crate::error::Result;
use crate::oauth::{Grant, TokenEndpoint, TokenErrorResponse, json_body, not_a_token_response};
use crate::source::TokenSource;
use crate::token::{AccessToken, TokenResponse};

/// A token request in a vendor's own JSON: what is sent, and how the response is read.
///
/// [`Config::json_token_source`](crate::vendor::Config::json_token_source) makes a token source of it.
///
/// # Examples
/// A vendor that reports errors as `{"code": 40101, "msg": "wrong key"}` with a status of 200:
/// ```
/// use auth_core::vendor::{ExpiresIn, JsonTokenRequest, TokenErrorResponse, TokenResponse};
/// use auth_core::{ClockReading, Credentials};
/// use http::StatusCode;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug)]
/// struct SignIn;
///
/// #[derive(Serialize)]
/// struct Request<'a> {
///     key: &'a str,
///     secret: &'a str,
/// }
///
/// #[derive(Deserialize)]
/// struct Response {
///     token: String,
///     ttl: Option<ExpiresIn>,
/// }
///
/// #[derive(Deserialize)]
/// struct Failure {
///     code: u32,
///     msg: String,
/// }
///
/// impl JsonTokenRequest for SignIn {
///     type Body<'a> = Request<'a>;
///     type Response = Response;
///
///     fn body<'a>(&self, credentials: &'a Credentials) -> Request<'a> {
///         let secret = credentials.secret().expose_secret();
///         Request { key: credentials.id(), secret }
///     }
///
///     fn token(&self, response: Response, requested_at: ClockReading) -> Option<TokenResponse> {
///         let token = TokenResponse::new(response.token, requested_at);
///         Some(token.with_expires_in(response.ttl))
///     }
///
///     fn read_error(&self, _: StatusCode, body: &[u8]) -> Option<TokenErrorResponse> {
///         let failure: Failure = serde_json::from_slice(body).ok()?;
///         let is_wrong_key = failure.code == 40101;
///         Some(TokenErrorResponse::new(None, Some(failure.msg), is_wrong_key))
///     }
/// }
/// ```
pub trait JsonTokenRequest: fmt::Debug + Send + Sync + 'static {
    /// The request's body.
    type Body<'a>: Serialize;

    /// The body of a success.
    type Response: DeserializeOwned;

    /// Makes the request's body.
    fn body<'a>(&'a self, credentials: &'a Credentials) -> Self::Body<'a>;

    /// Returns the token of a success, or `None` if there is none in it.
    fn token(&self, response: Self::Response, requested_at: ClockReading) -> Option<TokenResponse>;

    /// Reads the vendor's error object, whatever the status: `None` says that the body is not one.
    ///
    /// A response with another status than 2xx is an error in any case, and is read by [`TokenErrorResponse::from_oauth`] then.
    fn read_error(&self, status: StatusCode, body: &[u8]) -> Option<TokenErrorResponse> {
        let _ = (status, body);
        None
    }
}

/// Requests tokens in a vendor's own JSON.
pub struct JsonTokenSource<R> {
    request: R,
    endpoint: TokenEndpoint,
    credentials: Arc<dyn CredentialsProvider>,
    grant: Grant,
    default_lifetime: Option<Duration>,
}

impl<R: JsonTokenRequest> JsonTokenSource<R> {
    pub(super) fn new(
        request: R,
        endpoint: TokenEndpoint,
        credentials: Arc<dyn CredentialsProvider>,
        grant: Grant,
        default_lifetime: Option<Duration>,
    ) -> Self {
        Self {
            request,
            endpoint,
            credentials,
            grant,
            default_lifetime,
        }
    }

    async fn request(&self) -> Result<AccessToken> {
        let credentials = self.credentials.credentials().await?;
        let secrets = [credentials.secret()];
        let body = json_body(&self.request.body(&credentials), &secrets)?;
        let read_error = |status, body: &[u8]| {
            let refusal = self.request.read_error(status, body);
            refusal.unwrap_or_else(|| TokenErrorResponse::from_oauth(status, body))
        };
        let response = self.endpoint.send_body(body, &secrets, read_error).await?;
        if let Some(refusal) = self.request.read_error(response.status, &response.body) {
            return Err(refusal.into_error(response.status, &secrets));
        }
        let token = self.request.token(response.json()?, response.requested_at);
        token
            .ok_or_else(not_a_token_response)?
            .with_date(response.date)
            .with_default_lifetime(self.default_lifetime)
            .into_access_token()
    }
}

#[async_trait]
impl<R: JsonTokenRequest> TokenSource for JsonTokenSource<R> {
    async fn token(&self) -> Result<AccessToken> {
        let outcome = self.request().await;
        outcome.map_err(|error| error.with_vendor(self.endpoint.vendor()))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn name(&self) -> &'static str {
        self.endpoint.vendor()
    }

    fn credentials_version(&self) -> u64 {
        self.credentials.credentials_version()
    }

    fn identity(&self) -> Option<Arc<str>> {
        self.credentials.identity()
    }

    /// The body is the whole request, whatever the vendor puts into it.
    async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        let credentials = self.credentials.credentials().await?;
        let body = json_body(&self.request.body(&credentials), &[credentials.secret()])?;
        let id = match self.grant {
            Grant::Password => SharedTokenId::of_user(),
            _ => SharedTokenId::of_client(credentials.secret()),
        };
        Ok(Some(
            id.with_field(self.endpoint.vendor())
                .with_field(self.endpoint.url().to_string())
                .with_field(body.into_bytes()),
        ))
    }
}

impl<R: fmt::Debug> fmt::Debug for JsonTokenSource<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonTokenSource")
            .field("request", &self.request)
            .field("endpoint", &self.endpoint)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
