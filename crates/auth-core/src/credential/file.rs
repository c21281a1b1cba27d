//! A secret that is kept in a file and read again whenever it is needed.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fmt, fs};

use async_trait::async_trait;

use super::{CredentialProvider, Credentials, check_credential};
use crate::clock::{Clock, Moment, SystemClock};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A fixed id with a secret from a file, so that a rotated secret is picked up without a restart.
///
/// The file is read for every token request. Its content counts, not its times: a Kubernetes secret that is swapped
/// by symbolic link and a file that is rewritten within one second are both seen.
/// One line break at its end is not part of the secret.
pub struct FileCredentials {
    id: Arc<str>,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

struct Seen {
    /// `None` while the file cannot be read.
    secret: Option<Secret>,
    revision: u64,
    at: Moment,
}

impl FileCredentials {
    /// Reads the file once, so that a wrong path shows at once.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the id is unusable, or the file cannot be read or holds no usable secret.
    pub fn new(id: impl Into<String>, path: impl Into<PathBuf>) -> Result<Self> {
        Self::with_clock(id, path, Arc::new(SystemClock::new()))
    }

    /// As [`FileCredentials::new`], with a clock of your own to say when a second has passed.
    ///
    /// # Errors
    /// As [`FileCredentials::new`].
    pub fn with_clock(
        id: impl Into<String>,
        path: impl Into<PathBuf>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let (id, path): (String, PathBuf) = (id.into(), path.into());
        check_credential("the client id", &id)?;
        let secret = read_secret_file(&path)?;
        let seen = Mutex::new(Seen {
            secret: Some(secret),
            revision: 0,
            at: clock.now(),
        });
        Ok(Self {
            id: id.into(),
            path,
            clock,
            seen,
        })
    }

    /// Reads the file and notes whether it changed.
    fn read(&self) -> Result<Secret> {
        // Under the lock, so that of two readers the later one has the last word.
        let mut seen = self.seen();
        let outcome = read_secret_file(&self.path);
        let secret = outcome.as_ref().ok();
        if seen.secret.as_ref().map(Secret::expose) != secret.map(Secret::expose) {
            seen.revision += 1;
            seen.secret = secret.cloned();
        }
        seen.at = self.clock.now();
        outcome
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CredentialProvider for FileCredentials {
    /// Reads a file of a few bytes, which takes microseconds; not worth a thread.
    async fn credentials(&self) -> Result<Credentials> {
        Ok(Credentials {
            id: Arc::clone(&self.id),
            secret: self.read()?,
        })
    }

    /// Looks at the file at most once a second: this is asked by every call that fails during a cool-down.
    fn revision(&self) -> u64 {
        let is_due = self.clock.now().since(self.seen().at) >= LOOK_AGAIN_AFTER;
        if is_due {
            // A file that cannot be read now is a change as well; the next token request will say what is wrong.
            let _ = self.read();
        }
        self.seen().revision
    }

    fn identity(&self) -> Option<Arc<str>> {
        Some(Arc::clone(&self.id))
    }
}

impl fmt::Debug for FileCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileCredentials")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Reads a secret from a file, without one line break at its end: editors and `echo` leave it there.
///
/// The path is never shown: a secret that was put where a path belongs is a common mistake.
pub(crate) fn read_secret_file(path: &Path) -> Result<Secret> {
    let text = read_limited(path, MAX_SECRET)?;
    let text = String::from_utf8(text)
        .map(Secret::from)
        .map_err(|_| Error::config("the secret file is not UTF-8 text"))?;
    let text = text.expose();
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    check_credential("the secret in the file", line)?;
    Ok(Secret::from(line))
}

/// Reads a regular file of a bounded size: a pipe would block for ever, and a device would fill the memory.
pub(crate) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let unreadable = |error| {
        Error::config("the file cannot be read: check the path and its permissions")
            .with_source(error)
    };
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Error::config("the path names no regular file"));
    }
    let mut content = Vec::new();
    let mut file = fs::File::open(path).map_err(unreadable)?.take(limit + 1);
    file.read_to_end(&mut content).map_err(unreadable)?;
    if content.len() as u64 > limit {
        return Err(Error::config(format!(
            "the file is larger than {limit} bytes"
        )));
    }
    Ok(content)
}

/// Far beyond any secret.
const MAX_SECRET: u64 = 64 * 1024;

const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
