//! Token API v1: JSON in, JSON out, one request for each grant.

use std::sync::Arc;

use auth_core::vendor::{TokenEndpoint, TokenResponse, TokenSet};
use auth_core::{CredentialsProvider, Error, ErrorKind, Grant, Result, Secret, TokenSource};

use super::Authentication;
use crate::wire::{self, OAuthTokenBody, TokenRequest};

/// The token endpoint of API v1.
#[derive(Debug)]
pub(super) struct JsonTokenSource {
    endpoint: TokenEndpoint,
}

impl JsonTokenSource {
    pub(super) fn new(endpoint: TokenEndpoint) -> Self {
        Self { endpoint }
    }

    /// Returns the endpoint's URL.
    pub(super) fn url(&self) -> String {
        self.endpoint.url().to_string()
    }

    /// Requests a token for the client or user.
    pub(super) async fn request(&self, authentication: &Authentication) -> Result<TokenSet> {
        match authentication {
            Authentication::Credentials(grant, provider) => self.show(*grant, provider).await,
            Authentication::External(source) => self.exchange_external(source).await,
        }
    }

    /// Requests a token with a refresh token.
    pub(super) async fn refresh(&self, refresh_token: &Secret) -> Result<TokenSet> {
        let request = TokenRequest::RefreshToken {
            refresh_token: refresh_token.expose_secret(),
        };
        self.ask(&request, refresh_token).await
    }

    async fn show(
        &self,
        grant: Grant,
        provider: &Arc<dyn CredentialsProvider>,
    ) -> Result<TokenSet> {
        let credentials = provider.credentials().await?;
        let (id, secret) = (credentials.id(), credentials.secret().expose_secret());
        let request = match grant {
            Grant::Password => TokenRequest::Password {
                username: id,
                password: secret,
            },
            // The settings admit one extension.
            Grant::Extension(_) => TokenRequest::AppToken {
                app_id: id,
                app_secret: secret,
            },
            _ => TokenRequest::ClientCredentials {
                client_id: id,
                client_secret: secret,
            },
        };
        self.ask(&request, credentials.secret()).await
    }

    async fn exchange_external(&self, source: &Arc<dyn TokenSource>) -> Result<TokenSet> {
        let external = source.token().await?;
        let request = TokenRequest::ExternalTokenExchange {
            external_token: external.expose_secret(),
        };
        let outcome = self
            .ask(&request, &Secret::from(external.expose_secret()))
            .await;
        if outcome
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::InvalidCredentials)
        {
            // The next attempt, after the cool-down, is made with another one if there is one.
            source.invalidate(&external);
        }
        outcome
    }

    async fn ask(&self, request: &TokenRequest<'_>, secret: &Secret) -> Result<TokenSet> {
        let answer = self
            .endpoint
            .send_json(request, &[secret], wire::read_refusal)
            .await?;
        let response: OAuthTokenBody = answer.json()?;
        let token_type = response.token_type.as_deref().unwrap_or("bearer");
        if !token_type.eq_ignore_ascii_case("bearer") {
            return Err(Error::new(
                ErrorKind::InvalidResponse,
                "the response's token type is not bearer, the only type this crate can send",
            ));
        }
        let expires_in = response
            .expires_in
            .filter(|expires_in| !expires_in.is_zero());
        let access_token = TokenResponse::new(response.access_token, answer.requested_at)
            .with_expires_in(expires_in)
            .with_date(answer.date)
            .into_access_token()?;
        let refresh_token = response
            .refresh_token
            .filter(|token| !token.is_empty())
            .map(Secret::from);
        Ok(TokenSet::new(access_token, refresh_token))
    }
}
