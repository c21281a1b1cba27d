//! The leases of this process: files that the kernel has locked for it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use rustix::fs::FlockOperation;

use super::folder::{Folder, lock, read};
use super::record::Header;
use crate::error::{Error, Result};
use crate::store::PutIfAbsent;

/// All methods are called with the folder's guard, except for the end of leases that were not renewed.
#[derive(Default)]
pub(super) struct Leases {
    pub(super) held: HashMap<String, Lease>,
    /// Whether a task ends the leases that are not renewed; one is enough for all.
    is_watched: bool,
}

/// Its end unlocks the file; that of the process does so too.
pub(super) struct Lease {
    pub(super) file: File,
    value: Vec<u8>,
    /// On the monotonic clock.
    ends_at: Duration,
}

impl Leases {
    pub(super) fn claim(
        &mut self,
        folder: &Folder<'_>,
        name: &str,
        header: &Header,
        value: &[u8],
    ) -> Result<PutIfAbsent> {
        let now = header.written_at.monotonic();
        self.end_expired(now);
        let Some(file) = folder.open_lock(name)? else {
            // Something else has the name, and will not go away.
            return Ok(PutIfAbsent::Held(None));
        };
        let file = if lock(&file).map_err(unlockable)? {
            file
        } else {
            let left = read(&file).map(|(held, _)| held.left(header));
            if let Some(None) = left {
                // Its holder no longer renews it, yet its process goes on, stopped perhaps: it keeps a file without a name.
                folder.remove(name)?;
            } else {
                return Ok(PutIfAbsent::Held(left.unwrap_or(Some(header.life))));
            }
            let Some(file) = folder.open_lock(name)? else {
                return Ok(PutIfAbsent::Held(None));
            };
            if !lock(&file).map_err(unlockable)? {
                return Ok(PutIfAbsent::Held(Some(header.life)));
            }
            file
        };
        let mut lease = Lease {
            file,
            value: value.to_vec(),
            ends_at: now.saturating_add(header.life),
        };
        lease.write(header)?;
        self.held.insert(name.to_owned(), lease);
        Ok(PutIfAbsent::Put)
    }

    /// Returns true if no task watches the leases yet; the caller starts one.
    pub(super) fn start_watch(&mut self) -> bool {
        !std::mem::replace(&mut self.is_watched, true)
    }

    /// Says that no task watches the leases any more.
    pub(super) fn end_watch(&mut self) {
        self.is_watched = false;
    }

    pub(super) fn renew(
        &mut self,
        name: &str,
        header: &Header,
        old: &[u8],
        new: &[u8],
    ) -> Result<bool> {
        let now = header.written_at.monotonic();
        self.end_expired(now);
        let Some(lease) = self.held.get_mut(name).filter(|lease| lease.value == old) else {
            return Ok(false);
        };
        if lease.is_taken() {
            self.held.remove(name);
            return Ok(false);
        }
        new.clone_into(&mut lease.value);
        lease.ends_at = now.saturating_add(header.life);
        lease.write(header)?;
        Ok(true)
    }

    pub(super) fn release(&mut self, name: &str, old: &[u8], now: Duration) -> Result<bool> {
        self.end_expired(now);
        if self.held.get(name).is_none_or(|lease| lease.value != old) {
            return Ok(false);
        }
        let Some(lease) = self.held.remove(name) else {
            return Ok(false);
        };
        // Its unlocking is what counts; the rest is for those who look at it before that.
        let _ = lease.file.set_len(0);
        Ok(!lease.is_taken())
    }

    /// Ends the leases that were not renewed; returns when the next one ends, or `None` if there is none.
    pub(super) fn end_expired(&mut self, now: Duration) -> Option<Duration> {
        self.held.retain(|_, lease| now < lease.ends_at);
        let ends = self.held.values().map(|lease| lease.ends_at);
        ends.min().map(|ends_at| ends_at.saturating_sub(now))
    }
}

impl Lease {
    /// Returns true if another process has taken its name away, because it had ended by the clock of that process.
    fn is_taken(&self) -> bool {
        self.file
            .metadata()
            .is_ok_and(|metadata| metadata.nlink() == 0)
    }

    fn write(&mut self, header: &Header) -> Result<()> {
        let content = header.encode(&self.value);
        let mut write = || {
            self.file.seek(SeekFrom::Start(0))?;
            self.file.write_all(&content)?;
            let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
            self.file.set_len(length)
        };
        write().map_err(unlockable)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that was just forked has it too.
        let _ = rustix::fs::flock(&self.file, FlockOperation::Unlock);
    }
}

fn unlockable(error: std::io::Error) -> Error {
    Error::unavailable("the lease in the token folder cannot be locked or written")
        .with_source(error)
}
