//! Maia's token request: the client credentials grant with an audience.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use auth_core::{AccessToken, HttpClient, OAuthTokenSource, Result, TokenEndpoint, TokenSource};

use crate::config::{Config, NAMES};
use crate::wire;

/// Asks Maia's token endpoint for a token, each time it is called.
#[derive(Debug)]
pub(crate) struct Exchange(OAuthTokenSource);

impl Exchange {
    pub(crate) fn new(config: &Config, http: Arc<dyn HttpClient>) -> Result<Self> {
        let endpoint = TokenEndpoint::new(NAMES.vendor, config.token_url(), http, config.clock())?
            .with_timeout(config.refresh_policy().attempt_timeout());
        let mut exchange = OAuthTokenSource::new(endpoint, config.credentials())
            .with_default_lifetime(DEFAULT_LIFETIME);
        if let Some(audience) = config.audience() {
            exchange = exchange.with_parameter(wire::AUDIENCE, audience);
        }
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

/// 30 minutes, as the vendor's page says.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(30 * 60);
