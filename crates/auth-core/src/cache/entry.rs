//! The token that is served, whose it is, and which tokens a caller can use.

use std::sync::Arc;

use http::HeaderValue;

use super::policy::Timing;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// The token that is served, with the times it is judged by.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) token: AccessToken,
    /// The token's header again: the token keeps it elsewhere, and each step there waits for memory.
    pub(super) header: HeaderValue,
    pub(super) timing: Timing,
    /// Who it was requested for, where that is known.
    pub(super) identity: Option<Arc<str>>,
}

impl Entry {
    pub(super) fn new(token: AccessToken, timing: Timing, identity: Option<Arc<str>>) -> Self {
        Self {
            header: token.authorization_header(),
            token,
            timing,
            identity,
        }
    }
}

/// The credentials there are now; the source is asked without the lock.
#[derive(Debug, Clone)]
pub(super) struct CurrentCredentials {
    pub(super) revision: u64,
    pub(super) identity: Option<Arc<str>>,
}

impl CurrentCredentials {
    pub(super) fn of(source: &impl TokenSource) -> Self {
        Self {
            revision: source.credentials_version(),
            identity: source.identity(),
        }
    }
}

/// Which tokens a caller can use.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need<'a> {
    /// Any that is valid.
    Any,
    /// None that ends as early as this one, unless the source has just said that there is no other.
    Beyond(&'a AccessToken),
}
