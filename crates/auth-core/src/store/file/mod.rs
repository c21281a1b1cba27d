//! A token store in a folder, for the processes of one machine and one user.

mod record;
mod folder;
mod lease;
mod summary;
mod watch;

pub use summary::FileRecord;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::runtime::Handle;

use self::folder::{Folder, Path};
use self::lease::Leases;
use self::record::Header;
use super::{PutIfAbsent, RecordKind, StoreKey, StoredRecord, TokenStore};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};

/// A token store in a folder, for the processes of one machine that run as one user.
///
/// The folder is created with the permissions 0700 at the first token; one that belongs to another user, that others can use, or that is a symbolic link
/// is not used. A file that is torn, unreadable or another user's counts as absent. Leases are locks of the kernel, which end with their process.
/// Network file systems are not supported: their locks and their clocks may be wrong.
///
/// Clones share the leases. Unix only.
///
/// # Examples
/// ```
/// use auth_core::store::{FileTokenStore, SharedStore};
///
/// let store = FileTokenStore::new("/var/lib/my-program/tokens");
/// // For `token_store` of a cache or of a vendor's configuration; nothing is read or created yet.
/// let store = SharedStore::from(store);
/// ```
#[derive(Clone)]
pub struct FileTokenStore(Arc<Inner>);

struct Inner {
    path: Path,
    clock: Arc<dyn Clock>,
    leases: Mutex<Leases>,
}

impl FileTokenStore {
    /// Creates a store in a folder; nothing is read or created before the first token is requested.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_clock(path, SystemClock::new())
    }

    /// As [`FileTokenStore::new`], with your own clock, for tests.
    pub fn with_clock(path: impl Into<PathBuf>, clock: impl Clock + 'static) -> Self {
        Self(Arc::new(Inner {
            path: Path::new(path.into()),
            clock: clock.into_shared(),
            leases: Mutex::default(),
        }))
    }

    /// Returns how many tokens are stored and still alive.
    ///
    /// It blocks the thread for as long as reading the folder takes.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the folder cannot be used; one that does not exist contains no tokens.
    pub fn tokens(&self) -> Result<usize> {
        let Some(folder) = Folder::open(&self.0.path)? else {
            return Ok(0);
        };
        let now = Header::now(&*self.0.clock);
        let is_alive = |name: &str| {
            let record = folder.read(name);
            record.is_some_and(|(header, _)| header.left(&now).is_some())
        };
        let names = folder.names()?.into_iter();
        let names = names.filter(|name| name.ends_with(".token"));
        Ok(names.filter(|name| is_alive(name)).count())
    }

    /// Returns what is known, without a key, of the tokens and failures that are stored and still alive, in the order of their names.
    ///
    /// It blocks the thread for as long as reading the folder takes.
    ///
    /// # Errors
    /// As [`FileTokenStore::tokens`].
    pub fn records(&self) -> Result<Vec<FileRecord>> {
        let Some(folder) = Folder::open(&self.0.path)? else {
            return Ok(Vec::new());
        };
        let now = Header::now(&*self.0.clock);
        let mut names = folder.names()?;
        names.sort_unstable();
        let records = names.iter().filter_map(|name| {
            let (header, record) = folder.read(name)?;
            FileRecord::new(name, &header, record.len(), &now)
        });
        Ok(records.collect())
    }

    /// Deletes all records, so that the next process requests a token; returns how many files there were.
    ///
    /// It blocks the thread, for a fifth of a second at most if other processes use the folder.
    ///
    /// # Errors
    /// As [`FileTokenStore::tokens`].
    pub fn clear(&self) -> Result<usize> {
        let Some(folder) = Folder::open(&self.0.path)? else {
            return Ok(0);
        };
        let _guard = folder.guard(&*self.0.clock)?;
        folder.remove_if(usize::MAX, |_, _| true)
    }

    /// Does blocking work on one of the runtime's threads for it: a disk may take long to respond.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let runtime =
            Handle::try_current().map_err(|_| Error::config("no tokio runtime is running here"))?;
        let inner = Arc::clone(&self.0);
        let done = runtime.spawn_blocking(move || work(&inner)).await;
        done.map_err(|_| Error::unavailable("the work on the token folder was interrupted"))?
    }
}

impl Inner {
    fn leases(&self) -> std::sync::MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn header(&self, life: Duration) -> Header {
        Header::now(&*self.clock).with_life(life)
    }

