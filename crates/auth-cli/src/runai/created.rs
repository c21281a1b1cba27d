//! New clients and keys as they are printed.

use auth_core::Secret;
use runai_auth::admin::ClientWithSecret;
use serde::Serialize;

use crate::output::Listed;
use crate::secrets::Delivered;

/// A new account; the secret is included only on request.
#[derive(Serialize)]
pub(super) struct Created {
    id: String,
    name: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(skip)]
    lacking: Vec<&'static str>,
}

impl Created {
    /// Separates the printed part from the secret.
    pub(super) fn take(created: ClientWithSecret) -> (Self, Option<Secret>) {
        let made = Self {
            lacking: created.incomplete().to_vec(),
            id: created.id,
            name: created.name,
            client_id: created.client_id,
            secret: None,
        };
        (made, Some(created.secret))
    }
}

impl Delivered for Created {
    fn id(&self) -> Option<&str> {
        Some(self.id.as_str()).filter(|id| !id.is_empty())
    }

    fn lacking(&self) -> Vec<&'static str> {
        self.lacking.clone()
    }

    fn show(&mut self, secret: &Secret) {
        self.secret = Some(secret.expose_secret().to_owned());
    }
}

impl Listed for Created {
    const COLUMNS: &'static [&'static str] = &["id", "name", "client id", "secret"];

    fn cells(&self) -> Vec<String> {
        let secret = self.secret.clone().unwrap_or_default();
        vec![
            self.id.clone(),
            self.name.clone(),
            self.client_id.clone(),
            secret,
        ]
    }
}
