//! No TLS was compiled in: plain http to loopback works, all other requests fail with the name of the missing feature.

use crate::error::{Error, Result};

/// Accepts nothing, since there is nothing to apply it to.
#[derive(Debug, Default)]
pub(in crate::http) struct TlsSettings {}

impl TlsSettings {
    pub(in crate::http) fn add_roots(&mut self, _pem: &[u8]) -> Result<()> {
        Err(no_tls())
    }

    pub(in crate::http) fn set_identity(
        &mut self,
        _certificates: &[u8],
        _key: &[u8],
    ) -> Result<()> {
        Err(no_tls())
    }

    pub(in crate::http) fn apply_none(
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder> {
        Ok(builder)
    }

    pub(in crate::http) fn apply(
        &self,
        _builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder> {
        Err(no_tls())
    }
}

fn no_tls() -> Error {
    Error::config(
        "this program was built without TLS: turn on the feature `rustls` or `native-tls`",
    )
}
