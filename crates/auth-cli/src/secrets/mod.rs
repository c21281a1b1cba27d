//! Secrets that are shown only once: a destination reserved beforehand, immediate delivery, and messages for lost secrets.

mod reserve;
mod messages;
mod work;
mod deliver;

pub(crate) use deliver::{
    Delivered, cannot_write, deliver, deliver_alone, hand_over, incomplete, unread_response,
};
pub(crate) use messages::{SecretHolder, SecretMessages};
pub(crate) use reserve::{Existing, ReservedFile};
pub(crate) use work::SecretWork;

use auth_core::Secret;

use crate::arguments::SecretArguments;
use crate::failure::Failure;
use crate::stdout::check_stdout;

/// The destination of one secret.
#[derive(Debug)]
pub(crate) enum Place {
    /// Standard output, as requested.
    Shown,
    /// A file that only its owner can read.
    File(ReservedFile),
}

impl Place {
    /// Prepares the destination, or fails if it cannot take a secret.
    pub(crate) fn prepare(
        arguments: &SecretArguments,
        existing: Existing,
    ) -> Result<Self, Failure> {
        match &arguments.secret_file {
            None => check_stdout().map(|()| Self::Shown),
            Some(path) => ReservedFile::prepare(path, existing).map(Self::File),
        }
    }

    /// Checks again, right before the request: signing in may have taken long.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Shown => check_stdout(),
            Self::File(file) => file.check().map_err(cannot_write),
        }
    }
}

/// Returns what is wrong with a received secret: it is delivered, but these crates cannot sign in with it.
pub(crate) fn oddity(secret: &Secret) -> Option<String> {
    let checked =
        auth_core::vendor::check_credential("the secret in the response", secret.expose_secret());
    let text = checked.err()?.to_string();
    // The rest is advice for a user who typed it.
    let problem = text.split_once(": ").map(|(problem, _)| problem.to_owned());
    Some(problem.unwrap_or(text))
}
