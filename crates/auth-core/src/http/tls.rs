//! TLS of the default client: the implementation, extra certificate authorities and a client certificate.

#[cfg(feature = "native-tls")]
mod with_native_tls;
#[cfg(feature = "rustls")]
mod with_rustls;

use std::path::{Path, PathBuf};

#[cfg(feature = "tower")]
use http::Uri;
#[cfg(feature = "tower")]
use hyper::rt::{Read, Write};
#[cfg(feature = "tower")]
use hyper_util::client::legacy::connect::Connection;
#[cfg(feature = "tower")]
use tower_service::Service;
use zeroize::Zeroizing;

use super::TlsBackend;
#[cfg(feature = "tower")]
use super::duplex::{BoxError, Duplex};
use crate::error::{Error, Result};
use crate::secret::{FileKind, MAX_CERTIFICATES, read_limited};

/// What the builder was given: text, and files that contain it.
#[derive(Clone, Default)]
pub(super) struct TlsSettings {
    backend: Option<TlsBackend>,
    roots: Vec<Vec<u8>>,
    identity: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    roots_file: Option<PathBuf>,
    identity_files: Option<(PathBuf, PathBuf)>,
}

/// The other end of a connection with TLS.
#[cfg(feature = "tower")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Server,
    Proxy,
}

/// TLS as one implementation has it, checked.
pub(super) enum Tls {
    #[cfg(feature = "rustls")]
    Rustls(Box<with_rustls::RustlsSettings>),
    #[cfg(feature = "native-tls")]
    Native(with_native_tls::NativeTlsSettings),
    /// None was compiled in: plain http to loopback works, everything else says which feature is missing.
    #[cfg_attr(
        any(feature = "native-tls", feature = "rustls"),
        expect(dead_code, reason = "there is one")
    )]
    Absent,
}

impl TlsSettings {
    pub(super) fn set_backend(&mut self, backend: TlsBackend) {
        self.backend = Some(backend);
    }

    pub(super) fn add_roots(&mut self, pem: &[u8]) {
        self.roots.push(pem.to_vec());
    }

    pub(super) fn set_identity(&mut self, certificates: &[u8], key: &[u8]) {
        self.identity = Some((certificates.to_vec(), Zeroizing::new(key.to_vec())));
    }

    pub(super) fn set_roots_file(&mut self, path: &Path) {
        self.roots_file = Some(path.to_owned());
    }

    pub(super) fn set_identity_files(&mut self, certificates: &Path, key: &Path) {
        self.identity_files = Some((certificates.to_owned(), key.to_owned()));
    }

    /// Returns the files that everything must be read from again when they change.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let identity = self.identity_files.iter();
        let identity = identity.flat_map(|(certificates, key)| [certificates, key]);
        self.roots_file.iter().chain(identity).cloned().collect()
    }

    /// Checks everything, so that a bad file is an error when it is configured and not at the first request.
    pub(super) fn build(&self) -> Result<Tls> {
        #[cfg(all(feature = "native-tls", feature = "rustls"))]
        if self.backend.is_none() {
            tracing::info!("both TLS features are on: rustls is used, and native-tls is not");
        }
        let mut tls = Tls::of(self.backend)?;
        for pem in &self.roots {
            tls.add_roots(pem)?;
        }
        if let Some(path) = &self.roots_file {
            let added = tls.add_roots(&read(path)?);
            added.map_err(|error| error.with_context(format!("cannot use {}", path.display())))?;
        }
        if let Some((certificates, key)) = &self.identity {
            tls.set_identity(certificates, key)?;
        }
        if let Some((certificates, key)) = &self.identity_files {
            let set = tls.set_identity(&read(certificates)?, &read(key)?);
            set.map_err(|error| {
                let (certificates, key) = (certificates.display(), key.display());
                error.with_context(format!("cannot use {certificates} with the key {key}"))
            })?;
        }
        Ok(tls)
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    read_limited(path, MAX_CERTIFICATES, FileKind::Regular)
}

impl Tls {
    fn of(backend: Option<TlsBackend>) -> Result<Self> {
        match backend {
            None => Ok(Self::default()),
            #[cfg(feature = "rustls")]
            Some(TlsBackend::Rustls) => Ok(Self::Rustls(Box::default())),
            #[cfg(feature = "native-tls")]
            Some(TlsBackend::NativeTls) => Ok(Self::Native(Default::default())),
            #[cfg(not(all(feature = "rustls", feature = "native-tls")))]
            Some(backend) => Err(Error::config(format!(
                "tls_backend is not in this program: turn on the feature `{}`",
                feature(backend)
            ))),
        }
    }

