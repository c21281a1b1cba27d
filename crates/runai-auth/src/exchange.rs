//! Run:ai's token request: API v1, API v2, or whichever of them the control plane has.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use auth_core::{
    AccessToken, CredentialProvider, Error, ErrorKind, HttpClient, OAuthExchange, Result,
    TokenAnswer, TokenEndpoint, TokenSource,
};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, StatusCode};

use crate::config::{Config, NAMES, TokenApi};
use crate::wire::{self, TokenRequest, TokenResponse};

/// Asks the control plane for a token, each time it is called.
#[derive(Debug)]
pub(crate) struct Exchange {
    api: TokenApi,
    v1: JsonExchange,
    v2: OAuthExchange,
    /// Which API answered last, for [`TokenApi::Auto`].
    worked: AtomicU8,
}

impl Exchange {
    pub(crate) fn new(config: &Config, http: Arc<dyn HttpClient>) -> Result<Self> {
        let endpoint = |path| {
            let url = config.base_url().join_base(path)?;
            TokenEndpoint::new(NAMES.vendor, &url, Arc::clone(&http), config.clock())
        };
        let credentials = config.credentials();
        Ok(Self {
            api: config.token_api(),
            v1: JsonExchange {
                endpoint: endpoint(wire::TOKEN_PATH_V1)?,
                credentials: Arc::clone(&credentials),
            },
            v2: OAuthExchange::new(endpoint(wire::TOKEN_PATH_V2)?, credentials)
                .with_zero_lifetime_ignored(),
            worked: AtomicU8::new(NOT_KNOWN),
        })
    }

    async fn ask(&self, api: u8) -> Result<AccessToken> {
        match api {
            V1 => self.v1.exchange().await,
            _ => self.v2.exchange().await,
        }
    }

    /// Asks the API that worked last, else v2; the other one only if the first answers as if it did not exist.
    async fn ask_either(&self) -> Result<AccessToken> {
        let first = match self.worked.load(Ordering::Relaxed) {
            V1 => V1,
            _ => V2,
        };
        let other = if first == V1 { V2 } else { V1 };
        let outcome = self.ask(first).await;
        let (api, outcome) = match outcome {
            Err(error) if is_missing(&error) => {
                self.worked.store(NOT_KNOWN, Ordering::Relaxed);
                tracing::debug!("this token API is not there, trying the other one");
                (other, self.ask(other).await)
            }
            outcome => (first, outcome),
        };
        if outcome.is_ok() {
            self.worked.store(api, Ordering::Relaxed);
        }
        outcome
    }
}

#[async_trait]
impl TokenSource for Exchange {
    async fn token(&self) -> Result<AccessToken> {
        match self.api {
            TokenApi::V1 => self.ask(V1).await,
            TokenApi::V2 => self.ask(V2).await,
            TokenApi::Auto => self.ask_either().await,
        }
    }

    fn name(&self) -> &'static str {
        NAMES.vendor
    }

    fn credential_revision(&self) -> u64 {
        self.v2.credential_revision()
    }

    fn identity(&self) -> Option<Arc<str>> {
        self.v2.identity()
    }
}

/// Token API v1.
#[derive(Debug)]
struct JsonExchange {
    endpoint: TokenEndpoint,
    credentials: Arc<dyn CredentialProvider>,
}

impl JsonExchange {
    async fn exchange(&self) -> Result<AccessToken> {
        self.ask()
            .await
            .map_err(|error| error.with_vendor(NAMES.vendor))
    }

    async fn ask(&self) -> Result<AccessToken> {
        let credentials = self.credentials.credentials().await?;
        let body = TokenRequest {
            grant_type: "client_credentials",
            client_id: credentials.id(),
            client_secret: credentials.secret().expose(),
        };
        let body = serde_json::to_vec(&body)
            .map_err(|_| Error::config("the credentials cannot be written as JSON"))?;
        let mut request = Request::post(self.endpoint.url().clone())
            .body(Bytes::from(body))
            .map_err(|_| Error::config("the token endpoint's URL cannot be requested"))?;
        let json = http::HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json.clone());
        request.headers_mut().insert(ACCEPT, json);
        let answer = self
            .endpoint
            .send(request, &[credentials.secret()], wire::read_refusal)
            .await?;
        // The parser's own words may quote the body, and with it the token.
        let response: TokenResponse = serde_json::from_slice(&answer.body).map_err(|_| {
            Error::new(
                ErrorKind::Response,
                "the token endpoint's answer is not a token response",
            )
        })?;
        let token_type = response.token_type.as_deref().unwrap_or("bearer");
        if !token_type.eq_ignore_ascii_case("bearer") {
            return Err(Error::new(
                ErrorKind::Response,
                "the answer's token type is not bearer, the only type this crate can send",
            ));
        }
        let expires_in = response
            .expires_in
            .filter(|expires_in| !expires_in.is_zero());
        TokenAnswer::new(response.access_token, answer.asked_at)
            .with_expires_in(expires_in)
            .with_date(answer.date)
            .into_token()
    }
}

/// An API that does not exist answers 404 or 405, or 200 with the web page; no other answer says anything about it.
fn is_missing(error: &Error) -> bool {
    match error.status() {
        Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => true,
        // The endpoint notes the status of a success only if its body was not JSON.
        Some(status) => status.is_success() && error.kind() == ErrorKind::Response,
        None => false,
    }
}

const NOT_KNOWN: u8 = 0;
const V1: u8 = 1;
const V2: u8 = 2;
