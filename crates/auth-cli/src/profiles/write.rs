//! Writes the configuration file: completely or not at all, and one process at a time.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fd_lock::RwLock;
use tempfile::NamedTempFile;

use super::read::{Content, read};
use crate::failure::Failure;
use crate::file_error::at;
use crate::ownership::keep_owner;

/// Replaces the file by what `edit` makes of its present content; `edit` returns the new text, and whether it contains a secret.
pub(crate) fn change(
    path: &Path,
    edit: impl FnOnce(Option<Content>) -> Result<(String, bool), Failure>,
) -> Result<(), Failure> {
    let cannot = |error: io::Error| {
        Failure::Usage(format!(
            "cannot write the configuration file {}; check the folder and its permissions",
            at(path, &error)
        ))
    };
    let target = target_of(path).map_err(cannot)?;
    let folder = target.parent().unwrap_or_else(|| Path::new("/"));
    create_folder(folder).map_err(cannot)?;
    let mut lock_name = target.clone().into_os_string();
    lock_name.push(".lock");
    let lock_file = open_lock(Path::new(&lock_name)).map_err(cannot)?;
    let replaced = fs::metadata(&target).ok();
    if let Some(replaced) = &replaced {
        // Otherwise the owner could not lock it after root did; that of another user is not changed, and need not be.
        let _ = keep_owner(&lock_file, replaced);
    }
    let mut lock = RwLock::new(lock_file);
    let deadline = Instant::now() + LOCK_LIMIT;
    let _guard = loop {
        match lock.try_write() {
            Ok(guard) => break guard,
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(cannot(error)),
            Err(_) if Instant::now() > deadline => {
                return Err(Failure::Usage(format!(
                    "another process has been changing the configuration file {} for more than {} s: end it",
                    path.display(),
                    LOCK_LIMIT.as_secs()
                )));
            }
            Err(_) => std::thread::sleep(LOCK_POLL),
        }
    };
    // A device or a pipe is an error here, and is never replaced.
    let content = read(&target)?;
    let is_new = content.is_none();
    let (text, has_secret) = edit(content)?;
    let mut file = NamedTempFile::new_in(folder).map_err(cannot)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(cannot)?;
    // The temporary file is readable only by its owner.
    if let Some(replaced) = replaced.filter(|_| !is_new) {
        keep_owner(file.as_file(), &replaced).map_err(cannot)?;
        if !has_secret {
            let permissions = replaced.permissions();
            file.as_file()
                .set_permissions(permissions)
                .map_err(cannot)?;
        }
    }
    file.persist(&target).map_err(|error| cannot(error.error))?;
    Ok(())
}

/// Follows symbolic links, even one to a file that does not exist yet: the link itself is kept.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(link) => {
                target = target.parent().unwrap_or_else(|| Path::new("/")).join(link);
            }
            // It is not a link, or does not exist.
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        // As the XDG specification requires.
        builder.mode(0o700);
    }
    builder.recursive(true).create(folder)
}

/// The file of the lock stays: removing it would let two processes lock different files.
fn open_lock(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
        options.mode(0o600).custom_flags(flags);
    }
    options.open(path)
}

/// A change takes milliseconds, even on a network file system.
const LOCK_LIMIT: Duration = Duration::from_secs(10);

const LOCK_POLL: Duration = Duration::from_millis(5);

/// As Linux.
const MAX_LINKS: u32 = 40;
