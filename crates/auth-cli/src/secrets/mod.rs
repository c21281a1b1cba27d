//! Secrets that are shown only once: a place made ready before they exist, delivery as soon as they do, and words for those that are lost.

mod reserve;
mod words;
mod work;
mod deliver;

pub(crate) use deliver::{
    Delivered, cannot_write, deliver, deliver_alone, hand_over, incomplete, printed,
    unread_response,
};
pub(crate) use reserve::{Existing, ReservedFile};
pub(crate) use words::{Kind, Words, quoted};
pub(crate) use work::{GRACE, Work};

use auth_core::Secret;

use crate::arguments::SecretArguments;
use crate::failure::Failure;
use crate::stdout::check_stdout;

/// The place for one secret.
#[derive(Debug)]
pub(crate) enum Place {
    /// Standard output, because that was asked for.
    Shown,
    /// A file that nobody else can read.
    File(ReservedFile),
}

impl Place {
    /// Makes the place ready, or says why a secret could not be kept there.
    pub(crate) fn prepare(
        arguments: &SecretArguments,
        existing: Existing,
    ) -> Result<Self, Failure> {
        match &arguments.secret_file {
            None => check_stdout().map(|()| Self::Shown),
            Some(path) => ReservedFile::prepare(path, existing).map(Self::File),
        }
    }

    /// Looks once more, right before the request: signing in may have taken long.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Shown => check_stdout(),
            Self::File(file) => file.check().map_err(cannot_write),
        }
    }
}

/// Says what is odd about a secret that came: it is delivered, but these crates cannot sign in with it.
pub(crate) fn oddity(secret: &Secret) -> Option<String> {
    let checked =
        auth_core::vendor::check_credential("the secret in the response", secret.expose_secret());
    let text = checked.err()?.to_string();
    // What follows is advice for the person who typed it.
    let problem = text.split_once(": ").map(|(problem, _)| problem.to_owned());
    Some(problem.unwrap_or(text))
}
