//! Distinguishes a failed API request from a failed token request, which the cache has retried already.

use crate::error::Error;

/// Why an API request failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The source returned no token.
    Token(Error),
    /// The HTTP client returned no response.
    Request(Error),
}

impl Failure {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Token(error) | Self::Request(error) => error,
        }
    }
}

/// The errors of the token source.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}
