//! Run:ai's token request: with API v1, API v2, or whichever the control plane has, and with a refresh token if there is one.

mod file;
mod v1;

pub(crate) use file::FileTokenSource;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use auth_core::vendor::{TokenEndpoint, TokenSet};
use auth_core::{
    AccessToken, CredentialsProvider, Error, ErrorKind, Grant, OAuthTokenSource, Result, Secret,
    SharedTokenId, TokenSource, Verdict,
};
use http::StatusCode;

use self::v1::JsonTokenSource;
use crate::wire;

/// Which of the control plane's two token APIs is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TokenApi {
    /// The JSON API at `/api/v1/token`: every control plane has it.
    V1,
    /// The RFC 6749 API at `/api/v2/token`: control plane 2.24 and newer.
    V2,
    /// v2, or v1 if v2 does not exist; the one that works is remembered.
    #[default]
    Auto,
}

impl TokenApi {
    pub(crate) fn parse(setting: &str, name: &str) -> Result<Self> {
        match name {
            "v1" => Ok(Self::V1),
            "v2" => Ok(Self::V2),
            "auto" => Ok(Self::Auto),
            _ => Err(Error::config(format!(
                "{setting} is not a token API: use v1, v2 or auto"
            ))),
        }
    }
}

impl std::str::FromStr for TokenApi {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::parse("token_api", name)
    }
}

/// The credentials of a token request, apart from a refresh token.
#[derive(Debug, Clone)]
pub(crate) enum Authentication {
    Credentials(Grant, Arc<dyn CredentialsProvider>),
    /// An identity provider's token is exchanged, which only token API v1 supports.
    External(Arc<dyn TokenSource>),
}

/// Requests a token from the control plane on each call.
#[derive(Debug)]
pub(crate) struct RunaiTokenSource {
    api: TokenApi,
    authentication: Authentication,
    v1: JsonTokenSource,
    v2: Option<OAuthTokenSource>,
    /// The API that worked last, for [`TokenApi::Auto`].
    worked: AtomicU8,
    renewal: Mutex<Option<Renewal>>,
}

/// A refresh token, and the credentials that it was obtained with.
#[derive(Debug)]
struct Renewal {
    refresh_token: Secret,
    revision: u64,
    /// How often in a row it resulted in neither a token nor a rejection.
    odd_answers: u32,
}

/// The credentials or refresh token of a token request.
enum Proof<'a> {
    Credentials,
    RefreshToken(&'a Secret),
}

impl RunaiTokenSource {
    /// Creates a source with the endpoint of API v1, and of API v2 if it supports the grant.
    pub(crate) fn new(
        api: TokenApi,
        authentication: Authentication,
        v1: TokenEndpoint,
        v2: Option<OAuthTokenSource>,
    ) -> Self {
        Self {
            api,
            authentication,
            v1: JsonTokenSource::new(v1),
            v2,
            worked: AtomicU8::new(NOT_KNOWN),
            renewal: Mutex::new(None),
        }
    }

    /// Uses the refresh token if there is one, and signs in if there is none, if it is rejected, or after repeated unclear responses.
    async fn renew_or_sign_in(&self) -> Result<TokenSet> {
        let revision = self.credentials_version();
        let renewal = self.held().take();
        if let Some(mut renewal) = renewal.filter(|renewal| renewal.revision == revision) {
            let proof = Proof::RefreshToken(&renewal.refresh_token);
            match self.ask(&proof).await {
                Ok(granted) => return Ok(granted.or_refresh_token(renewal.refresh_token.clone())),
                Err(error) if is_refusal(&error) => {
                    tracing::debug!("the refresh token was rejected, signing in again");
                }
                Err(error) => {
                    renewal.odd_answers += u32::from(is_odd_answer(&error));
                    if renewal.odd_answers < MAX_ODD_ANSWERS {
                        *self.held() = Some(renewal);
                    }
                    return Err(error);
                }
            }
        }
        self.ask(&Proof::Credentials).await
    }

    async fn ask(&self, proof: &Proof<'_>) -> Result<TokenSet> {
        match (self.api, &self.v2) {
            (TokenApi::V1, _) | (_, None) => self.ask_v1(proof).await,
            (TokenApi::V2, Some(v2)) => self.ask_v2(v2, proof).await,
            (TokenApi::Auto, Some(v2)) => self.ask_either(v2, proof).await,
        }
    }

    async fn ask_v1(&self, proof: &Proof<'_>) -> Result<TokenSet> {
        match proof {
            Proof::Credentials => self.v1.request(&self.authentication).await,
            Proof::RefreshToken(refresh_token) => self.v1.refresh(refresh_token).await,
        }
    }

