//! The token response of RFC 6749 section 5.1, read leniently and never printed.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::clock::ClockReading;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::secret::Secret;
use crate::token::{ExpiresIn, TokenResponse};

/// The type into which the `oauth2` crate parses a success, instead of its own strict and printable one.
///
/// Unknown members are ignored. The crate's trait requests getters and `Serialize`, which nothing calls.
#[derive(Deserialize)]
pub(super) struct OAuthTokenBody {
    access_token: TokenText,
    #[serde(default)]
    token_type: Option<Value>,
    #[serde(default)]
    expires_in: Option<ExpiresIn>,
    #[serde(default, deserialize_with = "lenient_scope")]
    scope: Option<Scope>,
    #[serde(default, deserialize_with = "lenient_secret")]
    refresh_token: Option<Secret>,
}

impl OAuthTokenBody {
    /// Returns the refresh token, if the server returned one.
    pub(super) fn take_refresh_token(&mut self) -> Option<Secret> {
        self.refresh_token.take()
    }

    /// Returns true if the response has no token type, which RFC 6749 section 5.1 requires but some servers omit.
    pub(super) fn names_no_type(&self) -> bool {
        match &self.token_type {
            None | Some(Value::Null) => true,
            Some(Value::String(token_type)) => token_type.trim().is_empty(),
            Some(_) => false,
        }
    }

    /// Checks the token type and converts the response.
    pub(super) fn into_answer(
        self,
        requested_at: ClockReading,
        ignores_zero_lifetime: bool,
    ) -> Result<TokenResponse> {
        let is_bearer = match &self.token_type {
            Some(Value::String(token_type)) => BEARER
                .iter()
                .any(|bearer| token_type.trim().eq_ignore_ascii_case(bearer)),
            _ => false,
        };
        if !is_bearer && !self.names_no_type() {
            return Err(Error::invalid_response(
                "the response's token_type is not bearer, the only type this crate can send",
            ));
        }
        let expires_in = self
            .expires_in
            .filter(|expires_in| !(ignores_zero_lifetime && expires_in.is_zero()));
        Ok(
            TokenResponse::new(self.access_token.into_secret(), requested_at)
                .with_expires_in(expires_in)
                .with_scope(self.scope),
        )
    }
}

impl oauth2::TokenResponse for OAuthTokenBody {
    type TokenType = TokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token.0
    }

    fn token_type(&self) -> &TokenType {
        &TokenType
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&oauth2::RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<oauth2::Scope>> {
        None
    }
}

impl fmt::Debug for OAuthTokenBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthTokenBody").finish_non_exhaustive()
    }
}

impl Serialize for OAuthTokenBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// The token in the type that the crate's getter must lend.
struct TokenText(oauth2::AccessToken);

impl TokenText {
    fn into_secret(self) -> Secret {
        Secret::from(self.0.into_secret())
    }
}

impl<'de> Deserialize<'de> for TokenText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(oauth2::AccessToken::new(text)))
    }
}

/// Replaces the crate's token type, which rejects some spellings and accepts `mac`; the type is checked by hand.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(super) struct TokenType;

impl oauth2::TokenType for TokenType {}

/// A string of names, as in the RFC, or a list of them, as some servers send; anything else counts as no scope.
fn lenient_scope<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Scope>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(names) => Scope::from_granted(&names),
        Value::Array(names) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            Scope::from_granted(&names.join(" "))
        }
        _ => None,
    })
}

/// An empty value, or one that is not text, counts as none.
fn lenient_secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Secret>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => Some(Secret::from(text)),
        _ => None,
    })
}

/// The registered name, and Apigee's variant.
const BEARER: &[&str] = &["bearer", "bearertoken"];
