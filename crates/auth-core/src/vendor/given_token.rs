//! A token from elsewhere in place of credentials: used as it is, and an error once it is rejected or expired.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::source::{TokenSource, Verdict};
use crate::token::{AccessToken, TokenResponse, expiry_of_jwt};

/// Returns the token that a setting contains, until the API rejects it.
pub(super) struct GivenToken {
    token: Secret,
    /// The names of the setting, for errors.
    setting: String,
    vendor: &'static str,
    clock: Arc<dyn Clock>,
    is_rejected: AtomicBool,
}

impl GivenToken {
    pub(super) fn new(
        token: Secret,
        setting: String,
        vendor: &'static str,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            token,
            setting,
            vendor,
            clock,
            is_rejected: AtomicBool::new(false),
        }
    }

    fn unusable(&self, problem: &str) -> Error {
        Error::invalid_credentials(format!(
            "the token in {} {problem}, and such a token is not refreshed: set another one, or set credentials instead",
            self.setting
        ))
    }
}

#[async_trait]
impl TokenSource for GivenToken {
    async fn token(&self) -> Result<AccessToken> {
        if self.is_rejected.load(Ordering::Relaxed) {
            return Err(self.unusable("was rejected by the API"));
        }
        let now = self.clock.now();
        // Its `iat` says nothing: it was not issued now.
        let lifetime = match expiry_of_jwt(self.token.expose_secret()) {
            Some(expires_at) => expires_at.saturating_sub(now.wall()),
            None => TokenResponse::MAX_LIFETIME,
        };
        if lifetime < TokenResponse::MIN_LIFETIME {
            return Err(self.unusable("has expired"));
        }
        AccessToken::new(
            self.token.clone(),
            now,
            lifetime.min(TokenResponse::MAX_LIFETIME),
        )
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn report(&self, _token: &AccessToken, verdict: Verdict) {
        if verdict != Verdict::Accepted {
            self.is_rejected.store(true, Ordering::Relaxed);
        }
    }

    fn name(&self) -> &'static str {
        self.vendor
    }
}

impl fmt::Debug for GivenToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenToken")
            .field("setting", &self.setting)
            .finish_non_exhaustive()
    }
}
