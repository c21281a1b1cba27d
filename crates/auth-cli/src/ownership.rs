//! The owner and the group of a file that replaces another one.

use std::fs::{File, Metadata};
use std::io;

/// Gives a new file the owner and the group of the one that it is about to replace; call it before setting permissions, which would apply to others.
#[cfg(unix)]
pub(crate) fn keep_owner(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (replaced.uid(), replaced.gid()) {
        return Ok(());
    }
    fchown(file, Some(replaced.uid()), Some(replaced.gid())).map_err(|error| {
        let problem = "it belongs to another user or group, and a new file in its place would not";
        io::Error::new(error.kind(), problem)
    })
}

/// Elsewhere, a new file inherits its access list from the folder.
#[cfg(not(unix))]
pub(crate) fn keep_owner(_file: &File, _replaced: &Metadata) -> io::Result<()> {
    Ok(())
}
