//! Paths of an output that lead to a file which this process has open already, such as `/dev/stdout`.

use std::fs::{File, Metadata};
use std::path::Path;

/// A file that is open already: replacing it would lose what others write to it, and opening it again would overwrite that.
#[derive(Debug)]
pub(super) enum Opened {
    Stdout,
    Stderr(File),
    /// It cannot be reached through its number.
    Other,
}

/// Returns how the file at this path is open already, if the path or the file says so.
#[cfg(unix)]
pub(super) fn opened(path: &Path, found: &Metadata) -> Option<Opened> {
    use std::io::{stderr, stdout};
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt as _;

    let own = |descriptor: &dyn AsFd| {
        let file = File::from(descriptor.as_fd().try_clone_to_owned().ok()?);
        let own = file.metadata().ok()?;
        let is_same = (own.dev(), own.ino()) == (found.dev(), found.ino());
        is_same.then_some(file)
    };
    if own(&stdout()).is_some() {
        return Some(Opened::Stdout);
    }
    // Devices and pipes are opened again: they have no position that could be lost.
    if !found.is_file() || !is_descriptor(path) {
        return None;
    }
    Some(own(&stderr()).map_or(Opened::Other, Opened::Stderr))
}

#[cfg(not(unix))]
pub(super) fn opened(_path: &Path, _found: &Metadata) -> Option<Opened> {
    None
}

/// Returns true if a path leads through a folder of descriptors, such as `/proc/self/fd`.
#[cfg(unix)]
fn is_descriptor(path: &Path) -> bool {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = crate::paths::folder_of(&path);
        let Ok(folder) = folder.canonicalize() else {
            return false;
        };
        let is_of_process = folder.starts_with("/proc") && folder.ends_with("fd");
        if is_of_process || folder == Path::new("/dev/fd") {
            return true;
        }
        match path.read_link() {
            Ok(link) => path = folder.join(link),
            Err(_) => return false,
        }
    }
    false
}

/// As Linux.
#[cfg(unix)]
const MAX_LINKS: u32 = 40;
