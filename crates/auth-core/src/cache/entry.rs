//! The cached token, its owner, and which tokens a caller can use.

use std::sync::Arc;

use http::HeaderValue;

use super::policy::Timing;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// The cached token, with its times.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) token: AccessToken,
    /// A copy of the token's header: reading it through the token would cost another memory access.
    pub(super) header: HeaderValue,
    pub(super) timing: Timing,
    /// Whose token it is, if known.
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

/// The current credentials; the source is called without the lock.
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
    /// None that expires as early as this one, unless the source has just returned no other.
    Beyond(&'a AccessToken),
}
