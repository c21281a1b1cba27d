//! How a described endpoint checks a token request and issues a token.

use std::sync::Arc;

use auth_core::ClientAuthMethod;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{Credentials, EmulatedTokenEndpoint, GrantedToken};
use crate::clients::{Client, Standing};
use crate::engine::Engine;
use crate::error::EmulatedError;
use crate::jwt;
use crate::reading::{Form, Presented};
use crate::reply::Reply;
use crate::request::ReceivedRequest;

impl EmulatedTokenEndpoint {
    /// Replies to a request.
    pub(crate) fn reply(&self, request: &ReceivedRequest, engine: &Engine) -> Reply {
        let granted = TokenRequest::read(request, &self.credentials)
            .and_then(|request| self.grant(&request, engine));
        let reply = match granted {
            Ok(token) => match &self.response {
                Some(response) => response(&token),
                None => token.oauth_response(),
            },
            Err(error) => {
                let is_challenged = error.status_code() == StatusCode::UNAUTHORIZED
                    && Presented::by_basic(request).is_some();
                let reply = self.format_error(&error);
                if is_challenged {
                    let challenge = HeaderValue::from_static("Basic realm=\"token endpoint\"");
                    reply.with_header_value(header::WWW_AUTHENTICATE, challenge)
                } else {
                    reply
                }
            }
        };
        reply.not_stored()
    }

    /// Returns the client id that a request names, whether or not its secret is right.
    pub(crate) fn client_id(&self, request: &ReceivedRequest) -> Option<String> {
        let request = TokenRequest::read(request, &self.credentials).ok()?;
        Some(request.presented.id)
    }

    /// Checks who sent the request, then the grant, then what it is for.
    fn grant(
        &self,
        request: &TokenRequest,
        engine: &Engine,
    ) -> Result<GrantedToken, EmulatedError> {
        let client = request.client(engine)?;
        if matches!(self.credentials, Credentials::OAuth(_)) {
            match request.text("grant_type") {
                Some("client_credentials") => {}
                None => return Err(invalid_request("grant_type is missing")),
                Some(_) => {
                    let text = "grant_type must be client_credentials";
                    return Err(bad_request("unsupported_grant_type", text));
                }
            }
        }
        let scope = request.text("scope");
        let is_known = |part: &str| {
            let mut scopes = self.scopes.iter().flatten();
            self.scopes.is_none() || scopes.any(|scope| scope == part)
        };
        match scope {
            None if self.requires_scope => {
                return Err(bad_request("invalid_scope", "scope is missing"));
            }
            Some(scope) if !scope.split(' ').all(is_known) => {
                return Err(bad_request("invalid_scope", "scope is not available"));
            }
            _ => {}
        }
        let audience = request.text("audience");
        match (audience, &self.audience) {
            (None, _) if self.requires_audience => {
                return Err(invalid_request("audience is missing"));
            }
            (Some(sent), Some(known)) if sent != known => {
                return Err(bad_request("invalid_target", "audience is unknown"));
            }
            _ => {}
        }
        Ok(self.issue(engine, &client, scope, audience))
    }

    fn issue(
        &self,
        engine: &Engine,
        client: &Client,
        scope: Option<&str>,
        audience: Option<&str>,
    ) -> GrantedToken {
        let (token, times) = engine.issue(client, |times| {
            if !self.is_jwt {
                return jwt::hex(OPAQUE_DIGITS);
            }
            let mut claims = json!({
                "iat": times.issued_at,
                "exp": times.expires_at(),
                "jti": jwt::uuid(),
                "iss": engine.base_url,
                "sub": client.id(),
                "client_id": client.id(),
            });
            for (name, value) in [("scope", scope), ("aud", audience)] {
                if let Some(value) = value {
                    claims[name] = value.into();
                }
            }
            jwt::encode(JWT_HEADER, &claims)
        });
        GrantedToken::new(token, times, client.id(), scope.map(str::to_owned))
    }
}

