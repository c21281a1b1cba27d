//! Certificates in files that are replaced while the program runs.

use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
// Follows a test's paused clock, and needs no timer.
use tokio::time::Instant;
use tokio::time::timeout;

use super::reqwest_client::ReqwestHttpClient;
use super::runtime::or_error;
use crate::error::{Error, Result};

/// Builds another client whenever one of the files has changed.
///
/// Files and certificates are read on a blocking thread, by one request at a time; the others use the client that there is.
pub(super) struct Reload(Arc<Shared>);

struct Shared {
    files: Vec<PathBuf>,
    build: Build,
    state: Mutex<State>,
}

type Build = Box<dyn Fn() -> Result<ReqwestHttpClient> + Send + Sync>;

struct State {
    stamps: Vec<Option<Stamp>>,
    /// `None` for the first client.
    latest: Option<ReqwestHttpClient>,
    /// When the files are looked at again.
    due: Option<Instant>,
    is_looking: bool,
}

/// What changes when a file is written or replaced, also through a symbolic link.
#[derive(Clone, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// The file behind the path.
    number: u64,
}

impl Reload {
    /// Returns `None` if there are no files. The stamps are taken before the first client reads the files, so that no change is missed.
    pub(super) fn of(
        files: Vec<PathBuf>,
        build: impl Fn() -> Result<ReqwestHttpClient> + Send + Sync + 'static,
    ) -> Option<Self> {
        if files.is_empty() {
            return None;
        }
        let state = State {
            stamps: stamps(&files),
            latest: None,
            due: None,
            is_looking: false,
        };
        Some(Self(Arc::new(Shared {
            files,
            build: Box::new(build),
            state: Mutex::new(state),
        })))
    }

    /// Returns the client for the files as they were at most [`PAUSE`] ago; one that cannot be built leaves the one before it.
    pub(super) async fn current(&self, first: &ReqwestHttpClient) -> ReqwestHttpClient {
        if let Some(runtime) = self.0.start_looking() {
            let look = Look(Arc::clone(&self.0));
            let looked = runtime.spawn_blocking(move || look.run());
            // The thread completes for the others even if this request is cancelled or waits no longer.
            // Without a result, also because a runtime has no timers or ends, the client is the old one.
            let waited = async { Ok::<_, Error>(timeout(PATIENCE, looked).await) };
            let _ = or_error(pin!(waited)).await;
        }
        let state = self.0.lock();
        state.latest.as_ref().unwrap_or(first).clone()
    }
}

impl Shared {
    /// Returns where to look at the files, if that is due and this request's part.
    fn start_looking(&self) -> Option<Handle> {
        let now = Instant::now();
        let mut state = self.lock();
        if state.is_looking || state.due.is_some_and(|due| now < due) {
            return None;
        }
        // Without a runtime no request can be sent either.
        let runtime = Handle::try_current().ok()?;
        state.is_looking = true;
        state.due = Some(now + PAUSE);
        Some(runtime)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One look at the files; dropping it lets another one begin, even if it never ran or panicked.
struct Look(Arc<Shared>);

impl Look {
    fn run(self) {
        let Shared { files, build, .. } = &*self.0;
        let before = self.0.lock().stamps.clone();
        // Before the files are read, so that a change in between is seen next time.
        let stamps = stamps(files);
        if stamps == before {
            return;
        }
        let built = build();
        match &built {
            Ok(_) => tracing::info!("certificate files changed, using the new ones"),
            Err(error) => tracing::warn!(
                %error,
                "certificate files changed and are unusable, using the old ones"
            ),
        }
        let mut state = self.0.lock();
        state.stamps = stamps;
        let old = match built {
            Ok(client) => state.latest.replace(client),
            Err(_) => None,
        };
        drop(state);
        // Its pools are not dropped under the lock.
        drop(old);
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.0.lock().is_looking = false;
    }
}

impl std::fmt::Debug for Reload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reload")
            .field("files", &self.0.files)
            .finish_non_exhaustive()
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    let stamp = |path: &PathBuf| fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata));
    files.iter().map(stamp).collect()
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            number: number(metadata),
        }
    }
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

/// Certificates are replaced hours before they expire, so a look per second is early enough, and no request notices it.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the request that looks waits for the result: a file system that hangs must not stop it for good.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
