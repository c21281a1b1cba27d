//! The settings of the default HTTP client, and whether one can be built from them.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Inner, ReqwestHttpClient, Settings};
use crate::error::Result;
use crate::http::TlsBackend;
use crate::http::pools::{Pools, Reuse, Route};
use crate::http::reload::Reload;
use crate::http::tls::TlsSettings;

/// Builds a [`ReqwestHttpClient`].
#[derive(Clone, Default)]
#[must_use]
pub struct ReqwestHttpClientBuilder {
    settings: Settings,
    tls: TlsSettings,
}

impl ReqwestHttpClientBuilder {
    /// Sets the `User-Agent` header; the default names this crate and its version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.settings.user_agent = user_agent.into();
        self
    }

    /// Sets the time limit for connecting, including TLS; the default is [`ReqwestHttpClientBuilder::CONNECT_TIMEOUT`].
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// Sets the TLS implementation, one of those that the program's features enable; by default rustls if it is enabled.
    pub fn tls_backend(mut self, backend: TlsBackend) -> Self {
        self.tls.set_backend(backend);
        self
    }

    /// Trusts the certificate authorities in a PEM bundle in addition to the system's.
    pub fn add_root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.add_roots(pem.as_ref());
        self
    }

    /// Presents a client certificate: a PEM chain, leaf first, and its PEM private key.
    pub fn client_certificate(mut self, chain: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        self.tls.set_identity(chain.as_ref(), key.as_ref());
        self
    }

    /// As [`ReqwestHttpClientBuilder::add_root_certificates`], from a file.
    ///
    /// The file is read again when it changes, which a request checks once a second, on a blocking thread; the connections that exist then are
    /// used no longer. While the new content is unusable, the old one is used, which is logged.
    pub fn root_certificates_file(mut self, path: impl AsRef<Path>) -> Self {
        self.tls.set_roots_file(path.as_ref());
        self
    }

    /// As [`ReqwestHttpClientBuilder::client_certificate`], from files that are read again as those of
    /// [`ReqwestHttpClientBuilder::root_certificates_file`] are.
    pub fn client_certificate_files(
        mut self,
        chain: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Self {
        self.tls.set_identity_files(chain.as_ref(), key.as_ref());
        self
    }

    /// Builds the client, without connecting yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a certificate or key could not be read, the user agent is no header value, or TLS is configured and was not compiled in.
    pub fn build(self) -> Result<ReqwestHttpClient> {
        let again = self.clone();
        let reload = Reload::of(self.tls.files(), move || again.clone().build_once());
        let settings = self.checked()?;
        Ok(ReqwestHttpClient(Arc::new(Inner {
            settings,
            pools: Pools::default(),
            #[cfg(feature = "tower")]
            forwarding: Pools::default(),
            reload,
        })))
    }

    /// Builds a client that never looks at its files again.
    fn build_once(self) -> Result<ReqwestHttpClient> {
        let settings = self.checked()?;
        // A certificate and a key of different pairs are only noticed here.
        settings.client(Route::Direct, Reuse::Kept)?;
        Ok(ReqwestHttpClient(Arc::new(Inner {
            settings,
            pools: Pools::default(),
            #[cfg(feature = "tower")]
            forwarding: Pools::default(),
            reload: None,
        })))
    }

    fn checked(mut self) -> Result<Settings> {
        self.settings.tls = Arc::new(self.tls.build()?);
        // Detects an invalid user agent now, not at the first request.
        self.settings.client(Route::Plain, Reuse::Kept)?;
        Ok(self.settings)
    }

    /// Half the time of a token request, so that after a slow connection there is still time for a response.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
}

impl fmt::Debug for ReqwestHttpClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The TLS settings hold a private key.
        f.debug_struct("ReqwestHttpClientBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
