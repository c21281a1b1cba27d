//! The cached token, its owner, and which tokens a caller can use.

use std::sync::Arc;

use http::HeaderValue;

use super::TokenCache;
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

impl<S: TokenSource + 'static> TokenCache<S> {
    /// Returns the times of a token that was returned just now.
    pub(super) fn timing_of(&self, token: &AccessToken) -> Timing {
        let entry = self.0.published.load();
        let entry = entry
            .as_ref()
            .filter(|entry| entry.token.is_same_token(token));
        match entry {
            // That of another process is older than the token itself says.
            Some(entry) => entry.timing,
            None => self.0.policy.timing(token, token.requested_at()),
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
