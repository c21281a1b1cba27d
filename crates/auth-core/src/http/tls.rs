//! TLS settings of the default client: extra certificate authorities and a client certificate, checked when they are set.

#[cfg(feature = "rustls")]
mod with_rustls;
#[cfg(feature = "rustls")]
pub(super) use with_rustls::TlsSettings;

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
mod with_native_tls;
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
pub(super) use with_native_tls::TlsSettings;

#[cfg(not(any(feature = "native-tls", feature = "rustls")))]
mod without;
#[cfg(not(any(feature = "native-tls", feature = "rustls")))]
pub(super) use without::TlsSettings;

#[cfg(any(feature = "native-tls", feature = "rustls"))]
use crate::error::Error;

/// The error for PEM text that contains nothing usable; it never repeats the text, which may be a private key.
#[cfg(any(feature = "native-tls", feature = "rustls"))]
fn bad_pem(setting: &str, wanted: &str) -> Error {
    Error::config(format!(
        "{setting} contains no readable {wanted}: provide it in PEM format"
    ))
}
