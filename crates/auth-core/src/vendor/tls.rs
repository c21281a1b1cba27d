//! The TLS settings that all vendors share: certificates of the program, files that may be replaced, and the implementation.

use std::path::PathBuf;

use super::{Environment, Setting, VendorInfo};
use crate::error::{Error, Result};
use crate::http::TlsBackend;
use crate::secret::{FileKind, MAX_CERTIFICATES, Secret, read_limited};

/// What the builder collected.
#[derive(Clone, Default)]
pub(super) struct TlsConfig {
    backend: Option<TlsBackend>,
    roots: Option<Vec<u8>>,
    certificate: Option<(Vec<u8>, Secret)>,
    roots_file: Option<File>,
    certificate_file: Option<File>,
    key_file: Option<File>,
}

/// A file, and whether the environment named it.
#[derive(Clone)]
struct File {
    path: PathBuf,
    is_inherited: bool,
}

impl TlsConfig {
    pub(super) fn from_environment(
        info: &VendorInfo,
        environment: &Environment<'_>,
    ) -> Result<Self> {
        let file = |setting: &Setting| {
            let path = environment.optional_text(setting)?;
            Ok::<_, Error>(path.map(|path| File {
                path: path.into(),
                is_inherited: true,
            }))
        };
        Ok(Self {
            roots_file: file(info.root_certificates_file())?,
            certificate_file: file(info.client_certificate_file())?,
            key_file: file(info.client_key_file())?,
            ..Self::default()
        })
    }

    pub(super) fn set_backend(&mut self, backend: TlsBackend) {
        self.backend = Some(backend);
    }

    pub(super) fn set_roots(&mut self, pem: Vec<u8>) {
        drop_inherited(&mut self.roots_file);
        self.roots = Some(pem);
    }

    pub(super) fn set_roots_file(&mut self, path: PathBuf) {
        self.roots_file = Some(File::of_program(path));
    }

    pub(super) fn set_certificate(&mut self, chain: Vec<u8>, key: Secret) {
        self.drop_inherited_certificate();
        self.certificate = Some((chain, key));
    }

    pub(super) fn set_certificate_file(&mut self, path: PathBuf) {
        drop_inherited(&mut self.key_file);
        self.certificate_file = Some(File::of_program(path));
    }

    pub(super) fn set_key_file(&mut self, path: PathBuf) {
        drop_inherited(&mut self.certificate_file);
        self.key_file = Some(File::of_program(path));
    }

    /// Drops the environment's certificates, which an HTTP client of the program's own would ignore.
    pub(super) fn drop_inherited(&mut self) {
        drop_inherited(&mut self.roots_file);
        self.drop_inherited_certificate();
    }

    fn drop_inherited_certificate(&mut self) {
        drop_inherited(&mut self.certificate_file);
        drop_inherited(&mut self.key_file);
    }

    /// Checks what an HTTP client of the program's own would ignore.
    pub(super) fn check_unused(&self) -> Result<()> {
        let is_given = |file: &Option<File>| file.is_some();
        if self.roots.is_some()
            || self.certificate.is_some()
            || [&self.roots_file, &self.certificate_file, &self.key_file]
                .into_iter()
                .any(is_given)
        {
            return Err(Error::config(
                "certificates are set together with an http_client, which would ignore them: configure them in that client",
            ));
        }
        match self.backend {
            Some(_) => Err(Error::config(
                "tls_backend is given beside an http_client, which would ignore it: set it up in that client",
            )),
            None => Ok(()),
        }
    }

    /// Checks that each file can be read now, and that a certificate has a key.
    pub(super) fn check(&self, info: &VendorInfo) -> Result<()> {
        let (certificate, key) = (info.client_certificate_file(), info.client_key_file());
        let lacks = |missing: &Setting, given: &Setting| {
            Err(Error::config(format!(
                "{} is set without {}: set both",
                given.label(),
                missing.label()
            )))
        };
        match (&self.certificate_file, &self.key_file) {
            (Some(_), None) => return lacks(key, certificate),
            (None, Some(_)) => return lacks(certificate, key),
            (Some(_), Some(_)) if self.certificate.is_some() => {
                return Err(Error::config(format!(
                    "client_certificate and {} are set together: set only one of them",
                    certificate.label()
                )));
            }
            _ => {}
        }
        let files = [
            (&self.roots_file, info.root_certificates_file()),
            (&self.certificate_file, certificate),
            (&self.key_file, key),
        ];
        for (file, setting) in files {
            if let Some(File { path, .. }) = file {
                read_limited(path, MAX_CERTIFICATES, FileKind::Regular)
                    .map_err(|error| setting.invalid(error))?;
            }
        }
        Ok(())
    }

    /// Adds everything to the default HTTP client.
    #[cfg(feature = "reqwest")]
    pub(super) fn apply(
        &self,
        mut builder: crate::http::ReqwestHttpClientBuilder,
    ) -> crate::http::ReqwestHttpClientBuilder {
        if let Some(backend) = self.backend {
            builder = builder.tls_backend(backend);
        }
        if let Some(pem) = &self.roots {
            builder = builder.add_root_certificates(pem);
        }
        if let Some(file) = &self.roots_file {
            builder = builder.root_certificates_file(&file.path);
        }
        if let Some((chain, key)) = &self.certificate {
            builder = builder.client_certificate(chain, key.expose_secret());
        }
        match (&self.certificate_file, &self.key_file) {
            (Some(chain), Some(key)) => builder.client_certificate_files(&chain.path, &key.path),
            _ => builder,
        }
    }
}

impl File {
    fn of_program(path: PathBuf) -> Self {
        Self {
            path,
            is_inherited: false,
        }
    }
}

fn drop_inherited(file: &mut Option<File>) {
    if file.as_ref().is_some_and(|file| file.is_inherited) {
        *file = None;
    }
}
