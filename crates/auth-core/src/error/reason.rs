//! What exactly failed, where that calls for other advice than the kind.

/// What exactly failed, for programs whose advice depends on it.
///
/// Most errors have none: [`ErrorKind`](crate::ErrorKind) is what decides how to handle an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorReason {
    /// The API rejected the access token.
    TokenRejected,
    /// The token request of another process, or of an earlier run, failed, as the token store says.
    OtherProcess,
    /// The connection was open, and broke before the response was complete.
    ConnectionBroken,
    /// The server's certificate is from an authority that is not trusted.
    UntrustedAuthority,
    /// The server's certificate has expired, is for another host, or is unusable for another reason.
    InvalidCertificate,
    /// The server requires a client certificate, or rejects the one that was presented.
    ClientCertificate,
    /// The server speaks another protocol: no TLS at that port, or not that of the token store.
    OtherProtocol,
    /// The response is a web page, so that the URL is probably not the API's.
    WebPage,
    /// The response is a redirect, which is not followed.
    Redirect,
}
