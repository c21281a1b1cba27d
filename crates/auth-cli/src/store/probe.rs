//! Checks of a store, for the commands that report on it.

#[cfg(unix)]
use std::io::{self, Write as _};
#[cfg(unix)]
use std::path::Path;
use std::time::Duration;

use auth_core::store::{RecordKind, StoreKey, TokenStore};
use auth_core::{Error, Result};

/// Reads a record that does not exist.
pub(super) async fn reach(store: &dyn TokenStore, limit: Duration) -> Result<()> {
    within(limit, store.get(&probe_key())).await.map(drop)
}

/// Writes a record and deletes it, as a sign-in does.
pub(super) async fn probe(store: &dyn TokenStore, limit: Duration) -> Result<()> {
    let key = probe_key();
    within(limit, async {
        store.put(&key, RECORD, LIFE).await?;
        store.get(&key).await?;
        store.delete_if(&key, RECORD).await
    })
    .await
    .map(drop)
}

/// Fails if a folder that does not exist yet cannot be created, or nothing written to its file system.
#[cfg(unix)]
pub(super) fn check_parent(folder: &Path) -> Result<()> {
    let parent = folder.ancestors().skip(1).find(|parent| parent.exists());
    let parent = parent.unwrap_or_else(|| Path::new("/"));
    // It has no name, so that nothing is left behind.
    let written = tempfile::tempfile_in(parent).and_then(|mut file| {
        file.write_all(&[0; PAGE])?;
        file.flush()
    });
    written.map_err(|error| {
        // The crate adds a path, of which only its folder means something.
        let reason = io::Error::from(error.kind());
        Error::config(format!(
            "the token folder {} cannot be created in {}: {reason}",
            folder.display(),
            parent.display()
        ))
    })
}

pub(super) async fn within<T>(limit: Duration, call: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_| Error::timeout(format!("there was no response within {limit:?}"));
    tokio::time::timeout(limit, call).await.map_err(late)?
}

/// The key of a record that exists only while it is probed.
fn probe_key() -> StoreKey {
    StoreKey::new("probe", RecordKind::Failure)
}

/// It is no sealed record, so that no program takes it for one.
const RECORD: &[u8] = b"probe";

/// As a record takes at least on most file systems.
#[cfg(unix)]
const PAGE: usize = 4096;

/// If it cannot be deleted, it ends by itself.
const LIFE: Duration = Duration::from_secs(2);
