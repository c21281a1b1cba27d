//! What a token request states, and what it is granted.

use crate::secret::Secret;
use crate::token::AccessToken;

/// How the client authenticates to the token endpoint (RFC 6749 section 2.3.1); never both ways at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ClientAuthMethod {
    /// `client_id` and `client_secret` in the form body.
    #[default]
    ClientSecretPost,
    /// HTTP Basic, each value form-encoded first.
    ClientSecretBasic,
}

/// The grant that a token is requested with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Grant {
    /// The client credentials grant (RFC 6749 section 4.4): the credentials are a client's id and secret.
    #[default]
    ClientCredentials,
    /// The resource owner password credentials grant (section 4.3): the credentials are a user's name and password, and there is no client.
    Password,
    /// An extension grant (section 4.5), by the value of its `grant_type`: the credentials are a client's id and secret.
    Extension(&'static str),
}

/// What a token endpoint granted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenSet {
    /// The access token.
    pub access_token: AccessToken,
    /// A refresh token, if the server returned one.
    pub refresh_token: Option<Secret>,
}

impl TokenSet {
    /// Creates a token set.
    pub fn new(access_token: AccessToken, refresh_token: Option<Secret>) -> Self {
        Self {
            access_token,
            refresh_token,
        }
    }

    /// Keeps the used refresh token, unless the server returned another one (RFC 6749 section 6).
    #[must_use]
    pub fn or_refresh_token(mut self, used: Secret) -> Self {
        self.refresh_token.get_or_insert(used);
        self
    }
}
