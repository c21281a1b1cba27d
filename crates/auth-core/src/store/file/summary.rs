//! What can be said of a file without the key that opens it.

use std::time::{Duration, SystemTime};

use super::record::Header;
use crate::store::RecordKind;

/// A stored token or failure, as far as it can be described without unsealing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    hash: String,
    kind: RecordKind,
    size: usize,
    written_at: SystemTime,
    life: Duration,
}

impl FileRecord {
    /// Describes a file; `None` if it is neither a token nor a failure, or its life has ended.
    pub(super) fn new(name: &str, header: &Header, size: usize, now: &Header) -> Option<Self> {
        let (hash, extension) = name.split_once('.')?;
        let kinds = [RecordKind::Token, RecordKind::Failure];
        Some(Self {
            hash: hash.to_owned(),
            kind: kinds.into_iter().find(|kind| kind.as_str() == extension)?,
            size,
            written_at: header.written_at.to_system_time(),
            life: header.left(now)?,
        })
    }

    /// Returns the hash of its key, as [`StoreKey::hash`](crate::store::StoreKey::hash).
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Returns whether it is a token or a failure.
    pub fn kind(&self) -> RecordKind {
        self.kind
    }

    /// Returns the size of the sealed record in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns when it was written, by the wall clock at that time.
    pub fn written_at(&self) -> SystemTime {
        self.written_at
    }

    /// Returns how much of its life is left.
    pub fn life(&self) -> Duration {
        self.life
    }
}
