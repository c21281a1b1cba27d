//! `vauth serve`: a local token endpoint, in the way of clouds' metadata servers.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{AccessToken, Error, ErrorKind, TokenSource};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{Either, Empty, Full};
use serde::Serialize;

use crate::arguments::ServeArguments;
use crate::failure::{Failure, chain};
use crate::names::SettingNames;
use crate::server::{
    self, CallerBody, Format, Handled, Handler, Refusal, Setup, Transport, is_own_url,
};
use crate::settings::Settings;

pub(crate) async fn run(arguments: &ServeArguments, settings: &Settings) -> Result<(), Failure> {
    let client = settings.client()?;
    let handler = TokenServer {
        source: client.source(),
        names: settings.names(),
    };
    server::run(Setup {
        arguments: &arguments.server,
        client,
        handler,
        timeout: PAUSE_LIMIT,
        base_url: None,
    })
    .await
}

#[derive(Debug, Clone)]
struct TokenServer {
    source: Arc<dyn TokenSource>,
    names: SettingNames,
}

impl Handler for TokenServer {
    type Body = Empty<Bytes>;

    const FORMAT: Format = Format::OAuth;

    async fn handle(
        &self,
        request: Request<CallerBody>,
        transport: Transport,
    ) -> Handled<Self::Body> {
        let (head, _body) = request.into_parts();
        check(&head, transport)?;
        let token = self.source.token().await;
        let token = token.map_err(|error| self.refusal(&error))?;
        respond(&token, SystemTime::now())
    }
}

impl TokenServer {
    fn refusal(&self, error: &Error) -> Refusal {
        let (status, kind) = match error.kind() {
            ErrorKind::InvalidCredentials => (StatusCode::BAD_GATEWAY, "invalid_client"),
            ErrorKind::Throttled
            | ErrorKind::Unavailable
            | ErrorKind::Timeout
            | ErrorKind::Transport
            | ErrorKind::Closed => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
            _ => (StatusCode::BAD_GATEWAY, "server_error"),
        };
        Refusal::new(status, kind, chain(error, &self.names)).retry_after(error.retry_after())
    }
}

/// The response of RFC 6749 section 5.1; the keys are in the order of the RFC.
#[derive(Serialize)]
struct TokenResponse<'a> {
    access_token: &'a str,
    token_type: &'static str,
    /// The seconds that are left.
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

fn respond(token: &AccessToken, now: SystemTime) -> Handled<Empty<Bytes>> {
    let left = token.expires_at().duration_since(now).unwrap_or_default();
    let body = TokenResponse {
        access_token: token.expose_secret(),
        token_type: "Bearer",
        expires_in: left.as_secs(),
        scope: token.scope().map(|scope| scope.as_str()),
    };
    let json = serde_json::to_vec(&body).map_err(|_| {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "the response could not be written",
        )
    })?;
    let mut response = Response::new(Either::Left(Full::new(Bytes::from(json))));
    let headers = response.headers_mut();
    let values = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
        (PRAGMA, "no-cache"),
    ];
    for (name, value) in values {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// Fails for other paths and methods, and for requests that a page or a proxy may have sent on behalf of somebody else.
fn check(head: &Parts, transport: Transport) -> Result<(), Refusal> {
    let is_own_name = head.uri.authority().is_none() || is_own_url(&head.uri, transport);
    if !is_own_name {
        return Err(invalid(
            StatusCode::MISDIRECTED_REQUEST,
            "the URL names another server",
        ));
    }
    if head.uri.path() != PATH {
        return Err(invalid(
            StatusCode::NOT_FOUND,
            "only /token, /healthz and /metrics are served here",
        ));
    }
    if head.method != Method::GET {
        return Err(Refusal::method("GET", "use GET"));
    }
    check_headers(&head.headers)
}

fn check_headers(headers: &HeaderMap) -> Result<(), Refusal> {
    for name in ["X-Forwarded-For", "Forwarded"] {
        if headers.contains_key(name) {
            let message = format!("forwarded requests are not served: send no {name} header");
            return Err(invalid(StatusCode::FORBIDDEN, &message));
        }
    }
    let value = headers.get(HEADER).map(HeaderValue::as_bytes);
    if value.is_some_and(|value| value.eq_ignore_ascii_case(b"true")) {
        return Ok(());
    }
    Err(invalid(
        StatusCode::BAD_REQUEST,
        "the header `Vauth: true` is missing",
    ))
}

fn invalid(status: StatusCode, message: &str) -> Refusal {
    Refusal::new(status, "invalid_request", message)
}

const PATH: &str = "/token";

/// A page cannot send it to another site without a permission, which this server never grants.
const HEADER: &str = "vauth";

/// No request has a body, and no response is large.
const PAUSE_LIMIT: Duration = Duration::from_secs(10);
