//! Speaks for Datasaur: opaque tokens, GraphQL, a little REST, and a front end on every other path.
//!
//! Its error answers are not documented. They follow node's old `oauth2-server`, whose 40 hexadecimal digits its tokens are.

mod document;
mod schema;
mod validate;
mod data;
mod execute;
mod graphql;

use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use wiremock::Request;

use crate::answer::{Answer, reason};
use crate::behaviour::{Behaviour, Place, is_below};
use crate::jwt;
use crate::request::{Bearer, Form, Presented};
use crate::state::{Standing, State};

#[derive(Debug)]
pub(crate) struct Datasaur;

impl Behaviour for Datasaur {
    fn token_path(&self, _state: &State) -> &'static str {
        TOKEN_PATH
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    fn username(&self) -> Option<&'static str> {
        None
    }

    fn title(&self) -> &'static str {
        "Datasaur"
    }

    fn place(&self, path: &str) -> Place {
        if path == TOKEN_PATH {
            Place::Token
        } else if path == GRAPHQL_PATH || is_below(path, "/api/v1") {
            Place::Api
        } else {
            Place::Open
        }
    }

    fn token(&self, request: &Request, state: &State) -> Answer {
        if request.method != "POST" {
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
        if !is_good(&presented, is_basic, state) {
            return invalid_client(is_basic, "Invalid client: client is invalid");
        }
        match form.get("grant_type") {
            None => invalid_request("Missing parameter: `grant_type`"),
            Some("client_credentials") => success(state),
            Some(_) => oauth_error(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "Unsupported grant type: `grant_type` is invalid",
            ),
        }
    }

    fn api(&self, request: &Request, state: &State) -> Answer {
        let path = request.url.path();
        let bearer = Bearer::of(request);
        // The family matches /^Bearer\s(\S+)/ with regard to case and calls everything else malformed.
        if matches!(bearer, Bearer::Malformed | Bearer::OtherCase(_)) {
            return invalid_request("Invalid request: malformed authorization header");
        }
        let is_welcome = bearer.token().is_some_and(|token| state.accepts(token));
        match (path, request.method.as_str()) {
            (GRAPHQL_PATH, "POST") if is_welcome => {
                let (status, body) = graphql::answer(request, state.me_is_null);
                json_answer(status, &body)
            }
            (GRAPHQL_PATH, "POST") => graphql_refusal(StatusCode::OK),
            (GRAPHQL_PATH, _) => graphql_error(
                StatusCode::METHOD_NOT_ALLOWED,
                "GraphQL only supports POST requests.",
                "GraphQLError",
            ),
            (USERS_PATH, "GET") if is_welcome => json_answer(StatusCode::OK, &json!([])),
            (USERS_PATH, "GET") => message(StatusCode::UNAUTHORIZED, "Unauthorized"),
            _ => message(StatusCode::NOT_FOUND, "Not Found"),
        }
    }

    fn open(&self, request: &Request) -> Answer {
        let path = request.url.path();
        if path == HEALTH_PATH && request.method == "GET" {
            let version = env!("CARGO_PKG_VERSION");
            json_answer(
                StatusCode::OK,
                &json!({ "version": version, "status": "ok" }),
            )
        } else if BACKEND.iter().any(|prefix| is_below(path, prefix)) {
            message(StatusCode::NOT_FOUND, "Not Found")
        } else {
            Answer::front_end(self.title())
        }
    }

    fn failure(&self, place: Place, path: &str, status: StatusCode) -> Answer {
        match status.as_u16() {
            429 | 502..=504 => Answer::gateway_page(status),
            401 if place == Place::Token => {
                invalid_client(true, "Invalid client: client is invalid")
            }
            403 if place == Place::Token => oauth_error(status, "access_denied", reason(status)),
            400..=499 if place == Place::Token => {
                oauth_error(status, "invalid_request", reason(status))
            }
            _ if place == Place::Token => oauth_error(status, "server_error", reason(status)),
            401 if path == GRAPHQL_PATH => graphql_refusal(status),
            _ if path == GRAPHQL_PATH => graphql_error(status, reason(status), "GraphQLError"),
            _ => message(status, reason(status)),
        }
    }

    fn refusal(&self, place: Place, path: &str, status: StatusCode) -> Answer {
        if path == GRAPHQL_PATH {
            graphql_refusal(status)
        } else {
            self.failure(place, path, status).refusing_token()
        }
    }
}

fn success(state: &State) -> Answer {
    let (token, times) = state.issue(|_| jwt::hex(TOKEN_DIGITS));
    let body = json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": times.expires_in,
    });
    json_answer(StatusCode::OK, &body).not_stored()
}

/// The family reads a Basic header as it is; RFC 6749 has its parts form-encoded. Which one holds is not established.
fn is_good(presented: &Presented, is_basic: bool, state: &State) -> bool {
    let judge = |presented: &Presented| state.standing(&presented.id, &presented.secret);
    judge(presented) == Standing::Good
        || is_basic && judge(&presented.form_decoded()) == Standing::Good
}

/// A wrong secret is 400 in the body, and 401 with a challenge in a Basic header.
fn invalid_client(is_basic: bool, description: &str) -> Answer {
    if is_basic {
        let challenge = HeaderValue::from_static("Basic realm=\"Service\"");
        oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", description)
            .with_header(header::WWW_AUTHENTICATE, challenge)
    } else {
        oauth_error(StatusCode::BAD_REQUEST, "invalid_client", description)
    }
}

fn invalid_request(description: &str) -> Answer {
    oauth_error(StatusCode::BAD_REQUEST, "invalid_request", description)
}

fn oauth_error(status: StatusCode, code: &str, description: &str) -> Answer {
    let body = json!({ "error": code, "error_description": description });
    json_answer(status, &body)
}

fn graphql_refusal(status: StatusCode) -> Answer {
    let body = json!({
        "errors": [{ "message": "Unauthorized", "extensions": { "type": "AuthenticationError" } }],
        "data": null,
    });
    json_answer(status, &body).refusing_token()
}

fn graphql_error(status: StatusCode, message: &str, kind: &str) -> Answer {
    let body = json!({ "errors": [{ "message": message, "extensions": { "type": kind } }] });
    json_answer(status, &body)
}

fn message(status: StatusCode, text: &str) -> Answer {
    json_answer(status, &json!({ "message": text }))
}

fn json_answer(status: StatusCode, body: &Value) -> Answer {
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    Answer::new(status, content_type, body.to_string().into_bytes())
}

const TOKEN_PATH: &str = "/api/oauth/token";
const GRAPHQL_PATH: &str = "/graphql";
const USERS_PATH: &str = "/api/v1/users";
const HEALTH_PATH: &str = "/api/health";

/// What a self-hosted installation's ingress sends to the backend; the front end gets the rest.
const BACKEND: [&str; 5] = ["/api", "/admin", "/graphql", "/auth", "/export"];

/// A SHA-1 in hexadecimal.
const TOKEN_DIGITS: usize = 40;
