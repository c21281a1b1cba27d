//! Speaks for Maia by Matillion: Keycloak's token endpoint behind a gateway, projects, and pipelines that run by the clock.

mod runs;
mod calls;

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use self::calls::Call;
use self::runs::{Pipeline, Runs, Workspace};
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
pub struct Maia(Workspace);

impl Maia {
    /// Describes Maia with 60 projects, each with the environments `Development` and `Production` and the pipelines
    /// `Load sales`, which runs for 10 s, and `Broken pipeline`, which fails after 5 s.
    pub fn new() -> Self {
        Self(Workspace {
            projects: DEFAULT_PROJECTS,
            pipelines: vec![
                Pipeline::new("Load sales", Duration::from_secs(10), None),
                Pipeline::new(
                    "Broken pipeline",
                    Duration::from_secs(5),
                    Some("\"Load table\": Failed".to_owned()),
                ),
            ],
            has_short_shapes: false,
            runs: Runs::default(),
        })
    }

    /// Sets how many projects there are.
    pub fn projects(mut self, number: usize) -> Self {
        self.0.projects = number;
        self
    }

    /// Adds a published pipeline to every project, whose runs take this long by the emulator's clock and succeed.
    pub fn pipeline(mut self, name: impl Into<String>, duration: Duration) -> Self {
        self.0
            .pipelines
            .push(Pipeline::new(&name.into(), duration, None));
        self
    }

    /// Adds a published pipeline whose runs fail after this time, with a message.
    pub fn failing_pipeline(
        mut self,
        name: impl Into<String>,
        duration: Duration,
        message: impl Into<String>,
    ) -> Self {
        let pipeline = Pipeline::new(&name.into(), duration, Some(message.into()));
        self.0.pipelines.push(pipeline);
        self
    }

    /// Responds about runs as third-party descriptions of the API have it, with `id` and `status`, and inside `result`.
    pub fn short_shapes(mut self) -> Self {
        self.0.has_short_shapes = true;
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
        let call = Call {
            request,
            now: engine.clock.now(),
            workspace: &self.0,
        };
        call.reply()
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

fn message(status: StatusCode) -> Reply {
    calls::message(status, phrase(status))
}

const TOKEN_PATH: &str = "/oauth/dpc/token";
const SCOPE: &str = "pipeline-execution";

/// Three pages of the default size, the last one short.
const DEFAULT_PROJECTS: usize = 60;

/// Keycloak ignores the audience that a request names; the claim is the API's all the same.
const AUDIENCE: &str = "https://api.matillion.com";

/// Keycloak puts these very spaces into its headers.
const JWT_HEADER: &str = r#"{"alg":"RS256","typ" : "JWT","kid" : "emulated-key"}"#;
