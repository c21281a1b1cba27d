//! A token that was just issued, as the closure that formats the response receives it.

use std::fmt;
use std::time::Duration;

use auth_core::Secret;
use serde_json::json;

use crate::engine::Times;
use crate::reply::Reply;

/// A token that a described endpoint has issued, for [`EmulatedTokenEndpoint::response`](crate::EmulatedTokenEndpoint::response).
pub struct GrantedToken {
    token: Secret,
    times: Times,
    client_id: String,
    scope: Option<String>,
}

impl GrantedToken {
    pub(super) fn new(token: String, times: Times, client_id: &str, scope: Option<String>) -> Self {
        Self {
            token: Secret::from(token),
            times,
            client_id: client_id.to_owned(),
            scope,
        }
    }

    /// Returns the token.
    pub fn as_str(&self) -> &str {
        self.token.expose_secret()
    }

    /// Returns the token's lifetime, in whole seconds.
    pub fn expires_in(&self) -> Duration {
        Duration::from_secs(self.times.expires_in)
    }

    /// Returns when the token expires, as the time since 1970 by the emulator's clock, in whole seconds.
    pub fn expires_at(&self) -> Duration {
        Duration::from_secs(self.times.expires_at())
    }

    /// Returns the client that the token was issued to.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the scope that was requested.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// Formats the token as RFC 6749 section 5.1 does.
    pub(super) fn oauth_response(&self) -> Reply {
        let mut body = json!({ "token_type": "Bearer", "expires_in": self.times.expires_in });
        body["access_token"] = self.as_str().into();
        if let Some(scope) = self.scope() {
            body["scope"] = scope.into();
        }
        Reply::json(body)
    }
}

impl fmt::Debug for GrantedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantedToken")
            .field("token", &self.token)
            .field("expires_in", &self.expires_in())
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish()
    }
}
