//! The kinds of errors, and which of them pass by themselves.

/// The classes of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the program is wrong: a missing variable, an invalid URL, an unreadable file.
    ///
    /// Correct the setting that the message names.
    /// See [Troubleshooting](crate::guide::troubleshooting#config).
    Config,
    /// The token endpoint rejected the credentials.
    ///
    /// Check the id and the secret; they may have been regenerated or disabled.
    /// See [Troubleshooting](crate::guide::troubleshooting#invalid-credentials).
    InvalidCredentials,
    /// The token endpoint refused the request for a reason other than its credentials.
    ///
    /// Check the token URL, the grant, the scope and the audience.
    /// See [Troubleshooting](crate::guide::troubleshooting#token-request-refused).
    TokenRequestRefused,
    /// The response could not be read or used: HTML, no token, a token that is already expired.
    ///
    /// Check that the base URL is the vendor's API and not its web interface.
    /// See [Troubleshooting](crate::guide::troubleshooting#invalid-response).
    InvalidResponse,
    /// The endpoint asked to slow down (429).
    ///
    /// Wait for [`Error::retry_after`](crate::Error::retry_after); share one client between tasks.
    /// See [Troubleshooting](crate::guide::troubleshooting#throttled).
    Throttled,
    /// No complete response arrived in time, or the lookup of a tenant took too long.
    ///
    /// Check the network; the call may be tried again.
    /// See [Troubleshooting](crate::guide::troubleshooting#timeout).
    Timeout,
    /// The connection failed: name lookup, connection refused, TLS, reset.
    ///
    /// Check the host, the proxy and the certificate authorities.
    /// See [Troubleshooting](crate::guide::troubleshooting#transport).
    Transport,
    /// The endpoint is reachable but cannot serve (5xx), a refresh ended twice without an outcome, or the lookup of a tenant failed.
    ///
    /// Try the call again later; after a failed lookup, the source is its own error.
    /// See [Troubleshooting](crate::guide::troubleshooting#unavailable).
    Unavailable,
    /// The vendor's API, not its token endpoint, returned 400 or above.
    ///
    /// Read [`Error::status`](crate::Error::status); a 403 is a missing permission, never a stale token.
    /// See [Troubleshooting](crate::guide::troubleshooting#api-status).
    ApiStatus,
    /// The program's own lookup knows no such tenant; see [`TenantClients`](crate::TenantClients).
    ///
    /// No API request was sent. A web service answers its caller with 404.
    /// See [Troubleshooting](crate::guide::troubleshooting#unknown-tenant).
    UnknownTenant,
    /// The cache was shut down.
    ///
    /// No token is returned after `shutdown()`; create a new client.
    /// See [Troubleshooting](crate::guide::troubleshooting#closed).
    Closed,
}

impl ErrorKind {
    /// Returns the kind's name in snake case, as used in logs, metrics and scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::InvalidCredentials => "invalid_credentials",
            Self::TokenRequestRefused => "token_request_refused",
            Self::InvalidResponse => "invalid_response",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Unavailable => "unavailable",
            Self::ApiStatus => "api_status",
            Self::UnknownTenant => "unknown_tenant",
            Self::Closed => "closed",
        }
    }

    pub(super) fn is_transient(self) -> bool {
        matches!(
            self,
            Self::InvalidResponse
                | Self::Throttled
                | Self::Timeout
                | Self::Transport
                | Self::Unavailable
        )
    }
}
