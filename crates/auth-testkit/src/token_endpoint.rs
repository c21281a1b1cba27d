//! The description of a token endpoint: what a token request must look like, and what it returns.

mod check;
mod granted;

use std::fmt;
use std::sync::Arc;

use auth_core::ClientAuthMethod;

pub use self::granted::GrantedToken;
use crate::error::EmulatedError;
use crate::reply::Reply;

/// Describes a token endpoint for an [`Emulator`](crate::Emulator).
///
/// It issues tokens to the emulator's clients by the client credentials grant.
///
/// # Examples
///
/// ```
/// use auth_testkit::{EmulatedTokenEndpoint, Reply};
/// use serde_json::json;
///
/// let oauth = EmulatedTokenEndpoint::oauth("/oauth2/v1/token")
///     .audience("api://default")
///     .require_audience()
///     .scopes(["users.read", "users.manage"])
///     .require_scope()
///     .jwt();
/// // Its own JSON, with the errors inside a 200.
/// let json = EmulatedTokenEndpoint::json("/v1/sessions", "/auth/key", "/auth/secret")
///     .response(|token| {
///         let data = json!({ "token": token.as_str(), "ttl": token.expires_in().as_secs() });
///         Reply::json(json!({ "code": 0, "data": data }))
///     })
///     .error(|error| Reply::json(json!({ "code": 40101, "msg": error.message() })));
/// # let _ = (oauth, json);
/// ```
#[derive(Clone)]
#[must_use]
pub struct EmulatedTokenEndpoint {
    path: String,
    credentials: Credentials,
    audience: Option<String>,
    requires_audience: bool,
    scopes: Option<Vec<String>>,
    requires_scope: bool,
    is_jwt: bool,
    response: Option<FormatResponse>,
    error: Option<FormatError>,
}

/// Formats the response with a token.
type FormatResponse = Arc<dyn Fn(&GrantedToken) -> Reply + Send + Sync>;

/// Formats an error.
type FormatError = Arc<dyn Fn(&EmulatedError) -> Reply + Send + Sync>;

/// Where a token request has the client id and the client secret.
#[derive(Debug, Clone)]
enum Credentials {
    /// In the form or in a Basic header (RFC 6749 section 2.3.1), or only in one of them.
    OAuth(Option<ClientAuthMethod>),
    /// In a JSON body, each behind a pointer.
    Json { id: String, secret: String },
}

impl EmulatedTokenEndpoint {
    /// Describes an endpoint of RFC 6749 that accepts forms.
    ///
    /// Without further settings the credentials may be in the form or in a Basic header, and any scope and audience
    /// are accepted.
    pub fn oauth(path: impl Into<String>) -> Self {
        Self::new(path.into(), Credentials::OAuth(None))
    }

    /// Describes an endpoint that accepts JSON, with the client id and the client secret in these two places.
    ///
    /// A place is a member of the body, such as `apiKey`, or a JSON pointer (RFC 6901), such as `/auth/apiKey`.
    /// A scope and an audience are read from the members `scope` and `audience`.
    /// Without further settings the response and the errors are those of RFC 6749.
    pub fn json(
        path: impl Into<String>,
        client_id: impl AsRef<str>,
        client_secret: impl AsRef<str>,
    ) -> Self {
        let pointer = |place: &str| {
            if place.starts_with('/') {
                place.to_owned()
            } else {
                format!("/{place}")
            }
        };
        let credentials = Credentials::Json {
            id: pointer(client_id.as_ref()),
            secret: pointer(client_secret.as_ref()),
        };
        Self::new(path.into(), credentials)
    }

    fn new(path: String, credentials: Credentials) -> Self {
        Self {
            path,
            credentials,
            audience: None,
            requires_audience: false,
            scopes: None,
            requires_scope: false,
            is_jwt: false,
            response: None,
            error: None,
        }
    }

    /// Accepts one way of client authentication only; an endpoint that accepts JSON has none of them.
    pub fn client_auth_method(mut self, method: ClientAuthMethod) -> Self {
        if let Credentials::OAuth(only) = &mut self.credentials {
            *only = Some(method);
        }
        self
    }

    /// Rejects every other `audience` as `invalid_target`.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Rejects a request without an `audience` as `invalid_request`.
    pub fn require_audience(mut self) -> Self {
        self.requires_audience = true;
        self
    }

    /// Rejects every scope that is not one of these as `invalid_scope`.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Rejects a request without a `scope` as `invalid_scope`.
    pub fn require_scope(mut self) -> Self {
        self.requires_scope = true;
        self
    }

    /// Issues JSON Web Tokens instead of opaque tokens.
    ///
    /// Their claims are `iat`, `exp`, `jti`, `iss`, `sub`, `client_id`, and `aud` and `scope` if they were requested.
    /// The signature is random bytes.
    pub fn jwt(mut self) -> Self {
        self.is_jwt = true;
        self
    }

    /// Sets how a token is returned; the default is the JSON of RFC 6749 section 5.1.
    pub fn response(
        mut self,
        response: impl Fn(&GrantedToken) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.response = Some(Arc::new(response));
        self
    }

    /// Sets how an error is returned; the default is the JSON of RFC 6749 section 5.2.
    ///
    /// The reply's status is the closure's: [`EmulatedError::status`] is a suggestion.
    /// Only an injected fault replaces it.
    pub fn error(
        mut self,
        error: impl Fn(&EmulatedError) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.error = Some(Arc::new(error));
        self
    }

    /// Returns the path.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Formats an error.
    pub(crate) fn format_error(&self, error: &EmulatedError) -> Reply {
        match &self.error {
            Some(format) => format(error),
            None => Reply::oauth_error(error.status_code(), error.code(), error.message()),
        }
    }
}

impl fmt::Debug for EmulatedTokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatedTokenEndpoint")
            .field("path", &self.path)
            .field("credentials", &self.credentials)
            .field("audience", &self.audience)
            .field("requires_audience", &self.requires_audience)
            .field("scopes", &self.scopes)
            .field("requires_scope", &self.requires_scope)
            .field("is_jwt", &self.is_jwt)
            .finish_non_exhaustive()
    }
}
