//! What a refresh came to, before it is committed.

use super::policy::Timing;
use crate::error::{Error, Result};
use crate::token::AccessToken;

/// The result of a refresh.
pub(super) enum Refreshed {
    /// This process requested a token.
    Fetched(AccessToken, Timing),
    /// This process failed to request one.
    Failed(Error),
    /// Another process had requested one.
    #[cfg(feature = "store")]
    Adopted(AccessToken, Timing),
    /// Another process requests one now or failed to, and the present token is still good; this long, none is requested here.
    #[cfg(feature = "store")]
    Kept(std::time::Duration),
    /// Another process failed to request one, and there is none here; this long, none is requested.
    #[cfg(feature = "store")]
    Refused(Error, std::time::Duration),
}

impl Refreshed {
    /// Returns what to log if this is committed as a success.
    pub(super) fn success(&self) -> &'static str {
        match self {
            #[cfg(feature = "store")]
            Self::Adopted(..) => "token of another process adopted",
            #[cfg(feature = "store")]
            Self::Kept(_) => "token kept while another process requests one or has failed to",
            _ => "token refreshed",
        }
    }
}

impl From<Result<(AccessToken, Timing)>> for Refreshed {
    fn from(result: Result<(AccessToken, Timing)>) -> Self {
        match result {
            Ok((token, timing)) => Self::Fetched(token, timing),
            Err(error) => Self::Failed(error),
        }
    }
}