    #[cfg_attr(
        not(any(feature = "native-tls", feature = "rustls")),
        expect(
            unused_variables,
            clippy::needless_pass_by_ref_mut,
            reason = "nothing takes it"
        )
    )]
    fn add_roots(&mut self, pem: &[u8]) -> Result<()> {
        match self {
            #[cfg(feature = "rustls")]
            Self::Rustls(settings) => settings.add_roots(pem),
            #[cfg(feature = "native-tls")]
            Self::Native(settings) => settings.add_roots(pem),
            Self::Absent => Err(no_tls()),
        }
    }

    #[cfg_attr(
        not(any(feature = "native-tls", feature = "rustls")),
        expect(
            unused_variables,
            clippy::needless_pass_by_ref_mut,
            reason = "nothing takes it"
        )
    )]
    fn set_identity(&mut self, certificates: &[u8], key: &[u8]) -> Result<()> {
        match self {
            #[cfg(feature = "rustls")]
            Self::Rustls(settings) => settings.set_identity(certificates, key),
            #[cfg(feature = "native-tls")]
            Self::Native(settings) => settings.set_identity(certificates, key),
            Self::Absent => Err(no_tls()),
        }
    }

    /// Sets up a client for https.
    #[cfg_attr(
        not(any(feature = "native-tls", feature = "rustls")),
        expect(unused_variables, reason = "nothing takes it")
    )]
    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        match self {
            #[cfg(feature = "rustls")]
            Self::Rustls(settings) => settings.apply(builder),
            #[cfg(feature = "native-tls")]
            Self::Native(settings) => settings.apply(builder),
            Self::Absent => Err(no_tls()),
        }
    }

    /// Connects through another connector, with TLS.
    #[cfg(feature = "tower")]
    #[cfg_attr(
        not(any(feature = "native-tls", feature = "rustls")),
        expect(unused_variables, clippy::unused_async, reason = "nothing takes it")
    )]
    pub(super) async fn connect<C>(
        &self,
        inner: C,
        target: Uri,
        peer: Peer,
    ) -> std::result::Result<Duplex, BoxError>
    where
        C: Service<Uri, Error: Into<BoxError>, Future: Send + 'static> + Send,
        C::Response: Connection + Read + Write + Send + Unpin + 'static,
    {
        match self {
            #[cfg(feature = "rustls")]
            Self::Rustls(settings) => {
                let stream = settings.connector(inner, peer)?.call(target).await?;
                Ok(Duplex::new(stream))
            }
            #[cfg(feature = "native-tls")]
            Self::Native(settings) => {
                let stream = settings.connector(inner, peer)?.call(target).await?;
                Ok(Duplex::new(stream))
            }
            Self::Absent => Err(no_tls().into()),
        }
    }

    /// Sets up a client for plain http only.
    pub(super) fn apply_none(
        &self,
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder> {
        match self {
            #[cfg(feature = "rustls")]
            Self::Rustls(_) => with_rustls::apply_none(builder),
            #[cfg(feature = "native-tls")]
            Self::Native(_) => Ok(builder.tls_backend_native()),
            Self::Absent => Ok(builder),
        }
    }
}

impl Default for Tls {
    fn default() -> Self {
        #[cfg(feature = "rustls")]
        return Self::Rustls(Box::default());
        #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
        return Self::Native(Default::default());
        #[cfg(not(any(feature = "native-tls", feature = "rustls")))]
        return Self::Absent;
    }
}

#[cfg(not(all(feature = "rustls", feature = "native-tls")))]
fn feature(backend: TlsBackend) -> &'static str {
    match backend {
        TlsBackend::Rustls => "rustls",
        TlsBackend::NativeTls => "native-tls",
    }
}

/// The error for PEM text that contains nothing usable; it never repeats the text, which may be a private key.
#[cfg(any(feature = "native-tls", feature = "rustls"))]
fn bad_pem(setting: &str, wanted: &str) -> Error {
    Error::config(format!(
        "{setting} contains no readable {wanted}: provide it in PEM format"
    ))
}

fn no_tls() -> Error {
    Error::config(
        "this program was built without TLS: turn on the feature `rustls` or `native-tls`",
    )
}

#[cfg(test)]
mod tests;
