//! A secret in a file that is read again whenever it is needed.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::{Credentials, CredentialsProvider};
use crate::clock::{Clock, ClockReading, SystemClock};
use crate::error::Result;
use crate::secret::{FileKind, Secret, check_credential, read_secret};

/// A fixed id with a secret from a file, so that a rotated secret is picked up without a restart.
///
/// The file is read for every token request. Changes are detected by content, not by time: a Kubernetes secret that is replaced
/// through a symbolic link and a file that is rewritten within one second are both noticed.
/// The file is read by the rules of [`Secret::from_file`], but must be a regular one: a pipe returns its content only once.
///
/// # Examples
/// ```
/// use auth_core::{CredentialsProvider, FileCredentials, Result};
///
/// async fn client_id() -> Result<String> {
///     let credentials = FileCredentials::new("fake-client", "/run/secrets/client-secret")?;
///     Ok(credentials.credentials().await?.id().to_owned())
/// }
/// ```
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
    at: ClockReading,
}

impl FileCredentials {
    /// Reads the file once, so that a wrong path is detected immediately.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the id is unusable, or the file cannot be read or contains no usable secret.
    pub fn new(id: impl Into<String>, path: impl Into<PathBuf>) -> Result<Self> {
        Self::with_clock(id, path, Arc::new(SystemClock::new()))
    }

    /// As [`FileCredentials::new`], with your own clock to measure the second between checks.
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
        let secret = read_secret(&path, FileKind::Regular)?;
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
        // Under the lock, so that of two readers the later one wins.
        let mut seen = self.seen();
        let outcome = read_secret(&self.path, FileKind::Regular);
        let secret = outcome.as_ref().ok();
        if seen.secret.as_ref().map(Secret::expose_secret) != secret.map(Secret::expose_secret) {
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
impl CredentialsProvider for FileCredentials {
    /// Reads a file of a few bytes, which takes microseconds; not worth a thread.
    async fn credentials(&self) -> Result<Credentials> {
        Ok(Credentials {
            id: Arc::clone(&self.id),
            secret: self.read()?,
        })
    }

    /// Checks the file at most once a second: every call that fails during a cool-down calls this.
    fn credentials_version(&self) -> u64 {
        let is_due = self.clock.now().since(self.seen().at) >= LOOK_AGAIN_AFTER;
        if is_due {
            // An unreadable file is a change as well; the next token request will report what is wrong.
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

const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
