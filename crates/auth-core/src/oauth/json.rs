//! Token requests whose body is JSON.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{TokenEndpoint, TokenErrorResponse, TokenHttpResponse};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

impl TokenEndpoint {
    /// Sends a JSON body with POST; otherwise as [`TokenEndpoint::send`].
    ///
    /// The buffer that holds the body is wiped. `secrets` are those in it.
    ///
    /// # Errors
    /// As [`TokenEndpoint::send`], and [`ErrorKind::Config`] for a body that cannot be written as JSON.
    pub async fn send_json(
        &self,
        body: &impl Serialize,
        secrets: &[&Secret],
        read_refusal: impl Fn(StatusCode, &[u8]) -> TokenErrorResponse,
    ) -> Result<TokenHttpResponse> {
        let body = json_body(body, secrets)?;
        self.send_body(body, secrets, read_refusal).await
    }

    /// Sends a body that [`json_body`] wrote.
    pub(crate) async fn send_body(
        &self,
        body: Secret,
        secrets: &[&Secret],
        read_refusal: impl Fn(StatusCode, &[u8]) -> TokenErrorResponse,
    ) -> Result<TokenHttpResponse> {
        let mut request = Request::post(self.url().clone())
            .body(body.into_bytes())
            .map_err(|_| Error::config("the token endpoint's URL cannot be requested"))?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json.clone());
        request.headers_mut().insert(ACCEPT, json);
        self.send(request, secrets, read_refusal).await
    }
}

impl TokenHttpResponse {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`] if it is not the JSON that was expected.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        // The parser's own words may quote the body, and with it the token.
        serde_json::from_slice(&self.body).map_err(|_| not_a_token_response())
    }
}

/// Makes the error for a success that holds no token.
pub(crate) fn not_a_token_response() -> Error {
    Error::new(
        ErrorKind::InvalidResponse,
        "the token endpoint's response is not a token response",
    )
}

/// Writes the request into a buffer that is wiped and has its full size from the start, since one that grows leaves copies behind.
pub(crate) fn json_body(body: &impl Serialize, secrets: &[&Secret]) -> Result<Secret> {
    // A byte takes six characters at most when it is escaped.
    let length = |secret: &&Secret| 6 * secret.expose_secret().len();
    let capacity = MAX_BESIDE_SECRETS + secrets.iter().map(length).sum::<usize>();
    let mut text = Vec::with_capacity(capacity);
    serde_json::to_writer(&mut text, body)
        .ok()
        .and_then(|()| String::from_utf8(text).ok())
        .map(Secret::from)
        .ok_or_else(|| Error::config("the token request cannot be written as JSON"))
}

/// The names of the members, and any id.
const MAX_BESIDE_SECRETS: usize = 4 * 1024;
