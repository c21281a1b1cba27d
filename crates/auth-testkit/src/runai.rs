//! Speaks for NVIDIA Run:ai, control plane 2.24: two token APIs, applications, and the web UI on every other path.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use wiremock::Request;

use crate::answer::{Answer, reason};
use crate::behaviour::{Behaviour, Place, is_below};
use crate::jwt;
use crate::request::{Bearer, Form, JsonFields, Presented};
use crate::state::{Standing, State};
use crate::timestamp::rfc3339;

#[derive(Debug)]
pub(crate) struct Runai;

impl Behaviour for Runai {
    fn token_path(&self) -> &'static str {
        V2_PATH
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    fn username(&self) -> Option<&'static str> {
        Some(ADMINISTRATOR)
    }

    fn title(&self) -> &'static str {
        "Run:ai"
    }

    fn place(&self, path: &str) -> Place {
        if path == V1_PATH || path == V2_PATH {
            Place::Token
        } else if is_below(path, "/api") {
            Place::Api
        } else {
            Place::Open
        }
    }

    fn token(&self, request: &Request, state: &State) -> Answer {
        if request.method != "POST" {
            return error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
        }
        if request.url.path() == V1_PATH {
            token_v1(request, state)
        } else {
            token_v2(request, state)
        }
    }

    fn api(&self, request: &Request, state: &State) -> Answer {
        let token = Bearer::of(request).token();
        if !token.is_some_and(|token| state.accepts(token)) {
            return error(StatusCode::UNAUTHORIZED, "Issuer is not familiar.");
        }
        let path = request.url.path();
        let Some(rest) = path.strip_prefix(APPS_PATH) else {
            return error(StatusCode::NOT_FOUND, "page not found");
        };
        let is_get = request.method == "GET";
        match rest.strip_prefix('/') {
            None if rest.is_empty() && is_get => {
                Answer::json(StatusCode::OK, &json!([application(state)]))
            }
            Some(id) if id == state.client_uuid && is_get => {
                Answer::json(StatusCode::OK, &application(state))
            }
            Some(id) if !id.is_empty() && !id.contains('/') && is_get => {
                error(StatusCode::NOT_FOUND, "application not found")
            }
            None if rest.is_empty() => error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed"),
            Some(id) if !id.is_empty() && !id.contains('/') => {
                error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
            }
            _ => error(StatusCode::NOT_FOUND, "page not found"),
        }
    }

    fn open(&self, _request: &Request) -> Answer {
        Answer::front_end(self.title())
    }

    fn failure(&self, place: Place, path: &str, status: StatusCode) -> Answer {
        let is_v2 = place == Place::Token && path == V2_PATH;
        match status.as_u16() {
            // No specification has these; a gateway sends them.
            429 | 502 | 504 => Answer::gateway_page(status),
            401 if is_v2 => invalid_client(),
            400..=499 if is_v2 => Answer::oauth_error(status, "invalid_request", reason(status)),
            401 if place == Place::Token => error(status, INVALID_CLIENT),
            401 => error(status, "Issuer is not familiar."),
            _ => error(status, reason(status)),
        }
    }
}

/// Version 1: JSON in camelCase, whose keys the server takes in any case.
fn token_v1(request: &Request, state: &State) -> Answer {
    let Some(fields) = JsonFields::of(request) else {
        return error(StatusCode::BAD_REQUEST, "the body is not a JSON object");
    };
    let Some(grant) = fields.text(&["grantType"]) else {
        return error(StatusCode::BAD_REQUEST, "grantType is required");
    };
    let user = match grant {
        "client_credentials" | "app_token" => {
            // Old clients spell the pair AppId and AppSecret, with either grant.
            let id = fields.text(&["clientID", "appID"]);
            let secret = fields.text(&["clientSecret", "appSecret"]);
            let (Some(id), Some(secret)) = (id, secret) else {
                let text = "clientID and clientSecret are required";
                return error(StatusCode::BAD_REQUEST, text);
            };
            if state.standing(id, secret) != Standing::Good {
                return error(StatusCode::UNAUTHORIZED, INVALID_CLIENT);
            }
            User::Client
        }
        "password" => {
            let (Some(name), Some(password)) =
                (fields.text(&["username"]), fields.text(&["password"]))
            else {
                let text = "username and password are required";
                return error(StatusCode::BAD_REQUEST, text);
            };
            if !state.is_administrator(name, password) {
                return error(StatusCode::UNAUTHORIZED, "invalid user credentials");
            }
            User::Administrator
        }
        _ => return error(StatusCode::BAD_REQUEST, "grantType is not supported"),
    };
    let (token, expires_in) = issue(state, user);
    let body = json!({ "accessToken": token, "expiresIn": expires_in });
    Answer::json(StatusCode::OK, &body)
}

