//! TLS through rustls and ring, passed to the HTTP stack preconfigured, so that no process-wide provider is needed or changed.

use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "tower")]
use hyper_rustls::HttpsConnector;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

#[cfg(feature = "tower")]
use super::Peer;
use super::bad_pem;
use crate::error::{Error, Result};

/// Certificates in addition to the system's.
#[derive(Debug, Default)]
pub(in crate::http) struct RustlsSettings {
    roots: Vec<CertificateDer<'static>>,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    /// Created at the first https request: loading the system's certificates takes tens of milliseconds,
    /// and a machine without certificates can still use loopback.
    /// Only a success is cached: a failure may be temporary.
    config: Mutex<Option<ClientConfig>>,
}

impl RustlsSettings {
    pub(super) fn add_roots(&mut self, pem: &[u8]) -> Result<()> {
        let before = self.roots.len();
        for certificate in read_certificates("the certificate bundle", pem)? {
            // Checked here, so that an invalid file is an error when it is configured, not at the first request.
            RootCertStore::empty()
                .add(certificate.clone())
                .map_err(|_| bad_pem("the certificate bundle", "certificate"))?;
            self.roots.push(certificate);
        }
        if self.roots.len() == before {
            return Err(bad_pem("the certificate bundle", "certificate"));
        }
        Ok(())
    }

    pub(super) fn set_identity(&mut self, certificates: &[u8], key: &[u8]) -> Result<()> {
        let chain = read_certificates("the client certificate", certificates)?;
        if chain.is_empty() {
            return Err(bad_pem("the client certificate", "certificate"));
        }
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| bad_pem("the client certificate's key", "private key"))?;
        self.identity = Some((chain, key));
        Ok(())
    }

    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        Ok(builder.tls_backend_preconfigured(self.config()?))
    }

    /// Adds TLS to a connector.
    #[cfg(feature = "tower")]
    pub(super) fn connector<C>(&self, inner: C, peer: Peer) -> Result<HttpsConnector<C>> {
        let mut config = self.config()?;
        if peer == Peer::Proxy {
            // The tunnel is of HTTP/1.
            config.alpn_protocols.clear();
        }
        Ok(HttpsConnector::from((inner, config)))
    }

    fn config(&self) -> Result<ClientConfig> {
        let mut kept = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match &*kept {
            Some(config) => config.clone(),
            None => kept.insert(self.client_config()?).clone(),
        })
    }

    fn client_config(&self) -> Result<ClientConfig> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(self.verifier(provider)?));
        let mut config = match &self.identity {
            Some((chain, key)) => config
                .with_client_auth_cert(chain.clone(), key.clone_key())
                .map_err(failed)?,
            None => config.with_no_client_auth(),
        };
        if cfg!(feature = "http2") {
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        Ok(config)
    }

    /// The system's verification with the extra roots; "dangerous" is only rustls's name for setting a verifier.
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier> {
        Verifier::new_with_extra_roots(self.roots.iter().cloned(), provider).map_err(|error| {
            Error::config("the system's certificate authorities cannot be loaded: install them (Debian: ca-certificates) or provide a PEM bundle")
                .with_source(error)
        })
    }
}

/// Plain http only: the stack still builds its TLS side, and panics unless it is given one.
pub(super) fn apply_none(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}

fn failed(error: rustls::Error) -> Error {
    Error::config("TLS cannot be set up").with_source(error)
}

fn read_certificates(setting: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| bad_pem(setting, "certificate"))
}
