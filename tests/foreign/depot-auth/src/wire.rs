//! Depot's spellings: its paths, its envelope, and the codes in it.

use auth_core::vendor::{ExpiresIn, JsonTokenRequest, TokenErrorResponse, TokenResponse};
use auth_core::{ApiErrorBody, ApiResponse, ClockReading, Credentials, Secret};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};

pub(crate) const SESSION_PATH: &str = "/v1/sessions";

pub(crate) const PARCELS_PATH: &str = "/v1/parcels";

/// The body of a success.
#[derive(Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) data: Option<T>,
}

/// The body of an error, whatever the status; a success has the code 0.
#[derive(Deserialize)]
struct Failure {
    code: u32,
    msg: String,
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
        let Session { token, ttl } = body.data?;
        let token = TokenResponse::new(Secret::from(token), requested_at);
        Some(token.with_expires_in(ttl))
    }

    fn read_error(&self, _: StatusCode, body: &[u8]) -> Option<TokenErrorResponse> {
        let Failure { code, msg } = failure(body)?;
        let is_wrong_key = code == WRONG_KEY;
        let code = Some(code.to_string());
        Some(TokenErrorResponse::new(code, Some(msg), is_wrong_key))
    }
}

pub(crate) fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
    let Some(Failure { code, msg }) = failure(response.body()) else {
        return ApiErrorBody::read(response);
    };
    Some(ApiErrorBody::new(Some(msg)).with_code(Some(code.to_string())))
}

pub(crate) fn is_invalid_token(response: &Response<Bytes>) -> bool {
    failure(response.body()).is_some_and(|failure| failure.code == INVALID_TOKEN)
}

fn failure(body: &[u8]) -> Option<Failure> {
    let failure = serde_json::from_slice(body).ok();
    failure.filter(|failure: &Failure| failure.code != 0)
}

const WRONG_KEY: u32 = 40101;

const INVALID_TOKEN: u32 = 40102;
