//! Reads the configuration file, whatever it is: never waits, and never reads more than a limit.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use crate::failure::Failure;

/// The text of the file, and who else can access it.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) text: String,
    pub(crate) access: Access,
}

/// What others can do with the file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Access {
    /// Others can read or change it.
    pub(crate) is_shared: bool,
    /// Others can change it.
    pub(crate) is_writable_by_others: bool,
}

/// Reads the file; returns none if it does not exist.
pub(crate) fn read(path: &Path) -> Result<Option<Content>, Failure> {
    let name = path.display();
    let unreadable = |error: io::Error| {
        Failure::Usage(format!(
            "cannot read the configuration file {name}: {error}; check the path and its permissions"
        ))
    };
    let file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let metadata = file.metadata().map_err(unreadable)?;
    // The usual way to name no file.
    if path == Path::new("/dev/null") {
        return Ok(None);
    }
    if !metadata.is_file() {
        return Err(Failure::Usage(format!(
            "the configuration file {name} is not a regular file"
        )));
    }
    let mut bytes = Vec::new();
    file.take(MAX_SIZE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(Failure::Usage(format!(
            "the configuration file {name} is larger than {MAX_SIZE} bytes"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::Usage(format!(
            "the configuration file {name} is not valid UTF-8: save it as UTF-8"
        ))
    })?;
    Ok(Some(Content {
        text,
        access: access(&metadata),
    }))
}

/// Opens without waiting: opening a pipe without a writer would block.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    // The constant is a C integer on some systems and unsigned here; its value fits both.
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn access(metadata: &Metadata) -> Access {
    use std::os::unix::fs::MetadataExt as _;

    let owner = metadata.uid();
    let is_foreign = owner != rustix::process::geteuid().as_raw() && owner != ROOT;
    Access {
        is_shared: is_foreign || metadata.mode() & 0o077 != 0,
        is_writable_by_others: is_foreign || metadata.mode() & 0o022 != 0,
    }
}

/// Other systems have access lists, which the folder of the user restricts.
#[cfg(not(unix))]
fn access(_: &Metadata) -> Access {
    Access::default()
}

/// Can change every file in any case.
#[cfg(unix)]
const ROOT: u32 = 0;

/// Thousands of profiles fit.
const MAX_SIZE: u64 = 1024 * 1024;
