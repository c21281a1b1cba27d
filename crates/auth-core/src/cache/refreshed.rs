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

/// How a refresh got the token that it ends with, if it does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    Requested,
    #[cfg(feature = "store")]
    Adopted,
    #[cfg(feature = "store")]
    Kept,
}

impl Refreshed {
    pub(super) fn origin(&self) -> Origin {
        match self {
            #[cfg(feature = "store")]
            Self::Adopted(..) => Origin::Adopted,
            #[cfg(feature = "store")]
            Self::Kept(_) => Origin::Kept,
            _ => Origin::Requested,
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
