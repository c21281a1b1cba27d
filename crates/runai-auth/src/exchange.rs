//! Run:ai's token request: by API v1, API v2, or whichever of them the control plane has; by a refresh token where it gave one.

mod v1;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use auth_core::{
    AccessToken, Error, ErrorKind, HttpClient, OAuthGrant, OAuthTokenSource, Result, Secret,
    TokenEndpoint, TokenSet, TokenSource, Verdict,
};
use http::StatusCode;

use self::v1::JsonExchange;
use crate::config::{Config, Grant, NAMES, SignIn, TokenApi};
use crate::wire;

/// Asks the control plane for a token, each time it is called.
#[derive(Debug)]
pub(crate) struct Exchange {
    api: TokenApi,
    sign_in: SignIn,
    v1: JsonExchange,
    v2: Option<OAuthTokenSource>,
    /// Which API answered last, for [`TokenApi::Auto`].
    worked: AtomicU8,
    renewal: Mutex<Option<Renewal>>,
}

/// A refresh token, and the credentials that it was got with.
#[derive(Debug)]
struct Renewal {
    refresh_token: Secret,
    revision: u64,
    /// How often in a row it was answered by neither a token nor a refusal.
    odd_answers: u32,
}

/// What a token request shows.
enum Proof<'a> {
    SignIn,
    RefreshToken(&'a Secret),
}

impl Exchange {
    pub(crate) fn new(config: &Config, http: Arc<dyn HttpClient>) -> Result<Self> {
        let endpoint = |path| {
            let url = config.base_url().join_base(path)?;
            let endpoint =
                TokenEndpoint::new(NAMES.vendor, &url, Arc::clone(&http), config.clock())?;
            Ok::<_, Error>(endpoint.with_timeout(config.refresh_policy().attempt_timeout()))
        };
        let sign_in = config.sign_in().clone();
        let v2 = match &sign_in {
            SignIn::Credentials(_, credentials) if sign_in.is_in_v2() => {
                let exchange =
                    OAuthTokenSource::new(endpoint(wire::TOKEN_PATH_V2)?, Arc::clone(credentials));
                Some(exchange.with_zero_lifetime_ignored())
            }
            _ => None,
        };
        Ok(Self {
            api: config.token_api(),
            v1: JsonExchange::new(endpoint(wire::TOKEN_PATH_V1)?),
            v2,
            sign_in,
            worked: AtomicU8::new(NOT_KNOWN),
            renewal: Mutex::new(None),
        })
    }

    /// Shows the refresh token if there is one, and signs in if there is none, if it is refused, or after it was answered oddly time and again.
    async fn renew_or_sign_in(&self) -> Result<TokenSet> {
        let revision = self.credentials_version();
        let renewal = self.held().take();
        if let Some(mut renewal) = renewal.filter(|renewal| renewal.revision == revision) {
            let proof = Proof::RefreshToken(&renewal.refresh_token);
            match self.ask(&proof).await {
                Ok(granted) => return Ok(granted.or_refresh_token(renewal.refresh_token.clone())),
                Err(error) if is_refusal(&error) => {
                    tracing::debug!("the refresh token was refused, signing in again");
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
        self.ask(&Proof::SignIn).await
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
            Proof::SignIn => self.v1.sign_in(&self.sign_in).await,
            Proof::RefreshToken(refresh_token) => self.v1.refresh(refresh_token).await,
        }
    }

    async fn ask_v2(&self, v2: &OAuthTokenSource, proof: &Proof<'_>) -> Result<TokenSet> {
        let grant = match (proof, &self.sign_in) {
            (Proof::RefreshToken(refresh_token), _) => {
                OAuthGrant::RefreshToken((*refresh_token).clone())
            }
            (Proof::SignIn, SignIn::Credentials(Grant::Password, _)) => OAuthGrant::Password,
            (Proof::SignIn, _) => OAuthGrant::ClientCredentials,
        };
        v2.exchange_by(&grant).await
    }

    /// Asks the API that worked last, else v2; the other one only if the first answers as if it did not exist.
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
                tracing::debug!("this token API is not there, trying the other one");
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
impl TokenSource for Exchange {
    async fn token(&self) -> Result<AccessToken> {
        let revision = self.credentials_version();
        let granted = self
            .renew_or_sign_in()
            .await
            .map_err(|error| error.with_vendor(NAMES.vendor))?;
        // A client signs in as cheaply as it renews, and RFC 6749 section 4.4.3 gives it no refresh token.
        let is_client = matches!(
            self.sign_in,
            SignIn::Credentials(Grant::ClientCredentials | Grant::AppToken, _)
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

    /// An invalid token may be that of a session that was ended: the next one is a new session's.
    fn report(&self, _token: &AccessToken, verdict: Verdict) {
        if verdict != Verdict::Accepted {
            *self.held() = None;
        }
    }

    fn name(&self) -> &'static str {
        NAMES.vendor
    }

    fn credentials_version(&self) -> u64 {
        match &self.sign_in {
            SignIn::Credentials(_, provider) => provider.credentials_version(),
            SignIn::External(source) => source.credentials_version(),
        }
    }

    fn identity(&self) -> Option<Arc<str>> {
        match &self.sign_in {
            SignIn::Credentials(_, provider) => provider.identity(),
            SignIn::External(source) => source.identity(),
        }
    }
}

fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidCredentials | ErrorKind::TokenRequestRefused
    )
}

/// An answer that may stand for a session that the server no longer knows; one that is busy says so, and silence says nothing.
fn is_odd_answer(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unavailable | ErrorKind::InvalidResponse
    )
}

/// An API that does not exist answers 404 or 405, or 200 with the web page; no other answer says anything about it.
fn is_missing(error: &Error) -> bool {
    match error.status() {
        Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => true,
        // The endpoint notes the status of a success only if its body was not JSON.
        Some(status) => status.is_success() && error.kind() == ErrorKind::InvalidResponse,
        None => false,
    }
}

/// As many attempts as one refresh of the cache makes; afterwards the credentials are shown again, which end no session that works.
const MAX_ODD_ANSWERS: u32 = 3;

const NOT_KNOWN: u8 = 0;
const V1: u8 = 1;
const V2: u8 = 2;

#[cfg(test)]
mod tests;