    /// Returns a record that is alive.
    fn read(&self, folder: &Folder<'_>, name: &str) -> Option<StoredRecord> {
        let (header, bytes) = folder.read(name)?;
        let left = header.left(&Header::now(&*self.clock))?;
        Some(StoredRecord::new(bytes, Some(left)))
    }

    fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        let folder = Folder::open(&self.path)?;
        Ok(folder.and_then(|folder| self.read(&folder, &file_name(key))))
    }

    fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        let folder = Folder::create(&self.path)?;
        let written = folder.write(&file_name(key), &self.header(life), record)?;
        let _guard = folder.guard(&*self.clock)?;
        // Once per lifetime of a token is often enough to remove what nobody needs any more; what cannot be removed hinders nobody.
        let now = Header::now(&*self.clock);
        let _ = folder.remove_if(SWEPT, |_, header| {
            header.is_none_or(|header| header.left(&now).is_none())
        });
        written.keep()
    }

    fn put_if_absent(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<PutIfAbsent> {
        let folder = Folder::create(&self.path)?;
        let name = file_name(key);
        let written = match key.kind() {
            RecordKind::Lease => None,
            _ => Some(folder.write(&name, &self.header(life), record)?),
        };
        let _guard = folder.guard(&*self.clock)?;
        let Some(written) = written else {
            let header = self.header(life);
            return self.leases().claim(&folder, &name, &header, record);
        };
        if let Some(held) = self.read(&folder, &name) {
            return Ok(PutIfAbsent::Held(held.life));
        }
        written.keep()?;
        Ok(PutIfAbsent::Put)
    }

    fn replace_if(&self, key: &StoreKey, old: &[u8], new: &[u8], life: Duration) -> Result<bool> {
        let Some(folder) = Folder::open(&self.path)? else {
            return Ok(false);
        };
        let name = file_name(key);
        let header = self.header(life);
        if key.kind() == RecordKind::Lease {
            let _guard = folder.guard(&*self.clock)?;
            return self.leases().renew(&name, &header, old, new);
        }
        let written = folder.write(&name, &header, new)?;
        let _guard = folder.guard(&*self.clock)?;
        let is_old = self
            .read(&folder, &name)
            .is_some_and(|record| record.bytes == old);
        if is_old {
            written.keep()?;
        }
        Ok(is_old)
    }

    fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        let Some(folder) = Folder::open(&self.path)? else {
            return Ok(false);
        };
        let name = file_name(key);
        let _guard = folder.guard(&*self.clock)?;
        if key.kind() == RecordKind::Lease {
            let now = self.clock.now().monotonic();
            return self.leases().release(&name, old, now);
        }
        let is_old = self
            .read(&folder, &name)
            .is_some_and(|record| record.bytes == old);
        if is_old {
            folder.remove(&name)?;
        }
        Ok(is_old)
    }
}

#[async_trait]
impl TokenStore for FileTokenStore {
    fn name(&self) -> &'static str {
        "file"
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        let key = key.clone();
        self.run(move |inner| inner.get(&key)).await
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        let (key, record) = (key.clone(), record.to_vec());
        self.run(move |inner| inner.put(&key, &record, life)).await
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        let (store, key, record) = (self.clone(), key.clone(), record.to_vec());
        self.run(move |inner| {
            let put = inner.put_if_absent(&key, &record, life)?;
            if key.kind() == RecordKind::Lease && put == PutIfAbsent::Put {
                // Here, since the call may have been given up by now.
                watch::start(&store);
            }
            Ok(put)
        })
        .await
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        let (key, old, new) = (key.clone(), old.to_vec(), new.to_vec());
        self.run(move |inner| inner.replace_if(&key, &old, &new, life))
            .await
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        let (key, old) = (key.clone(), old.to_vec());
        self.run(move |inner| inner.delete_if(&key, &old)).await
    }
}

impl fmt::Debug for FileTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTokenStore")
            .field("path", &self.0.path.as_path())
            .finish_non_exhaustive()
    }
}

/// A hash is hexadecimal digits, but a test's key may be anything.
fn file_name(key: &StoreKey) -> String {
    let digits = key.hash().chars();
    let hash: String = digits
        .map(|digit| {
            if digit.is_ascii_alphanumeric() {
                digit
            } else {
                '_'
            }
        })
        .collect();
    let extension = match key.kind() {
        RecordKind::Lease => "lock",
        kind => kind.as_str(),
    };
    format!("{hash}.{extension}")
}

/// How many files one call looks at to remove those that nobody needs: others wait meanwhile.
const SWEPT: usize = 64;

#[cfg(test)]
mod tests;
