//! Speaks for Maia by Matillion: Keycloak's token endpoint behind a gateway, and projects.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use wiremock::Request;

use crate::answer::{Answer, reason};
use crate::behaviour::{Behaviour, Place, is_below};
use crate::jwt;
use crate::request::{Bearer, Form, Presented, query};
use crate::state::{Standing, State};

#[derive(Debug)]
pub(crate) struct Maia;

impl Behaviour for Maia {
    fn token_path(&self, _state: &State) -> &'static str {
        TOKEN_PATH
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(1_800)
    }

    fn username(&self) -> Option<&'static str> {
        None
    }

    fn title(&self) -> &'static str {
        "Maia"
    }

    fn place(&self, path: &str) -> Place {
        if path == TOKEN_PATH {
            Place::Token
        } else if is_below(path, "/dpc") {
            Place::Api
        } else {
            Place::Open
        }
    }

    /// Checks in Keycloak's order: the grant before the client, the duplicates after it, the scope last.
    fn token(&self, request: &Request, state: &State) -> Answer {
        if request.method != "POST" {
            return keycloak_status(StatusCode::METHOD_NOT_ALLOWED);
        }
        let Some(form) = Form::of(request) else {
            return keycloak_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        };
        match form.get("grant_type") {
            None => return invalid_request("Missing form parameter: grant_type"),
            Some("client_credentials") => {}
            Some(_) => {
                return bad_request("unsupported_grant_type", "Unsupported grant_type");
            }
        }
        let presented = match Presented::by_basic(request) {
            Some(basic) => Some(basic.form_decoded()),
            None => Presented::by_form(&form),
        };
        let standing = presented.map_or(Standing::Unknown, |presented| {
            state.standing(&presented.id, &presented.secret)
        });
        match standing {
            Standing::Unknown | Standing::Disabled => return refused("invalid_client"),
            Standing::WrongSecret => return refused("unauthorized_client"),
            Standing::Good => {}
        }
        if form.has_duplicate() {
            return invalid_request("duplicated parameter");
        }
        match form.get("scope") {
            Some(scope) if scope.split(' ').any(|part| part != SCOPE) => {
                bad_request("invalid_scope", &format!("Invalid scopes: {scope}"))
            }
            _ => success(state),
        }
    }

    fn api(&self, request: &Request, state: &State) -> Answer {
        let token = Bearer::of(request).token();
        if !token.is_some_and(|token| state.accepts(token)) {
            return message(StatusCode::UNAUTHORIZED);
        }
        match (request.url.path(), request.method.as_str()) {
            (PROJECTS_PATH, "GET") => projects(request, state),
            (PROJECTS_PATH, _) => message(StatusCode::METHOD_NOT_ALLOWED),
            _ => message(StatusCode::NOT_FOUND),
        }
    }

    fn open(&self, _request: &Request) -> Answer {
        Answer::gateway_page(StatusCode::NOT_FOUND)
    }

    fn failure(&self, place: Place, _path: &str, status: StatusCode) -> Answer {
        match (place, status.as_u16()) {
            (_, 429 | 502..=504) => Answer::text(status, reason(status)),
            (Place::Token, 400) => invalid_request("Invalid request"),
            (Place::Token, 401) => refused("invalid_client"),
            (Place::Token, 403) => {
                Answer::oauth_error(status, "access_denied", "Realm not enabled")
            }
            (Place::Token, 500) => Answer::oauth_error(status, "unknown_error", reason(status)),
            (Place::Token, _) => keycloak_status(status),
            // The allow list of addresses; a missing right is a 403 too, whose text is not documented.
            (_, 403) => Answer::text(status, "IP not allowed for any organization"),
            _ => message(status),
        }
    }
}

fn success(state: &State) -> Answer {
    let (token, times) = state.issue(|times| {
        let claims = json!({
            "iat": times.issued_at,
            "exp": times.issued_at.saturating_add(times.expires_in),
            "jti": jwt::uuid(),
            "iss": format!("{}/oauth/dpc", state.base_url),
            "aud": AUDIENCE,
            "sub": state.client_uuid,
            "typ": "Bearer",
            "azp": state.client_id,
            "client_id": state.client_id,
            "scope": SCOPE,
        });
        jwt::encode(JWT_HEADER, &claims)
    });
    let body = json!({
        "access_token": token,
        "expires_in": times.expires_in,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": SCOPE,
    });
    Answer::json(StatusCode::OK, &body).not_stored()
}

fn projects(request: &Request, state: &State) -> Answer {
    let number = |name, default| {
        query(request, name).map_or(Some(default), |text| text.parse::<usize>().ok())
    };
    let (Some(page), Some(size @ 1..=100)) = (number("page", 0), number("size", 25)) else {
        let body = json!({ "message": "page must be 0 or more, size must be 1 to 100" });
        return Answer::json(StatusCode::BAD_REQUEST, &body);
    };
    let results: Vec<Value> = (0..state.projects)
        .skip(page.saturating_mul(size))
        .take(size)
        .map(|index| project(index, state.projects))
        .collect();
    let body = json!({ "page": page, "results": results, "size": size, "total": state.projects });
    Answer::json(StatusCode::OK, &body)
}

/// The same number is the same project in every emulator, so that a test may name one.
fn project(index: usize, total: usize) -> Value {
    let number = index + 1;
    // An odd multiplier spreads the numbers over all digits and keeps them distinct.
    let id =
        jwt::uuid_from((number as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    json!({
        "id": id,
        "name": format!("Project {number:02}"),
        "description": format!("Seeded project {number} of {total}"),
    })
}

fn refused(code: &str) -> Answer {
    Answer::oauth_error(
        StatusCode::UNAUTHORIZED,
        code,
        "Invalid client or Invalid client credentials",
    )
}

fn invalid_request(description: &str) -> Answer {
    bad_request("invalid_request", description)
}

fn bad_request(code: &str, description: &str) -> Answer {
    Answer::oauth_error(StatusCode::BAD_REQUEST, code, description)
}

/// What Keycloak answers where its REST layer, not its OAuth layer, refuses.
fn keycloak_status(status: StatusCode) -> Answer {
    let text = format!("HTTP {} {}", status.as_u16(), reason(status));
    Answer::json(status, &json!({ "error": text }))
}

/// The API's error bodies are not documented.
fn message(status: StatusCode) -> Answer {
    Answer::json(status, &json!({ "message": reason(status) }))
}

const TOKEN_PATH: &str = "/oauth/dpc/token";
const PROJECTS_PATH: &str = "/dpc/v1/projects";
const SCOPE: &str = "pipeline-execution";

/// Keycloak ignores the audience that a request names; the claim is the API's all the same.
const AUDIENCE: &str = "https://api.matillion.com";

/// Keycloak puts these very spaces into its headers.
const JWT_HEADER: &str = r#"{"alg":"RS256","typ" : "JWT","kid" : "emulated-key"}"#;
