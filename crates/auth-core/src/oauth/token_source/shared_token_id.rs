//! Identifies the token of an RFC 6749 source by everything in its request, so that processes can share it.

use super::super::grant::{ClientAuthMethod, Grant};
use super::OAuthTokenSource;
use crate::credential::{Credentials, SharedTokenId};
use crate::error::Result;
use crate::scope::Scope;

impl OAuthTokenSource {
    /// Returns what identifies the token that would be requested with the current credentials.
    ///
    /// # Errors
    /// What the credentials provider fails with.
    pub async fn shared_token_id(&self) -> Result<SharedTokenId> {
        let settings = &self.settings;
        let vendor = settings.endpoint.vendor();
        let credentials = self.credentials.credentials().await;
        let credentials = credentials.map_err(|error| error.with_vendor(vendor))?;
        let (id, grant) = match settings.grant {
            Grant::Password => (SharedTokenId::of_user(), "password"),
            Grant::ClientCredentials => (client(&credentials), "client_credentials"),
            Grant::Extension(grant_type) => (client(&credentials), grant_type),
        };
        let client_auth_method = match settings.client_auth_method {
            ClientAuthMethod::ClientSecretPost => "client_secret_post",
            ClientAuthMethod::ClientSecretBasic => "client_secret_basic",
        };
        let mut id = id
            .with_field(vendor)
            .with_field(settings.endpoint.url().to_string())
            .with_field(grant)
            .with_field(client_auth_method)
            .with_field(credentials.id())
            .with_field(settings.scope.as_ref().map_or("", Scope::as_str));
        // Such as the audience; their order is the program's own.
        for (name, value) in &settings.parameters {
            id = id.with_field(name).with_field(value.expose_secret());
        }
        Ok(id)
    }
}

fn client(credentials: &Credentials) -> SharedTokenId {
    SharedTokenId::of_client(credentials.secret())
}
