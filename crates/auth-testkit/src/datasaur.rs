//! Emulates Datasaur: opaque tokens, GraphQL, uploads, a little REST, and a web interface on every other path.
//!
//! Its error answers are not documented. They follow node's old `oauth2-server`, whose 40 hexadecimal digits its tokens are.

mod document;
mod schema;
mod validate;
mod jobs;
mod data;
mod upload;
mod execute;
mod graphql;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use self::data::Workspace;
use crate::builder::EmulatorBuilder;
use crate::clients::{Client, Standing};
use crate::engine::Engine;
use crate::error::phrase;
use crate::jwt;
use crate::model::{Model, is_below};
use crate::reading::{Bearer, Form, Presented};
use crate::records::Place;
use crate::reply::Reply;
use crate::request::ReceivedRequest;

/// The emulated Datasaur and what is particular to it.
///
/// # Examples
///
/// ```
/// use auth_testkit::{Datasaur, Emulator};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start(Datasaur::new().me_is_null()).await?;
/// assert_eq!(emulator.name(), "datasaur");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct Datasaur {
    workspace: Workspace,
    has_separate_hosts: bool,
}

impl Datasaur {
    /// Describes Datasaur with one user and two projects, at one host, as a self-hosted installation is.
    ///
    /// Jobs take 3 s by the emulator's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has GraphQL return `me: null`, as it may for a token that it accepts all the same.
    pub fn me_is_null(mut self) -> Self {
        self.workspace.me_is_null = true;
        self
    }

    /// Serves the API, the token endpoint and the uploads at hosts of their own, as the vendor's cloud does.
    ///
    /// [`Emulator::base_url`](crate::Emulator::base_url) is the API's; nothing else is served at the other two.
    pub fn separate_hosts(mut self) -> Self {
        self.has_separate_hosts = true;
        self
    }

    /// Sets how long jobs take by the emulator's clock.
    pub fn job_duration(mut self, duration: Duration) -> Self {
        self.workspace.job_duration = duration;
        self
    }

    /// Has every job fail at its end, with this text.
    pub fn failing_jobs(mut self, text: impl Into<String>) -> Self {
        self.workspace.job_failure = Some(text.into());
        self
    }
}

impl From<Datasaur> for EmulatorBuilder {
    fn from(datasaur: Datasaur) -> Self {
        Self::new(datasaur)
    }
}

impl Model for Datasaur {
    fn name(&self) -> &'static str {
        "datasaur"
    }

    fn title(&self) -> &'static str {
        "Datasaur"
    }

    fn token_path(&self) -> Option<&str> {
        Some(TOKEN_PATH)
    }

    fn further_hosts(&self) -> usize {
        if self.has_separate_hosts { 2 } else { 0 }
    }

    fn host_of(&self, path: &str) -> Option<usize> {
        self.has_separate_hosts.then_some(match path {
            TOKEN_PATH => 1,
            UPLOAD_PATH => 2,
            _ => 0,
        })
    }

    fn upload_path(&self) -> Option<&str> {
        Some(UPLOAD_PATH)
    }

    fn max_body(&self, path: &str) -> usize {
        if path == UPLOAD_PATH {
            MAX_UPLOAD
        } else {
            1 << 20
        }
    }

    fn place(&self, path: &str) -> Place {
        if path == TOKEN_PATH {
            Place::Token
        } else if matches!(path, GRAPHQL_PATH | UPLOAD_PATH) || is_below(path, "/api/v1") {
            Place::Api
        } else {
            Place::Open
        }
    }

    fn token(&self, request: &ReceivedRequest, engine: &Engine) -> Reply {
        if request.method() != "POST" {
            return invalid_request("Invalid request: method must be POST");
        }
        let Some(form) = Form::of(request) else {
            return invalid_request(
                "Invalid request: content must be application/x-www-form-urlencoded",
            );
        };
        if form.has_duplicate() {
            return invalid_request("Invalid request: a parameter was sent twice");
        }
        let basic = Presented::by_basic(request);
        if basic.is_some() && form.get("client_secret").is_some() {
            return invalid_request("Invalid request: only one authentication method is allowed");
        }
        let is_basic = basic.is_some();
        let Some(presented) = basic.or_else(|| Presented::by_form(&form)) else {
            return invalid_client(false, "Invalid client: cannot retrieve client credentials");
        };
        let Some(client) = find(&presented, is_basic, engine) else {
            return invalid_client(is_basic, "Invalid client: client is invalid");
        };
        match form.get("grant_type") {
            None => invalid_request("Missing parameter: `grant_type`"),
            Some("client_credentials") => success(engine, &client),
            Some(_) => oauth_error(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "Unsupported grant type: `grant_type` is invalid",
            ),
        }
    }

    fn api(&self, request: &ReceivedRequest, engine: &Engine) -> Reply {
        let path = request.path();
        let bearer = Bearer::of(request);
        // The family matches /^Bearer\s(\S+)/ with regard to case and calls everything else malformed.
        if matches!(bearer, Bearer::Malformed | Bearer::OtherCase(_)) {
            return invalid_request("Invalid request: malformed authorization header");
        }
        let is_welcome = bearer.token().is_some_and(|token| engine.accepts(token));
        match (path, request.method().as_str()) {
            (GRAPHQL_PATH, "POST") if is_welcome => {
                let now = engine.clock.now();
                let (status, body) = graphql::answer(request, &self.workspace, now);
                json_answer(status, &body)
            }
            (GRAPHQL_PATH, "POST") => graphql_refusal(StatusCode::OK),
            (GRAPHQL_PATH, _) => graphql_error(
                StatusCode::METHOD_NOT_ALLOWED,
                "GraphQL only supports POST requests.",
                "GraphQLError",
            ),
            (UPLOAD_PATH, "POST") if is_welcome => match upload::file_name(request) {
                Ok(name) => {
                    let key = self.workspace.upload(&name);
                    json_answer(StatusCode::OK, &json!({ "objectKey": key }))
                }
                Err(problem) => message(StatusCode::BAD_REQUEST, problem),
            },
            (UPLOAD_PATH, "POST") => message(StatusCode::UNAUTHORIZED, "Unauthorized"),
            (UPLOAD_PATH, _) => message(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
            // Its response is not documented.
            (USERS_PATH, "POST") if is_welcome => json_answer(StatusCode::OK, &json!({})),
            (USERS_PATH, "POST") => message(StatusCode::UNAUTHORIZED, "Unauthorized"),
            _ => message(StatusCode::NOT_FOUND, "Not Found").unscripted(),
        }
    }

    fn open(&self, request: &ReceivedRequest) -> Reply {
        let path = request.path();
        if path == HEALTH_PATH && request.method() == "GET" {
            let version = env!("CARGO_PKG_VERSION");
            json_answer(
                StatusCode::OK,
                &json!({ "version": version, "status": "ok" }),
            )
        } else if BACKEND.iter().any(|prefix| is_below(path, prefix)) {
            message(StatusCode::NOT_FOUND, "Not Found").unscripted()
        } else {
            Reply::front_end(self.title()).unscripted()
        }
    }

    fn failure(&self, place: Place, path: &str, status: StatusCode) -> Reply {
        match status.as_u16() {
            429 | 502..=504 => Reply::gateway_page(status),
            401 if place == Place::Token => {
                invalid_client(true, "Invalid client: client is invalid")
            }
            403 if place == Place::Token => oauth_error(status, "access_denied", phrase(status)),
            400..=499 if place == Place::Token => {
                oauth_error(status, "invalid_request", phrase(status))
            }
            _ if place == Place::Token => oauth_error(status, "server_error", phrase(status)),
            401 if path == GRAPHQL_PATH => graphql_refusal(status),
            _ if path == GRAPHQL_PATH => graphql_error(status, phrase(status), "GraphQLError"),
            _ => message(status, phrase(status)),
        }
    }

    fn invalid_token(&self, place: Place, path: &str, status: StatusCode) -> Reply {
        if path == GRAPHQL_PATH {
            graphql_refusal(status)
        } else {
            self.failure(place, path, status).with_invalid_token()
        }
    }
}

