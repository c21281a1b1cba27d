//! Certificates in files that are replaced while the program runs.

use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::reqwest_client::{ReqwestHttpClient, ReqwestHttpClientBuilder};

/// Creates another client whenever one of its files has changed.
pub(super) struct Reload {
    builder: ReqwestHttpClientBuilder,
    files: Vec<PathBuf>,
    latest: Mutex<Latest>,
}

struct Latest {
    stamps: Vec<Option<Stamp>>,
    /// `None` for the first client.
    client: Option<ReqwestHttpClient>,
}

/// What changes when a file is written or replaced, also through a symbolic link.
#[derive(PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// The file behind the path.
    number: u64,
}

impl Reload {
    /// Returns `None` if there are no files. The stamps are taken before the files are read, so that no change is missed.
    pub(super) fn of(builder: &ReqwestHttpClientBuilder, files: Vec<PathBuf>) -> Option<Self> {
        if files.is_empty() {
            return None;
        }
        let stamps = stamps(&files);
        Some(Self {
            builder: builder.clone(),
            files,
            latest: Mutex::new(Latest {
                stamps,
                client: None,
            }),
        })
    }

    /// Returns the client for the files as they are now; one that cannot be built leaves the one before it.
    pub(super) fn current(&self, first: &ReqwestHttpClient) -> ReqwestHttpClient {
        let stamps = stamps(&self.files);
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.stamps != stamps {
            match self.builder.clone().build_once() {
                Ok(client) => {
                    tracing::info!("certificate files changed, using the new ones");
                    latest.client = Some(client);
                }
                Err(error) => tracing::warn!(
                    %error,
                    "certificate files changed and are unusable, using the old ones"
                ),
            }
            latest.stamps = stamps;
        }
        latest.client.as_ref().unwrap_or(first).clone()
    }
}

impl std::fmt::Debug for Reload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reload")
            .field("files", &self.files)
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

#[cfg(test)]
mod tests;
