//! Errors of files, which name the file that the user asked for.

use std::io;
use std::path::Path;

/// Puts the path in front of an error, in the place of a temporary file's that the user never named.
pub(crate) fn at(path: &Path, error: &io::Error) -> io::Error {
    let text = error.to_string();
    let reason = text
        .split_once(OF_TEMPORARY)
        .map_or(&*text, |(reason, _)| reason);
    io::Error::new(error.kind(), format!("{}: {reason}", path.display()))
}

/// How the crate of the temporary files adds a path.
const OF_TEMPORARY: &str = " at path \"";
