//! Text that is wiped from memory and never printed.

mod words;

pub(crate) use words::{MAX_DESCRIPTION, clean};

use std::fmt;

use zeroize::Zeroizing;

/// Holds a client secret or a password: redacted in `Debug`, wiped on drop, read through [`Secret::expose`] alone.
///
/// There is no `Display`, no `PartialEq` and no `Serialize`, so that a secret cannot leave by accident.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the text itself.
    ///
    /// A search for `expose` lists every place where a secret or a token leaves its wrapper.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
