//! Tests of token requests in a vendor's own JSON.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::*;
use crate::clock::ClockReading;
use crate::source::TokenSource;

#[derive(Debug)]
struct SignIn;

#[derive(Serialize)]
struct Body<'a> {
    key: &'a str,
    secret: &'a str,
}

#[derive(Deserialize)]
struct Session {
    session: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    code: u32,
    msg: String,
}

impl JsonTokenRequest for SignIn {
    type Body<'a> = Body<'a>;
    type Response = Session;

    fn body<'a>(&self, credentials: &'a Credentials) -> Body<'a> {
        Body {
            key: credentials.id(),
            secret: credentials.secret().expose_secret(),
        }
    }

    fn token(&self, response: Session, requested_at: ClockReading) -> Option<TokenResponse> {
        Some(TokenResponse::new(response.session?, requested_at))
    }

    fn read_error(&self, _: StatusCode, body: &[u8]) -> Option<TokenErrorResponse> {
        let failure: Failure = serde_json::from_slice(body).ok()?;
        let is_wrong_key = failure.code == 40101;
        Some(TokenErrorResponse::new(
            None,
            Some(failure.msg),
            is_wrong_key,
        ))
    }
}

/// Returns one response to every request, and keeps the last body.
#[derive(Debug)]
struct Server {
    status: u16,
    body: &'static str,
    sent: Mutex<Bytes>,
}

#[async_trait]
impl HttpClient for Server {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        *self.sent.lock().unwrap() = request.into_body();
        let response = Response::builder().status(self.status);
        Ok(response
            .body(Bytes::from_static(self.body.as_bytes()))
            .unwrap())
    }
}

async fn token(status: u16, body: &'static str) -> (Result<String>, Bytes) {
    let server = Arc::new(Server {
        status,
        body,
        sent: Mutex::default(),
    });
    let config = config(&CREDENTIALS).unwrap();
    let source = config.json_token_source(SignIn, server.clone()).unwrap();
    assert_eq!(source.identity().as_deref(), Some("fake-id"));
    let outcome = source.token().await;
    let token = outcome.map(|token| token.expose_secret().to_owned());
    let sent = server.sent.lock().unwrap().clone();
    (token, sent)
}

#[tokio::test]
async fn the_vendors_own_body_is_sent_and_its_token_returned() {
    let (token, sent) = token(200, r#"{"session":"fake-token"}"#).await;
    assert_eq!(token.unwrap(), "fake-token");
    assert_eq!(sent, r#"{"key":"fake-id","secret":"fake-secret"}"#);
}

#[tokio::test]
async fn an_error_is_one_whatever_its_status() {
    for status in [200, 400, 401] {
        for (body, kind) in [
            (
                r#"{"code":40101,"msg":"wrong fake-secret"}"#,
                ErrorKind::InvalidCredentials,
            ),
            (
                r#"{"code":50000,"msg":"no"}"#,
                ErrorKind::TokenRequestRefused,
            ),
        ] {
            let error = token(status, body).await.0.unwrap_err();
            assert_eq!(error.kind(), kind, "{status}: {error}");
            assert_eq!(error.status().unwrap(), status);
            assert_eq!(error.vendor(), Some("example"));
            assert!(!error.to_string().contains("fake-secret"), "{error}");
        }
    }
}

#[tokio::test]
async fn an_error_object_that_is_not_the_vendors_is_read_all_the_same() {
    let body = r#"{"error":"invalid_client","error_description":"unknown"}"#;
    for status in [200, 401] {
        let error = token(status, body).await.0.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::InvalidCredentials,
            "{status}: {error}"
        );
    }
    let error = token(503, "busy").await.0.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_success_without_a_token_is_an_invalid_response() {
    for body in ["{}", r#"{"session":7}"#, "[]", "7"] {
        let error = token(200, body).await.0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}: {error}");
        assert!(
            error.to_string().contains("not a token response"),
            "{error}"
        );
    }
}
