//! Speaks for Maia by Matillion: Keycloak's token endpoint behind a gateway, and projects.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

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

/// The emulated Maia and what is particular to it.
///
/// # Examples
///
/// ```
/// use auth_testkit::{Emulator, Maia};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start(Maia::new().projects(3)).await?;
/// assert_eq!(emulator.name(), "maia");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Maia {
    projects: usize,
}

impl Maia {
    /// Describes Maia with 60 projects.
    pub fn new() -> Self {
        Self {
            projects: DEFAULT_PROJECTS,
        }
    }

    /// Sets how many projects there are.
    pub fn projects(mut self, number: usize) -> Self {
        self.projects = number;
        self
    }
}

impl Default for Maia {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Maia> for EmulatorBuilder {
    fn from(maia: Maia) -> Self {
        Self::new(maia)
    }
}

impl Model for Maia {
    fn name(&self) -> &'static str {
        "maia"
    }

    fn title(&self) -> &'static str {
        "Maia"
    }

    fn token_path(&self) -> Option<&str> {
        Some(TOKEN_PATH)
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(1_800)
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
    fn token(&self, request: &ReceivedRequest, engine: &Engine) -> Reply {
        if request.method() != "POST" {
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
            engine.clients.standing(&presented.id, &presented.secret)
        });
        let client = match standing {
            Standing::Unknown | Standing::Disabled => return refused("invalid_client"),
            Standing::WrongSecret => return refused("unauthorized_client"),
            Standing::Good(client) => client,
        };
        if form.has_duplicate() {
            return invalid_request("duplicated parameter");
        }
        match form.get("scope") {
            Some(scope) if scope.split(' ').any(|part| part != SCOPE) => {
                bad_request("invalid_scope", &format!("Invalid scopes: {scope}"))
            }
            _ => success(engine, &client),
        }
    }

    fn api(&self, request: &ReceivedRequest, engine: &Engine) -> Reply {
        let token = Bearer::of(request).token();
        if !token.is_some_and(|token| engine.accepts(token)) {
            return message(StatusCode::UNAUTHORIZED);
        }
        match (request.path(), request.method().as_str()) {
            (PROJECTS_PATH, "GET") => projects(request, self.projects),
            (PROJECTS_PATH, _) => message(StatusCode::METHOD_NOT_ALLOWED),
            _ => message(StatusCode::NOT_FOUND).unscripted(),
        }
    }

    fn open(&self, _request: &ReceivedRequest) -> Reply {
        Reply::gateway_page(StatusCode::NOT_FOUND).unscripted()
    }

    fn failure(&self, place: Place, _path: &str, status: StatusCode) -> Reply {
        match (place, status.as_u16()) {
            (_, 429 | 502..=504) => Reply::text(status, phrase(status)),
            (Place::Token, 400) => invalid_request("Invalid request"),
            (Place::Token, 401) => refused("invalid_client"),
            (Place::Token, 403) => Reply::oauth_error(status, "access_denied", "Realm not enabled"),
            (Place::Token, 500) => Reply::oauth_error(status, "unknown_error", phrase(status)),
            (Place::Token, _) => keycloak_status(status),
            // The allow list of addresses; a missing right is a 403 too, whose text is not documented.
            (_, 403) => Reply::text(status, "IP not allowed for any organization"),
            _ => message(status),
        }
    }
}

fn success(engine: &Engine, client: &Client) -> Reply {
    let (token, times) = engine.issue(client, |times| {
        let claims = json!({
            "iat": times.issued_at,
            "exp": times.expires_at(),
            "jti": jwt::uuid(),
            "iss": format!("{}/oauth/dpc", engine.base_url),
            "aud": AUDIENCE,
            "sub": client.uuid(),
            "typ": "Bearer",
            "azp": client.id(),
            "client_id": client.id(),
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
    Reply::json_with(StatusCode::OK, &body).not_stored()
}

fn projects(request: &ReceivedRequest, total: usize) -> Reply {
    let number = |name, default| {
        request
            .query(name)
            .map_or(Some(default), |text| text.parse::<usize>().ok())
    };
    let (Some(page), Some(size @ 1..=100)) = (number("page", 0), number("size", 25)) else {
        let body = json!({ "message": "page must be 0 or more, size must be 1 to 100" });
        return Reply::json_with(StatusCode::BAD_REQUEST, &body);
    };
    let results: Vec<Value> = (0..total)
        .skip(page.saturating_mul(size))
        .take(size)
        .map(|index| project(index, total))
        .collect();
    let body = json!({ "page": page, "results": results, "size": size, "total": total });
    Reply::json_with(StatusCode::OK, &body)
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

fn refused(code: &str) -> Reply {
    Reply::oauth_error(
        StatusCode::UNAUTHORIZED,
        code,
        "Invalid client or Invalid client credentials",
    )
}

fn invalid_request(description: &str) -> Reply {
    bad_request("invalid_request", description)
}

fn bad_request(code: &str, description: &str) -> Reply {
    Reply::oauth_error(StatusCode::BAD_REQUEST, code, description)
}

/// Keycloak's error if its REST layer rejects a request, not its OAuth layer.
fn keycloak_status(status: StatusCode) -> Reply {
    let text = format!("HTTP {} {}", status.as_u16(), phrase(status));
    Reply::json_with(status, &json!({ "error": text }))
}

/// The API's error bodies are not documented.
fn message(status: StatusCode) -> Reply {
    Reply::json_with(status, &json!({ "message": phrase(status) }))
}

const TOKEN_PATH: &str = "/oauth/dpc/token";
const PROJECTS_PATH: &str = "/dpc/v1/projects";
const SCOPE: &str = "pipeline-execution";

/// Three pages of the default size, the last one short.
const DEFAULT_PROJECTS: usize = 60;

/// Keycloak ignores the audience that a request names; the claim is the API's all the same.
const AUDIENCE: &str = "https://api.matillion.com";

/// Keycloak puts these very spaces into its headers.
const JWT_HEADER: &str = r#"{"alg":"RS256","typ" : "JWT","kid" : "emulated-key"}"#;