/// The content of a token request, whatever its format.
struct TokenRequest {
    presented: Presented,
    is_basic: bool,
    parameters: Parameters,
}

enum Parameters {
    Form(Form),
    Json(Value),
}

impl TokenRequest {
    fn read(request: &ReceivedRequest, credentials: &Credentials) -> Result<Self, EmulatedError> {
        if request.method() != "POST" {
            let text = "a token request is a POST";
            let status = StatusCode::METHOD_NOT_ALLOWED;
            return Err(EmulatedError::new(status, "invalid_request", text));
        }
        match credentials {
            Credentials::OAuth(only) => Self::read_form(request, *only),
            Credentials::Json { id, secret } => Self::read_json(request, id, secret),
        }
    }

    fn read_form(
        request: &ReceivedRequest,
        only: Option<ClientAuthMethod>,
    ) -> Result<Self, EmulatedError> {
        let form = Form::of(request).ok_or_else(|| invalid_request("the body is not a form"))?;
        if form.has_duplicate() {
            return Err(invalid_request("a parameter is repeated"));
        }
        let basic = Presented::by_basic(request);
        if basic.is_some() && form.get("client_secret").is_some() {
            let text = "a client authenticates in one way only";
            return Err(invalid_request(text));
        }
        let is_basic = basic.is_some();
        let method = if is_basic {
            ClientAuthMethod::ClientSecretBasic
        } else {
            ClientAuthMethod::ClientSecretPost
        };
        if only.is_some_and(|only| only != method) {
            return Err(invalid_client("the client authentication is not supported"));
        }
        let presented = basic.or_else(|| Presented::by_form(&form));
        Ok(Self {
            presented: presented.ok_or_else(|| invalid_client("client credentials are missing"))?,
            is_basic,
            parameters: Parameters::Form(form),
        })
    }

    fn read_json(request: &ReceivedRequest, id: &str, secret: &str) -> Result<Self, EmulatedError> {
        let body: Value = serde_json::from_slice(request.body())
            .map_err(|_| invalid_request("the body is not JSON"))?;
        let text = |pointer: &str| {
            let text = body.pointer(pointer).and_then(Value::as_str);
            text.map(str::to_owned)
                .ok_or_else(|| invalid_request(&format!("{pointer} is missing")))
        };
        let presented = Presented {
            id: text(id)?,
            secret: text(secret)?,
        };
        Ok(Self {
            presented,
            is_basic: false,
            parameters: Parameters::Json(body),
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        match &self.parameters {
            Parameters::Form(form) => form.get(name),
            Parameters::Json(body) => body.get(name)?.as_str(),
        }
    }

    /// Finds the client; servers differ in whether they decode the form encoding inside a Basic header.
    fn client(&self, engine: &Engine) -> Result<Arc<Client>, EmulatedError> {
        let judge = |presented: &Presented| {
            let standing = engine.clients.standing(&presented.id, &presented.secret);
            match standing {
                Standing::Good(client) => Some(client),
                Standing::Unknown | Standing::Disabled | Standing::WrongSecret => None,
            }
        };
        let decoded = || judge(&self.presented.form_decoded()).filter(|_| self.is_basic);
        judge(&self.presented)
            .or_else(decoded)
            .ok_or_else(|| invalid_client("the client credentials are invalid"))
    }
}

fn invalid_client(message: &str) -> EmulatedError {
    EmulatedError::new(StatusCode::UNAUTHORIZED, "invalid_client", message)
}

fn invalid_request(message: &str) -> EmulatedError {
    bad_request("invalid_request", message)
}

fn bad_request(code: &str, message: &str) -> EmulatedError {
    EmulatedError::new(StatusCode::BAD_REQUEST, code, message)
}

const JWT_HEADER: &str = r#"{"alg":"RS256","typ":"at+jwt","kid":"emulated-key"}"#;

/// Long enough that no two are the same.
const OPAQUE_DIGITS: usize = 40;