    async fn ask_v2(&self, v2: &OAuthTokenSource, proof: &Proof<'_>) -> Result<TokenSet> {
        match proof {
            Proof::Credentials => v2.request_tokens().await,
            Proof::RefreshToken(refresh_token) => v2.refresh(refresh_token).await,
        }
    }

    /// Calls the API that worked last, or else v2; the other one only if the first one does not exist.
    async fn ask_either(&self, v2: &OAuthTokenSource, proof: &Proof<'_>) -> Result<TokenSet> {
        let ask = async |api| match api {
            V1 => self.ask_v1(proof).await,
            _ => self.ask_v2(v2, proof).await,
        };
        let first = match self.worked.load(Ordering::Relaxed) {
            V1 => V1,
            _ => V2,
        };
        let other = if first == V1 { V2 } else { V1 };
        let (api, outcome) = match ask(first).await {
            Err(error) if is_missing(&error) => {
                self.worked.store(NOT_KNOWN, Ordering::Relaxed);
                tracing::debug!("this token API does not exist, trying the other one");
                (other, ask(other).await)
            }
            outcome => (first, outcome),
        };
        if outcome.is_ok() {
            self.worked.store(api, Ordering::Relaxed);
        }
        outcome
    }

    fn held(&self) -> MutexGuard<'_, Option<Renewal>> {
        self.renewal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenSource for RunaiTokenSource {
    async fn token(&self) -> Result<AccessToken> {
        let revision = self.credentials_version();
        let granted = self
            .renew_or_sign_in()
            .await
            .map_err(|error| error.with_vendor(wire::VENDOR))?;
        // For a client, signing in is as cheap as a refresh, and RFC 6749 section 4.4.3 gives it no refresh token.
        let is_client = matches!(
            self.authentication,
            Authentication::Credentials(Grant::ClientCredentials | Grant::Extension(_), _)
        );
        *self.held() = granted
            .refresh_token
            .filter(|_| !is_client)
            .map(|refresh_token| Renewal {
                refresh_token,
                revision,
                odd_answers: 0,
            });
        Ok(granted.access_token)
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    /// An invalid token may belong to a session that was ended: the next one belongs to a new session.
    fn report(&self, _token: &AccessToken, verdict: Verdict) {
        if verdict != Verdict::Accepted {
            *self.held() = None;
        }
    }

    fn name(&self) -> &'static str {
        wire::VENDOR
    }

    fn credentials_version(&self) -> u64 {
        match &self.authentication {
            Authentication::Credentials(_, provider) => provider.credentials_version(),
            Authentication::External(source) => source.credentials_version(),
        }
    }

    fn identity(&self) -> Option<Arc<str>> {
        match &self.authentication {
            Authentication::Credentials(_, provider) => provider.identity(),
            Authentication::External(source) => source.identity(),
        }
    }

    /// Both token APIs return equivalent tokens, so the one that is used makes no difference.
    async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        let (id, grant) = match &self.authentication {
            Authentication::External(source) => (source.shared_token_id().await?, "external"),
            Authentication::Credentials(grant, provider) => {
                let credentials = provider.credentials().await?;
                let (id, grant) = match grant {
                    Grant::Password => (SharedTokenId::of_user(), "password"),
                    Grant::Extension(name) => {
                        (SharedTokenId::of_client(credentials.secret()), *name)
                    }
                    _ => (
                        SharedTokenId::of_client(credentials.secret()),
                        "client_credentials",
                    ),
                };
                (Some(id.with_field(credentials.id())), grant)
            }
        };
        let url = self.v1.url();
        Ok(id.map(|id| {
            id.with_field(wire::VENDOR)
                .with_field(url)
                .with_field(grant)
        }))
    }
}

fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidCredentials | ErrorKind::TokenRequestRefused
    )
}

/// A response that may mean that the server no longer knows the session; a busy server or a missing response does not.
fn is_odd_answer(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unavailable | ErrorKind::InvalidResponse
    )
}

/// An API that does not exist returns 404 or 405, or 200 with the web page; no other response indicates that.
fn is_missing(error: &Error) -> bool {
    match error.status() {
        Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => true,
        // The endpoint sets the status of a success only if its body was not JSON.
        Some(status) => status.is_success() && error.kind() == ErrorKind::InvalidResponse,
        None => false,
    }
}

/// As many attempts as one refresh of the cache makes; afterwards the credentials are used again, which ends no working session.
const MAX_ODD_ANSWERS: u32 = 3;

const NOT_KNOWN: u8 = 0;
const V1: u8 = 1;
const V2: u8 = 2;

#[cfg(test)]
mod tests;
