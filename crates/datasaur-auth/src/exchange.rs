//! Datasaur's token request: the client credentials grant, plain.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use auth_core::{AccessToken, HttpClient, OAuthTokenSource, Result, TokenEndpoint, TokenSource};

use crate::config::{Config, NAMES};
use crate::wire;

/// Asks Datasaur's token endpoint for a token, each time it is called.
#[derive(Debug)]
pub(crate) struct Exchange(OAuthTokenSource);

impl Exchange {
    pub(crate) fn new(config: &Config, http: Arc<dyn HttpClient>) -> Result<Self> {
        let url = config.base_url().join_base(wire::TOKEN_PATH)?;
        let endpoint = TokenEndpoint::new(NAMES.vendor, &url, http, config.clock())?
            .with_timeout(config.refresh_policy().attempt_timeout());
        let exchange = OAuthTokenSource::new(endpoint, config.credentials())
            .with_authentication(config.client_auth_method())
            .with_default_lifetime(DEFAULT_LIFETIME);
        Ok(Self(exchange))
    }
}

#[async_trait]
impl TokenSource for Exchange {
    async fn token(&self) -> Result<AccessToken> {
        self.0.token().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(&self.0)
    }

    fn name(&self) -> &'static str {
        NAMES.vendor
    }
}

/// One hour, as the vendor's credentials page says.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(60 * 60);
