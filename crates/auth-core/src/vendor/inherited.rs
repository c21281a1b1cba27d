//! What came from variables: it gives way to what a program sets afterwards, where two things that a program sets are a contradiction.

use std::path::PathBuf;
use std::sync::Arc;

use super::Settings;
use crate::credential::CredentialsProvider;
use crate::http::HttpClient;
use crate::secret::Secret;

/// Which of the settings came from variables and were not set since.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Inherited {
    client_id: bool,
    secret: bool,
    base_url: bool,
    root_certificates: bool,
}

impl Inherited {
    pub(super) const fn all() -> Self {
        Self {
            client_id: true,
            secret: true,
            base_url: true,
            root_certificates: true,
        }
    }
}

impl Settings {
    /// Sets the client id.
    pub fn set_client_id(&mut self, client_id: impl Into<String>) {
        self.client_id = Some(client_id.into());
        self.inherited.client_id = false;
    }

    /// Sets the client secret, in the place of one that came from variables.
    pub fn set_client_secret(&mut self, client_secret: impl Into<Secret>) {
        self.drop_inherited_secret();
        self.client_secret = Some(client_secret.into());
    }

    /// Sets the file that holds the client secret, in the place of a secret that came from variables.
    pub fn set_client_secret_file(&mut self, path: impl Into<PathBuf>) {
        self.drop_inherited_secret();
        self.client_secret_file = Some(path.into());
    }

    /// Sets where id and secret come from, in the place of those that came from variables.
    pub fn set_credentials_provider(&mut self, provider: Arc<dyn CredentialsProvider>) {
        self.drop_inherited_client();
        self.credentials_provider = Some(provider);
    }

    /// Sets the base URL.
    pub fn set_base_url(&mut self, base_url: impl Into<String>) {
        self.base_url = Some(base_url.into());
        self.inherited.base_url = false;
    }

    /// Sets the HTTP client, in the place of certificates that came from variables, which it would ignore.
    pub fn set_http_client(&mut self, http_client: Arc<dyn HttpClient>) {
        if self.inherited.root_certificates {
            self.root_certificates = None;
        }
        self.http_client = Some(http_client);
    }

    /// Sets certificate authorities in PEM form.
    pub fn set_root_certificates(&mut self, pem: impl Into<Vec<u8>>) {
        self.root_certificates = Some(pem.into());
        self.inherited.root_certificates = false;
    }

    /// Drops id and secret if they came from variables: somebody else signs in.
    pub fn drop_inherited_client(&mut self) {
        if std::mem::take(&mut self.inherited.client_id) {
            self.client_id = None;
        }
        self.drop_inherited_secret();
    }

    /// Drops the base URL if it came from variables: another setting says where the API is.
    pub fn drop_inherited_base_url(&mut self) {
        if std::mem::take(&mut self.inherited.base_url) {
            self.base_url = None;
        }
    }

    fn drop_inherited_secret(&mut self) {
        if std::mem::take(&mut self.inherited.secret) {
            self.client_secret = None;
            self.client_secret_file = None;
        }
    }
}
