//! TLS through the platform's native library.

use reqwest::tls::{Certificate, Identity};

use super::bad_pem;
use crate::error::Result;

/// Certificates in addition to the system's.
#[derive(Debug, Default)]
pub(in crate::http) struct NativeTlsSettings {
    roots: Vec<Certificate>,
    identity: Option<Identity>,
}

impl NativeTlsSettings {
    pub(super) fn add_roots(&mut self, pem: &[u8]) -> Result<()> {
        let certificates = Certificate::from_pem_bundle(pem)
            .ok()
            .filter(|certificates| !certificates.is_empty())
            .ok_or_else(|| bad_pem("the certificate bundle", "certificate"))?;
        self.roots.extend(certificates);
        Ok(())
    }

    pub(super) fn set_identity(&mut self, certificates: &[u8], key: &[u8]) -> Result<()> {
        let identity = Identity::from_pkcs8_pem(certificates, key)
            .map_err(|_| bad_pem("the client certificate", "certificate and PKCS #8 key"))?;
        self.identity = Some(identity);
        Ok(())
    }

    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        let builder = builder
            .tls_backend_native()
            .tls_certs_merge(self.roots.iter().cloned());
        match &self.identity {
            Some(identity) => builder.identity(identity.clone()),
            None => builder,
        }
    }
}
