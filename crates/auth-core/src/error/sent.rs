//! How far the request of a failed call got, from which follows whether sending it again is harmless.

use super::ErrorKind;

/// How far the request of a failed call got.
///
/// A request that creates something may be sent again after [`Sent::No`]. After [`Sent::Maybe`], check first whether the thing exists.
/// After [`Sent::Answered`], [`Error::status`](crate::Error::status) tells how the server responded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers handle all three; there is nothing between them"
)]
pub enum Sent {
    /// It never left this machine, or the call failed before it because there was no token.
    No,
    /// It may have left; whether the server processed it is unknown.
    Maybe,
    /// The server responded.
    Answered,
}

impl Sent {
    /// The default for errors of a kind.
    pub(super) fn by(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Config | ErrorKind::Closed | ErrorKind::UnknownTenant => Self::No,
            ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Unavailable => Self::Maybe,
            ErrorKind::InvalidCredentials
            | ErrorKind::TokenRequestRefused
            | ErrorKind::InvalidResponse
            | ErrorKind::Throttled
            | ErrorKind::ApiStatus => Self::Answered,
        }
    }
}
