//! Maia's spellings: its token request's parameter, and how its API says that a token is no good.

use bytes::Bytes;
use http::Response;

/// The token request's parameter beyond RFC 6749.
pub(crate) const AUDIENCE: &str = "audience";

/// A 401 as RFC 6750 describes it; a 403 is a missing role or the IP allow list, and never about the token.
pub(crate) fn refuses_token(response: &Response<Bytes>) -> bool {
    auth_core::refuses_token(response)
}

#[cfg(test)]
mod tests;