fn success(engine: &Engine, client: &Client) -> Reply {
    let (token, times) = engine.issue(client, |_| jwt::hex(TOKEN_DIGITS));
    let body = json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": times.expires_in,
    });
    json_answer(StatusCode::OK, &body).not_stored()
}

/// The family reads a Basic header as it is; RFC 6749 has its parts form-encoded. Which one holds is not documented.
fn find(presented: &Presented, is_basic: bool, engine: &Engine) -> Option<Arc<Client>> {
    let good = |presented: &Presented| {
        let standing = engine.clients.standing(&presented.id, &presented.secret);
        match standing {
            Standing::Good(client) => Some(client),
            Standing::Unknown | Standing::Disabled | Standing::WrongSecret => None,
        }
    };
    let decoded = || good(&presented.form_decoded()).filter(|_| is_basic);
    good(presented).or_else(decoded)
}

/// A wrong secret is 400 in the body, and 401 with a challenge in a Basic header.
fn invalid_client(is_basic: bool, description: &str) -> Reply {
    if is_basic {
        let challenge = HeaderValue::from_static("Basic realm=\"Service\"");
        oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", description)
            .with_header_value(header::WWW_AUTHENTICATE, challenge)
    } else {
        oauth_error(StatusCode::BAD_REQUEST, "invalid_client", description)
    }
}

fn invalid_request(description: &str) -> Reply {
    oauth_error(StatusCode::BAD_REQUEST, "invalid_request", description)
}

fn oauth_error(status: StatusCode, code: &str, description: &str) -> Reply {
    let body = json!({ "error": code, "error_description": description });
    json_answer(status, &body)
}

fn graphql_refusal(status: StatusCode) -> Reply {
    let body = json!({
        "errors": [{ "message": "Unauthorized", "extensions": { "type": "AuthenticationError" } }],
        "data": null,
    });
    json_answer(status, &body).with_invalid_token()
}

fn graphql_error(status: StatusCode, message: &str, kind: &str) -> Reply {
    let body = json!({ "errors": [{ "message": message, "extensions": { "type": kind } }] });
    json_answer(status, &body)
}

fn message(status: StatusCode, text: &str) -> Reply {
    json_answer(status, &json!({ "message": text }))
}

fn json_answer(status: StatusCode, body: &Value) -> Reply {
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    Reply::new(status, content_type, body.to_string().into_bytes())
}

const TOKEN_PATH: &str = "/api/oauth/token";
const GRAPHQL_PATH: &str = "/graphql";
const UPLOAD_PATH: &str = "/api/static/proxy/upload";
const USERS_PATH: &str = "/api/v1/users";
const HEALTH_PATH: &str = "/api/health";

/// What a self-hosted installation's ingress sends to the backend; the web interface gets the rest.
const BACKEND: [&str; 5] = ["/api", "/admin", "/graphql", "/auth", "/export"];

/// A SHA-1 in hexadecimal.
const TOKEN_DIGITS: usize = 40;

/// Not documented; the emulator holds an upload in memory.
const MAX_UPLOAD: usize = 512 << 20;
