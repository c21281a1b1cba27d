//! Text that is wiped from memory and never printed.

mod check;
mod file;
mod words;

pub use check::check_credential;
pub(crate) use file::{
    FileKind, IS_FOLDER, MAX_CERTIFICATES, name_of, read_limited, read_secret, unreadable,
};
pub(crate) use words::{MAX_DESCRIPTION, clean, clean_all, clean_code, redact_all};

use std::fmt;
use std::path::Path;

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::error::Result;

/// A client secret or a password: redacted in `Debug`, wiped on drop, read with [`Secret::expose_secret`] and sent with [`Secret::into_bytes`].
///
/// It does not implement `Display`, `PartialEq` or `Serialize`, so that a secret cannot leak by accident.
///
/// # Examples
/// ```
/// use auth_core::Secret;
///
/// let secret = Secret::from("fake-secret");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose_secret(), "fake-secret");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The largest secret file that is read, in bytes: far beyond any secret.
    pub const MAX_FILE_SIZE: u64 = 64 * 1024;

    /// Reads a secret from a file: UTF-8 text, ignoring one trailing line break and a byte order mark.
    ///
    /// A regular file is read immediately.
    /// A pipe, such as a shell's process substitution, is read until its writer closes it; this blocks the thread for up to a minute.
    /// Devices and directories are not read, and no more than [`Secret::MAX_FILE_SIZE`] bytes of anything.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the path, if the file cannot be read, is of another kind, is too large,
    /// or contains no secret as [`check_credential`] says.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        read_secret(path.as_ref(), FileKind::RegularOrPipe)
    }

    /// Returns the text itself.
    ///
    /// A search for `expose` lists every place where the text of a secret or a token is read.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Turns the text into bytes that are wiped when the last handle to them is dropped, such as the body of a request that contains a secret.
    pub fn into_bytes(mut self) -> Bytes {
        let text = std::mem::take(&mut *self.0);
        Bytes::from_owner(Zeroizing::new(text.into_bytes()))
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
