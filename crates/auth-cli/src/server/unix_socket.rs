//! A socket file that only its owner can use: created without replacing a live one, and removed at the end.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, flock};
use rustix::process::umask;
use tokio::net::{UnixListener, UnixStream};

use crate::paths::folder_of;

/// Removes the socket file when dropped, unless another process has replaced it.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

/// Listens on a socket file with mode 0600; a stale one, whose process is gone, is replaced.
///
/// # Errors
/// [`io::ErrorKind::AddrInUse`] if another process listens there; [`io::ErrorKind::AlreadyExists`] if the file is no socket.
pub(super) async fn bind(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    // Two processes that find the same stale file must not remove each other's new one.
    let folder = File::open(folder_of(path))?;
    lock(&folder).await?;
    remove_stale(path).await?;
    // The file exists with its mode from the start; at this point nothing else in this process creates files.
    let before = umask(Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(path);
    umask(before);
    let listener = listener?;
    let identity = identity(path)?;
    let file = SocketFile {
        path: std::path::absolute(path)?,
        identity,
    };
    Ok((listener, file))
}

impl SocketFile {
    /// Returns the absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

async fn remove_stale(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !found.file_type().is_socket() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // Does not block, unlike the standard library's, which waits while the queue is full.
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        // A full queue or a missing permission means that somebody is there as well.
        _ => Err(io::ErrorKind::AddrInUse.into()),
    }
}

/// Locks the folder; in a folder that everyone can write to, another user may hold the lock, so the wait is short.
async fn lock(folder: &File) -> io::Result<()> {
    let deadline = Instant::now() + LOCK_LIMIT;
    loop {
        match flock(folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < deadline => {
                tokio::time::sleep(LOCK_POLL).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let found = fs::symlink_metadata(path)?;
    Ok((found.dev(), found.ino()))
}

/// A lock is held for a few system calls.
const LOCK_LIMIT: Duration = Duration::from_secs(2);
const LOCK_POLL: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests;
