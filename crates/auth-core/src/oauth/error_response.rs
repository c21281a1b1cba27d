//! The error response of a token endpoint: its code and message, cleaned for errors.

mod reason;

use std::fmt;

use http::StatusCode;

pub(super) use self::reason::Reason;
use crate::error::{Error, ErrorKind};
use crate::retry::transient_kind;
use crate::secret::{MAX_DESCRIPTION, Secret, clean, clean_code};

/// The error response of a token endpoint, parsed from the body of an unsuccessful response.
#[derive(Clone, Default)]
pub struct TokenErrorResponse {
    code: Option<String>,
    description: Option<String>,
    blames_credentials: bool,
    advice: Option<&'static str>,
}

impl TokenErrorResponse {
    /// Creates an error response from a code, such as `invalid_client`, and a message.
    ///
    /// `blames_credentials` means that the credentials themselves were rejected, so that retrying with them is pointless.
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

    /// Reads the reason from an error body in any of the common formats, without blaming the credentials.
    ///
    /// That is the error object of RFC 6749 section 5.2, a problem of RFC 9457, the error objects of the common gateways and
    /// frameworks, nested or in a list, or plain text.
    pub fn from_body(body: &[u8]) -> Self {
        let Reason { code, message } = Reason::read(body);
        Self::new(code, message, false)
    }

    /// Sets whether the credentials themselves were rejected.
    #[must_use]
    pub fn with_blamed_credentials(mut self, blames_credentials: bool) -> Self {
        self.blames_credentials = blames_credentials;
        self
    }

    /// Reads an error body as [`TokenErrorResponse::from_body`] does, and decides by RFC 6749's codes whether it blames the credentials.
    ///
    /// A 401 always does, unless its code is about the request (`invalid_request`, `invalid_scope` and their like).
    /// A 403 without a reason does as well: some servers respond to a wrong secret that way.
    /// `unauthorized_client` and `access_denied` count as rejected credentials because Keycloak returns them for a wrong secret.
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

    /// Creates the error: transient statuses first, then by what the response blames.
    ///
    /// `secrets` are removed from the vendor's message, in case it echoes them.
    pub(crate) fn into_error(self, status: StatusCode, secrets: &[&Secret]) -> Error {
        let code = self.code.as_deref().map(plain).unwrap_or_default();
        let transient = transient_kind(status).or(match code.as_str() {
            "temporarilyunavailable" | "servererror" => Some(ErrorKind::Unavailable),
            "slowdown" => Some(ErrorKind::Throttled),
            _ => None,
        });
        let (kind, what) = match transient {
            Some(kind @ ErrorKind::Throttled) => (kind, "the token endpoint asks to slow down"),
            Some(kind @ ErrorKind::Timeout) => (kind, "the token endpoint timed out"),
            Some(kind) => (kind, "the token endpoint failed"),
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

/// A code without case and separators, which differ between servers.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Codes that blame the credentials whatever the status.
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

/// Codes that blame the request even if the status is 401.
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
