//! Reads a file that contains a secret or a certificate: with limits on size and time, and without copies that stay in memory.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{Secret, check_credential};
use crate::error::{Error, Result};

/// Which kinds of file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Only a regular file: for a file that is read again, since a pipe returns its content only once.
    Regular,
    /// A regular file or a pipe, such as a shell's process substitution.
    RegularOrPipe,
}

/// Reads a secret by the rules of [`Secret::from_file`].
pub(crate) fn read_secret(path: &Path, kind: FileKind) -> Result<Secret> {
    let content = read_limited(path, Secret::MAX_FILE_SIZE, kind)?;
    let Ok(text) = std::str::from_utf8(&content) else {
        return Err(unusable(path, "is not UTF-8 text: save it as UTF-8"));
    };
    // Some editors write a byte order mark, and no secret starts with one.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    check_credential(&format!("the secret in {}", name_of(path)), line)?;
    Ok(Secret::from(line))
}

/// Reads a file of at most `limit` bytes; an endless source, such as a device, is not read at all.
pub(crate) fn read_limited(path: &Path, limit: u64, kind: FileKind) -> Result<Zeroizing<Vec<u8>>> {
    let unreadable = |error: io::Error| unreadable(path, error);
    let mut file = open(path).map_err(unreadable)?;
    let file_type = file.metadata().map_err(unreadable)?.file_type();
    let patience = match (file_type.is_file(), is_pipe(file_type), kind) {
        (true, _, _) => None,
        (_, true, FileKind::RegularOrPipe) => Some(PIPE_TIMEOUT),
        (_, true, FileKind::Regular) => {
            return Err(unusable(
                path,
                "is a pipe, which returns its content only once, but this file is read again: use a regular file",
            ));
        }
        _ if file_type.is_dir() => return Err(unusable(path, IS_FOLDER)),
        _ => return Err(unusable(path, "is not a regular file")),
    };
    match read_to_end(&mut file, limit, patience).map_err(unreadable)? {
        Content::Whole(content) => Ok(content),
        Content::TooLarge => Err(unusable(path, &format!("is larger than {limit} bytes"))),
        Content::Unfinished => Err(unusable(
            path,
            &format!(
                "is a pipe that was not written to and closed within {} s: check the command that writes to it",
                PIPE_TIMEOUT.as_secs()
            ),
        )),
    }
}

/// The content of a file.
enum Content {
    Whole(Zeroizing<Vec<u8>>),
    TooLarge,
    Unfinished,
}

/// Reads to the end; `pipe_timeout` is set for a pipe, whose writer must not have opened it yet.
fn read_to_end(file: &mut File, limit: u64, pipe_timeout: Option<Duration>) -> io::Result<Content> {
    let started = Instant::now();
    // A growing buffer leaves copies of a secret behind, so a secret's buffer has its full size from the start.
    let capacity = size(limit.min(Secret::MAX_FILE_SIZE)).saturating_add(CHUNK);
    let limit = size(limit);
    let mut content = Zeroizing::new(Vec::with_capacity(capacity));
    let mut chunk = Zeroizing::new([0; CHUNK]);
    loop {
        let has_more_time = match (file.read(&mut *chunk), pipe_timeout) {
            // Without a writer, a pipe reads as ended.
            (Ok(0), Some(timeout)) if content.is_empty() => started.elapsed() < timeout,
            (Ok(0), _) => return Ok(Content::Whole(content)),
            (Ok(length), _) => {
                content.extend_from_slice(&chunk[..length]);
                if content.len() > limit {
                    return Ok(Content::TooLarge);
                }
                continue;
            }
            (Err(error), Some(timeout)) if error.kind() == io::ErrorKind::WouldBlock => {
                started.elapsed() < timeout
            }
            (Err(error), _) if error.kind() == io::ErrorKind::Interrupted => continue,
            (Err(error), _) => return Err(error),
        };
        if !has_more_time {
            return Ok(Content::Unfinished);
        }
        std::thread::sleep(PIPE_POLL);
    }
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// Opens without waiting: opening a pipe without a writer would block.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    // The constant is a C integer on some systems and unsigned here; its value fits both.
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(unix)]
fn is_pipe(file_type: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt as _;

    file_type.is_fifo()
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(not(unix))]
fn is_pipe(_file_type: FileType) -> bool {
    false
}

fn unusable(path: &Path, problem: &str) -> Error {
    Error::config(format!("{} {problem}", name_of(path)))
}

/// The error for a file that cannot be opened or read; where the cause has a fix of its own, the message says it instead of the system.
pub(crate) fn unreadable(path: &Path, error: io::Error) -> Error {
    let problem = match error.kind() {
        io::ErrorKind::NotFound => "does not exist: check the path",
        io::ErrorKind::PermissionDenied => {
            "cannot be read by this user: check its permissions and those of its folders"
        }
        io::ErrorKind::NotADirectory => {
            "does not exist, since a part of its path is no folder: check the path"
        }
        io::ErrorKind::IsADirectory => IS_FOLDER,
        _ => return unusable(path, "cannot be read").with_source(error),
    };
    unusable(path, problem)
}

/// The path in quotes, so that a typing error can be found; except if it may be the secret itself, pasted into the wrong place.
pub(crate) fn name_of(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.len() > MAX_PATH || text.chars().any(char::is_control) {
        return "the file, whose path is too long or holds a control character,".to_owned();
    }
    format!("the file {path:?}")
}

/// What is wrong with the path of a folder.
pub(crate) const IS_FOLDER: &str = "is a folder: name a file in it";

/// All existing certificate authorities fit into a tenth of this.
pub(crate) const MAX_CERTIFICATES: u64 = 4 * 1024 * 1024;

/// Longer than any typed path, and shorter than a private key.
const MAX_PATH: usize = 1_024;

const CHUNK: usize = 4 * 1024;

/// Enough time to type a passphrase into the command at the other end.
const PIPE_TIMEOUT: Duration = Duration::from_secs(60);

/// Too short to be noticed, and long enough to cause no load.
const PIPE_POLL: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests;
