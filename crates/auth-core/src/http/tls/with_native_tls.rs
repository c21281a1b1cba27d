//! TLS through the platform's native library.

#[cfg(feature = "tower")]
use hyper_tls::HttpsConnector;
use native_tls::{Certificate, Identity, Protocol, TlsConnector};

#[cfg(feature = "tower")]
use super::Peer;
use super::bad_pem;
use crate::error::{Error, Result};

/// Certificates in addition to the system's.
#[derive(Default)]
pub(in crate::http) struct NativeTlsSettings {
    roots: Vec<Certificate>,
    identity: Option<Identity>,
}

impl NativeTlsSettings {
    pub(super) fn add_roots(&mut self, pem: &[u8]) -> Result<()> {
        let certificates = Certificate::stack_from_pem(pem)
            .ok()
            .filter(|certificates| !certificates.is_empty())
            .ok_or_else(|| bad_pem("the certificate bundle", "certificate"))?;
        self.roots.extend(certificates);
        Ok(())
    }

    pub(super) fn set_identity(&mut self, certificates: &[u8], key: &[u8]) -> Result<()> {
        let identity = Identity::from_pkcs8(certificates, key)
            .map_err(|_| bad_pem("the client certificate", "certificate and PKCS #8 key"))?;
        self.identity = Some(identity);
        Ok(())
    }

    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        let connector = self.build(cfg!(feature = "http2"))?;
        Ok(builder.tls_backend_preconfigured(connector))
    }

    /// Adds TLS to a connector.
    #[cfg(feature = "tower")]
    pub(super) fn connector<C>(&self, inner: C, peer: Peer) -> Result<HttpsConnector<C>> {
        // The tunnel through a proxy is of HTTP/1.
        let connector = self.build(cfg!(feature = "http2") && peer == Peer::Server)?;
        Ok(HttpsConnector::from((inner, connector.into())))
    }

    fn build(&self, offers_http2: bool) -> Result<TlsConnector> {
        let mut builder = TlsConnector::builder();
        // As rustls does.
        builder.min_protocol_version(Some(Protocol::Tlsv12));
        for root in &self.roots {
            builder.add_root_certificate(root.clone());
        }
        if let Some(identity) = &self.identity {
            builder.identity(identity.clone());
        }
        if offers_http2 {
            builder.request_alpns(&["h2", "http/1.1"]);
        }
        builder
            .build()
            .map_err(|error| Error::config("TLS cannot be set up").with_source(error))
    }
}
