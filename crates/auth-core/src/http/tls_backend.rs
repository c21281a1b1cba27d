//! The choice between the TLS implementations that were compiled in.

/// A TLS implementation of the default HTTP client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsBackend {
    /// rustls on ring: feature `rustls`, and the default where that is on.
    Rustls,
    /// The platform's own library, such as OpenSSL on Linux: feature `native-tls`, and the default where `rustls` is off.
    NativeTls,
}
