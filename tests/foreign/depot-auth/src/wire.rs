//! Depot's spellings: its paths, its envelope, and the codes in it.

use auth_core::vendor::{ExpiresIn, JsonTokenRequest, TokenErrorResponse, TokenResponse};
use auth_core::{ClockReading, Credentials};
use http::StatusCode;
use serde::{Deserialize, Serialize};

pub(crate) const SESSION_PATH: &str = "/v1/sessions";

pub(crate) const PARCELS_PATH: &str = "/v1/parcels";

/// The body of a success.
#[derive(Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) data: T,
}

/// The body of an error, whatever the status; a success has the code 0.
#[derive(Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: u32,
    pub(crate) msg: String,
}

/// The token request.
#[derive(Debug)]
pub(crate) struct SignIn;

#[derive(Serialize)]
pub(crate) struct SignInBody<'a> {
    key: &'a str,
    secret: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Session {
    token: String,
    ttl: Option<ExpiresIn>,
}

impl JsonTokenRequest for SignIn {
    type Body<'a> = SignInBody<'a>;
    type Response = Envelope<Session>;

    fn body<'a>(&self, credentials: &'a Credentials) -> SignInBody<'a> {
        SignInBody {
            key: credentials.id(),
            secret: credentials.secret().expose_secret(),
        }
    }

    fn token(&self, body: Envelope<Session>, requested_at: ClockReading) -> Option<TokenResponse> {
        let token = TokenResponse::new(body.data.token, requested_at);
        Some(token.with_expires_in(body.data.ttl))
    }

    fn read_error(&self, _: StatusCode, body: &[u8]) -> Option<TokenErrorResponse> {
        let Failure { code, msg } = failure(body)?;
        let (code, is_wrong_key) = (code.to_string(), code == WRONG_KEY);
        Some(TokenErrorResponse::new(Some(code), Some(msg), is_wrong_key))
    }
}

/// Reads the error that a body is.
pub(crate) fn failure(body: &[u8]) -> Option<Failure> {
    let failure: Failure = serde_json::from_slice(body).ok()?;
    (failure.code != 0).then_some(failure)
}

const WRONG_KEY: u32 = 40101;

pub(crate) const INVALID_TOKEN: u32 = 40102;
