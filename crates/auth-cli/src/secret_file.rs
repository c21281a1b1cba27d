//! Reads the secret in a file that an option names, and says what it waits for.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use auth_core::{Result, Secret};

use crate::notes::{Level, note};

/// Reads a secret as [`Secret::from_file`], which waits for the writer of a pipe; `setting` is the user's name for it.
pub(crate) fn read(setting: &str, path: &Path) -> Result<Secret> {
    if !is_pipe(path) {
        return Secret::from_file(path);
    }
    let (done, end) = channel::<()>();
    let message = format!(
        "{setting}: waiting for something to write to the pipe {}",
        path.display()
    );
    thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            note(Level::Progress, &message);
        }
    });
    let secret = Secret::from_file(path);
    drop(done);
    secret
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;

    path.metadata()
        .is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_path: &Path) -> bool {
    false
}

/// A shell's process substitution is faster, and needs no line.
const PATIENCE: Duration = Duration::from_secs(1);