/// Version 2: RFC 6749 with forms, client credentials in the body or by Basic.
fn token_v2(request: &Request, state: &State) -> Answer {
    let Some(form) = Form::of(request) else {
        return invalid_request("the body must be application/x-www-form-urlencoded");
    };
    if form.has_duplicate() {
        return invalid_request("a parameter was sent twice");
    }
    let basic = Presented::by_basic(request);
    if basic.is_some() && form.get("client_secret").is_some() {
        return invalid_request("only one client authentication method is allowed");
    }
    let user = match form.get("grant_type") {
        None => return invalid_request("grant_type is required"),
        Some("client_credentials") => {
            if !is_good_client(&form, basic, state) {
                return invalid_client();
            }
            User::Client
        }
        Some("password") => {
            // A user needs no client; one that is named all the same must exist, and an empty name is no client's.
            let names_client = basic.is_some() || form.sent("client_id").is_some();
            if names_client && !is_good_client(&form, basic, state) {
                return invalid_client();
            }
            let (Some(name), Some(password)) = (form.get("username"), form.get("password")) else {
                return invalid_request("username and password are required");
            };
            if !state.is_administrator(name, password) {
                let text = "Invalid user credentials";
                return Answer::oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", text);
            }
            User::Administrator
        }
        Some(_) => {
            let text = "grant_type is not supported";
            return Answer::oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", text);
        }
    };
    let (token, expires_in) = issue(state, user);
    let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": expires_in });
    Answer::json(StatusCode::OK, &body).not_stored()
}

/// RFC 6749 has the parts of a Basic header form-encoded; whether Run:ai decodes them is not established.
fn is_good_client(form: &Form, basic: Option<Presented>, state: &State) -> bool {
    let judge =
        |presented: Presented| state.standing(&presented.id, &presented.secret) == Standing::Good;
    match basic {
        Some(basic) => judge(basic.form_decoded()) || judge(basic),
        None => Presented::by_form(form).is_some_and(judge),
    }
}

#[derive(Debug, Clone, Copy)]
enum User {
    Client,
    Administrator,
}

fn issue(state: &State, user: User) -> (String, u64) {
    let (token, times) = state.issue(|times| {
        let mut claims = json!({
            "iat": times.issued_at,
            "exp": times.issued_at.saturating_add(times.expires_in),
            "jti": jwt::uuid(),
            "iss": format!("{}/auth/realms/demo", state.base_url),
            "aud": "runai",
            "typ": "Bearer",
            "tenant_id": TENANT_ID,
        });
        match user {
            User::Client => {
                claims["sub"] = state.client_uuid.as_str().into();
                claims["azp"] = state.client_id.as_str().into();
                claims["client_id"] = state.client_id.as_str().into();
            }
            User::Administrator => {
                claims["sub"] = ADMINISTRATOR_ID.into();
                claims["azp"] = "runai-cli".into();
                claims["email"] = ADMINISTRATOR.into();
                claims["preferred_username"] = ADMINISTRATOR.into();
            }
        }
        jwt::encode(JWT_HEADER, &claims)
    });
    if matches!(user, User::Client) {
        state.note_login();
    }
    (token, times.expires_in)
}

fn application(state: &State) -> Value {
    let created = rfc3339(state.started.wall());
    let live = state.live();
    json!({
        "id": state.client_uuid,
        "name": "demo-application",
        "clientId": state.client_id,
        "tenantId": TENANT_ID.to_string(),
        "enabled": live.client_enabled,
        "createdBy": ADMINISTRATOR,
        "createdAt": created,
        "updatedAt": created,
        "lastLogin": live.last_login.map(|moment| rfc3339(moment.wall())),
    })
}

fn invalid_client() -> Answer {
    Answer::oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", INVALID_CLIENT)
}

fn invalid_request(description: &str) -> Answer {
    Answer::oauth_error(StatusCode::BAD_REQUEST, "invalid_request", description)
}

/// The error object of everything but version 2's token API.
fn error(status: StatusCode, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({ "code": status.as_u16(), "message": message }),
    )
}

const V1_PATH: &str = "/api/v1/token";
const V2_PATH: &str = "/api/v2/token";
const APPS_PATH: &str = "/api/v1/apps";
const ADMINISTRATOR: &str = "admin@demo.example";
const ADMINISTRATOR_ID: &str = "0f7a3c52-6f1e-4d0a-9a53-3f1d6f0e7b21";
const INVALID_CLIENT: &str = "invalid client credentials";
const JWT_HEADER: &str = r#"{"alg":"RS256","typ":"JWT","kid":"emulated-key"}"#;

/// An integer in tokens, a string in the specification of applications.
const TENANT_ID: u32 = 1001;
