//! What went wrong with a request to an emulator, before it has the vendor's format.

use http::StatusCode;

/// An error that an emulated vendor is about to report, for a closure to put into the vendor's error object.
///
/// It is what [`EmulatorBuilder::api_error`](crate::EmulatorBuilder::api_error) and
/// [`EmulatedTokenEndpoint::error`](crate::EmulatedTokenEndpoint::error) receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmulatedError {
    status: StatusCode,
    code: String,
    message: String,
}

impl EmulatedError {
    /// Describes an error.
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// Describes an error of the API by its status.
    pub(crate) fn of_api(status: StatusCode, message: impl Into<String>) -> Self {
        let code = phrase(status).to_lowercase().replace([' ', '-'], "_");
        Self::new(status, &code, message)
    }

    /// Describes an error of a token endpoint by its status (RFC 6749 section 5.2).
    pub(crate) fn of_token_endpoint(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            401 => "invalid_client",
            403 => "access_denied",
            503 => "temporarily_unavailable",
            500.. => "server_error",
            _ => "invalid_request",
        };
        Self::new(status, code, phrase(status))
    }

    /// Describes an access token that is missing, unknown, expired or revoked (RFC 6750 section 3.1).
    pub(crate) fn invalid_token(status: StatusCode) -> Self {
        let message = "the access token is missing, expired, revoked or unknown";
        Self::new(status, INVALID_TOKEN, message)
    }

    /// Returns the status.
    pub(crate) fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Changes the status.
    pub(crate) fn set_status(&mut self, status: StatusCode) {
        self.status = status;
    }

    /// Returns the status that suits the error; a vendor that reports errors inside a 200 need not use it.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Returns a code for what went wrong.
    ///
    /// At a token endpoint it is a code of RFC 6749, such as `invalid_client`.
    /// At the API it is `invalid_token` for an access token that is not accepted, and otherwise the name of the status,
    /// such as `not_found`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns what went wrong as a phrase.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns true if the access token is missing, unknown, expired or revoked.
    pub fn is_invalid_token(&self) -> bool {
        self.code == INVALID_TOKEN
    }
}

/// Returns the standard phrase for a status, or `Error` where there is none.
pub(crate) fn phrase(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

const INVALID_TOKEN: &str = "invalid_token";
