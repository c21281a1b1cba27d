//! A control plane with opinions of its own: it ignores filters, loses members, spreads secrets late.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use runai_auth::admin::{AccessScope, Bootstrap};
use runai_auth::auth_core::{HttpClient, RefreshPolicy, RequestLimits, Result};
use runai_auth::{Config, ConfigBuilder, TokenApi};
use serde_json::{Value, json};

/// What it has, how it answers, and what was asked of it.
pub(crate) struct Plane {
    pub(crate) roles: Value,
    pub(crate) accounts: Vec<Value>,
    pub(crate) rules: Vec<Value>,
    pub(crate) users: Vec<Value>,
    /// Answers in the place of its own to `POST` of these last path segments.
    pub(crate) replies: Vec<(&'static str, u16, Value)>,
    /// Whether `filterBy` on `username` is honoured, by exact comparison.
    pub(crate) filters_users: bool,
    /// How many sign-ins of the new account are refused.
    pub(crate) refused_sign_ins: u32,
    /// Whether it has no count of the caller's access rules, and says so in the API's words.
    pub(crate) lacks_counts: bool,
    pub(crate) made: Vec<String>,
    pub(crate) sign_ins: u32,
}

#[derive(Clone)]
pub(crate) struct Shared(pub(crate) Arc<Mutex<Plane>>);

impl Default for Plane {
    fn default() -> Self {
        Self {
            roles: json!({"roles": [{"id": 3, "name": "Viewer"}, {"id": 4, "name": "Editor"}], "next": null}),
            accounts: Vec::new(),
            rules: Vec::new(),
            users: Vec::new(),
            replies: Vec::new(),
            filters_users: false,
            refused_sign_ins: 0,
            lacks_counts: false,
            made: Vec::new(),
            sign_ins: 0,
        }
    }
}

impl Plane {
    pub(crate) fn share(self) -> Shared {
        Shared(Arc::new(Mutex::new(self)))
    }

    fn answer(&mut self, method: &str, path: &str, query: &str, body: &str) -> (u16, Value) {
        let last = path.rsplit('/').next().unwrap();
        if last == "token" {
            let is_new = body.contains("shown-once");
            self.sign_ins += u32::from(is_new);
            if is_new && self.refused_sign_ins > 0 {
                self.refused_sign_ins -= 1;
                return (401, json!({"error": "invalid_client"}));
            }
            return (
                200,
                json!({"access_token": "fake", "token_type": "bearer", "expires_in": 3600}),
            );
        }
        if method == "POST" {
            self.made.push(last.to_owned());
            let at = self.replies.iter().position(|(name, ..)| *name == last);
            if let Some(at) = at {
                let (_, status, body) = self.replies.remove(at);
                return (status, body);
            }
            return (201, self.make(last, &serde_json::from_str(body).unwrap()));
        }
        let body = match last {
            "roles" => self.roles.clone(),
            "service-accounts" => json!(self.accounts),
            "access-rules" => json!({"accessRules": self.rules, "totalRecords": self.rules.len()}),
            "users" => {
                let wanted = query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("filterBy=username%3D%3D"));
                let wanted = wanted.map(|name| name.replace("%40", "@"));
                let is_wanted = |user: &&Value| match &wanted {
                    Some(name) if self.filters_users => user["username"] == json!(name),
                    _ => true,
                };
                json!(self.users.iter().filter(is_wanted).collect::<Vec<_>>())
            }
            "count" if !self.lacks_counts => json!({"count": 1}),
            _ => return (404, json!({"code": 404, "message": "no such thing"})),
        };
        (200, body)
    }

    fn make(&mut self, what: &str, asked: &Value) -> Value {
        match what {
            "service-accounts" => {
                let name = asked["name"].clone();
                self.accounts
                    .push(json!({"id": "a1", "name": name, "clientId": "c1", "enabled": true}));
                json!({"id": "a1", "name": name, "clientId": "c1", "clientSecret": "zq7xw9-shown-once"})
            }
            "access-rules" => {
                let mut rule = asked.clone();
                rule["id"] = json!(self.rules.len() + 1);
                self.rules.push(rule.clone());
                rule
            }
            _ => {
                let name = asked["email"].as_str().unwrap().to_lowercase();
                self.users.push(json!({"id": "u1", "username": name}));
                json!({"id": "u1", "username": name, "tempPassword": "zq7xw9-first"})
            }
        }
    }
}

impl Shared {
    pub(crate) fn bootstrap(&self) -> Bootstrap {
        bootstrap_by(self.settings())
    }

    /// The administrator's settings.
    pub(crate) fn settings(&self) -> ConfigBuilder {
        Config::builder()
            .base_url("http://127.0.0.1:9")
            .client_id("administrator")
            .client_secret("fake-secret")
            .options(|options| options.token_api(TokenApi::V2))
            .refresh_policy(RefreshPolicy::new().with_max_attempts(1))
            .http_client(self.clone())
    }

    pub(crate) fn made(&self) -> Vec<String> {
        self.0.lock().unwrap().made.clone()
    }
}

pub(crate) fn bootstrap_by(administrator: ConfigBuilder) -> Bootstrap {
    Bootstrap::new(administrator.build().unwrap(), "nightly-import", "Viewer")
        .scope(AccessScope::project("p"))
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

#[async_trait]
impl HttpClient for Shared {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        let body = String::from_utf8(request.body().to_vec()).unwrap();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let (status, body) = self.0.lock().unwrap().answer(
            request.method().as_str(),
            request.uri().path(),
            &query,
            &body,
        );
        let body = match body {
            Value::String(text) => text,
            body => body.to_string(),
        };
        let response = Response::builder().status(status);
        let response = response.header("content-type", "application/json");
        Ok(response.body(body.into()).unwrap())
    }
}
