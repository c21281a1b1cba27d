//! Why a token endpoint said no: the code and the words it gave, cleaned for messages.

use http::StatusCode;
use serde::Deserialize;

use crate::error::{Error, ErrorKind};
use crate::retry::transient_kind;
use crate::secret::{MAX_DESCRIPTION, Secret, clean, clean_code};

/// A refusal as the vendor spelled it, read from the body of an answer that is no success.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    code: Option<String>,
    description: Option<String>,
    blames_credentials: bool,
}

impl Refusal {
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
        }
    }

    /// Reads an RFC 6749 section 5.2 error object; a 401 without one blames the credentials.
    ///
    /// `unauthorized_client` and `access_denied` count as refused credentials because Keycloak answers a wrong secret so.
    pub fn from_oauth(status: StatusCode, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body {
            error: String,
            error_description: Option<serde_json::Value>,
        }
        let Ok(body) = serde_json::from_slice::<Body>(body) else {
            return Self::new(None, None, status == StatusCode::UNAUTHORIZED);
        };
        let at_fault = matches!(
            body.error.as_str(),
            "invalid_client" | "unauthorized_client" | "access_denied" | "invalid_grant"
        );
        let where_it_counts = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED);
        let description = body
            .error_description
            .and_then(|words| words.as_str().map(str::to_owned));
        Self::new(Some(body.error), description, at_fault && where_it_counts)
    }

    /// Makes the error: transient statuses first, then what the refusal blames.
    ///
    /// `secrets` are cut out of the vendor's words, in case it echoes what it was sent.
    pub(super) fn into_error(self, status: StatusCode, secrets: &[&Secret]) -> Error {
        let (kind, what) = match transient_kind(status) {
            Some(kind @ ErrorKind::Throttled) => (kind, "the token endpoint asks to slow down"),
            Some(kind @ ErrorKind::Timeout) => (kind, "the token endpoint timed out"),
            Some(kind) => (kind, "the token endpoint cannot serve now"),
            None if self.blames_credentials => (
                ErrorKind::Rejected,
                "the token endpoint refused the credentials",
            ),
            None => (ErrorKind::Request, "the token endpoint refused the request"),
        };
        let exposed: Vec<&str> = secrets.iter().map(|secret| secret.expose()).collect();
        let code = self.code.and_then(|code| clean_code(&code, &exposed));
        let words = self
            .description
            .map(|words| clean(&words, MAX_DESCRIPTION, &exposed))
            .filter(|words| !words.is_empty());
        let mut message = format!("{what} with status {}", status.as_u16());
        for part in [code.as_deref(), words.as_deref()].into_iter().flatten() {
            message.push_str(": ");
            message.push_str(part);
        }
        let error = Error::new(kind, message).with_status(status);
        match code {
            Some(code) => error.with_error_code(code),
            None => error,
        }
    }
}
