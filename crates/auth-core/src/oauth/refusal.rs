//! Why a token endpoint said no: the code and the message it returned, cleaned for errors.

mod reason;

use std::fmt;

use http::StatusCode;

pub(super) use self::reason::Reason;
use crate::error::{Error, ErrorKind};
use crate::retry::transient_kind;
use crate::secret::{MAX_DESCRIPTION, Secret, clean, clean_code};

/// A refusal as the vendor spelled it, read from the body of an answer that is no success.
#[derive(Clone, Default)]
pub struct TokenErrorResponse {
    code: Option<String>,
    description: Option<String>,
    blames_credentials: bool,
    advice: Option<&'static str>,
}

impl TokenErrorResponse {
    /// Makes a refusal from a code, such as `invalid_client`, and words for people.
    ///
    /// `blames_credentials` says that the pair itself was refused, so that asking again with it is pointless.
    pub fn new(
        code: Option<String>,
        description: Option<String>,
        blames_credentials: bool,
    ) -> Self {
        Self {
            code,
            description,
            blames_credentials,
            advice: None,
        }
    }

    /// Reads the reason from an error body of any of the usual shapes, and blames nobody.
    ///
    /// That is the error object of RFC 6749 section 5.2, a problem of RFC 9457, the error objects of the common gateways and
    /// frameworks, nested or in a list, or plain text.
    pub fn from_body(body: &[u8]) -> Self {
        let Reason { code, message } = Reason::read(body);
        Self::new(code, message, false)
    }

    /// Sets whether the pair itself was refused.
    #[must_use]
    pub fn with_blamed_credentials(mut self, blames_credentials: bool) -> Self {
        self.blames_credentials = blames_credentials;
        self
    }

    /// Reads an error body as [`TokenErrorResponse::from_body`] does, and decides by RFC 6749's words whether it blames the credentials.
    ///
    /// A 401 always does, unless its code is about the request (`invalid_request`, `invalid_scope` and their like).
    /// A 403 without a reason does as well: some servers answer a wrong secret so.
    /// `unauthorized_client` and `access_denied` count as refused credentials because Keycloak answers a wrong secret so.
    pub fn from_oauth(status: StatusCode, body: &[u8]) -> Self {
        let refusal = Self::from_body(body);
        let code = refusal.code.as_deref().map(plain).unwrap_or_default();
        let names_credentials = CREDENTIAL_CODES.contains(&code.as_str());
        let (blames_credentials, advice) = match status {
            StatusCode::UNAUTHORIZED => (!REQUEST_CODES.contains(&code.as_str()), None),
            StatusCode::FORBIDDEN if refusal.is_silent() => (true, Some(FORBIDDEN)),
            StatusCode::FORBIDDEN => (names_credentials && code != "accessdenied", None),
            _ => (names_credentials, None),
        };
        Self {
            blames_credentials,
            advice,
            ..refusal
        }
    }

    /// Makes the error: transient statuses first, then what the refusal blames.
    ///
    /// `secrets` are cut out of the vendor's words, in case it echoes what it was sent.
    pub(super) fn into_error(self, status: StatusCode, secrets: &[&Secret]) -> Error {
        let code = self.code.as_deref().map(plain).unwrap_or_default();
        let transient = transient_kind(status).or(match code.as_str() {
            "temporarilyunavailable" | "servererror" => Some(ErrorKind::Unavailable),
            "slowdown" => Some(ErrorKind::Throttled),
            _ => None,
        });
        let (kind, what) = match transient {
            Some(kind @ ErrorKind::Throttled) => (kind, "the token endpoint asks to slow down"),
            Some(kind @ ErrorKind::Timeout) => (kind, "the token endpoint timed out"),
            Some(kind) => (kind, "the token endpoint is unavailable"),
            None if self.blames_credentials => (
                ErrorKind::InvalidCredentials,
                "the token endpoint rejected the credentials",
            ),
            None => (
                ErrorKind::TokenRequestRefused,
                "the token endpoint refused the request",
            ),
        };
        let exposed: Vec<&str> = secrets
            .iter()
            .map(|secret| secret.expose_secret())
            .collect();
        let code = self.code.and_then(|code| clean_code(&code, &exposed));
        let words = self
            .description
            .map(|words| clean(&words, MAX_DESCRIPTION, &exposed))
            .filter(|words| !words.is_empty() && Some(words) != code.as_ref());
        let mut message = format!("{what} with status {}", status.as_u16());
        let advice = self
            .advice
            .filter(|_| kind == ErrorKind::InvalidCredentials);
        for part in [code.as_deref(), words.as_deref(), advice]
            .into_iter()
            .flatten()
        {
            message.push_str(": ");
            message.push_str(part);
        }
        let error = Error::new(kind, message).with_status(status);
        match code {
            Some(code) => error.with_error_code(code),
            None => error,
        }
    }

    fn is_silent(&self) -> bool {
        self.code.is_none() && self.description.is_none()
    }
}

impl fmt::Debug for TokenErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the server's message, which may quote a secret until `into_error` has cleaned it.
        f.debug_struct("TokenErrorResponse")
            .field("blames_credentials", &self.blames_credentials)
            .finish_non_exhaustive()
    }
}

/// A code without its case and its separators, which servers vary.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Codes that blame the credentials wherever they stand.
const CREDENTIAL_CODES: &[&str] = &[
    "accessdenied",
    "badcredentials",
    "invalidclient",
    "invalidclientcredentials",
    "invalidcredentials",
    "invalidgrant",
    "unauthorized",
    "unauthorizedclient",
];

/// Codes that blame the request even where the status is 401.
const REQUEST_CODES: &[&str] = &[
    "invalidrequest",
    "invalidresource",
    "invalidscope",
    "invalidtarget",
    "unsupportedgranttype",
    "unsupportedresponsetype",
];

const FORBIDDEN: &str =
    "check the id and the secret, and whether a firewall or an IP allow list is in the way";
