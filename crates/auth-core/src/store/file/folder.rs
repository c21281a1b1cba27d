//! The folder: opened without following links, used only if it is ours, and its files replaced as a whole.

use std::fs::{DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::record::{Header, MAX_HEADER};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::MAX_RECORD;

/// Where the folder is.
#[derive(Debug)]
pub(super) struct Path(PathBuf);

/// The open folder. What happens to its path afterwards does not matter.
pub(super) struct Folder<'a> {
    path: &'a Path,
    fd: OwnedFd,
}

/// Exclusive use of the folder, for as long as it takes to compare and change.
pub(super) struct Guard<'a>(&'a Folder<'a>);

/// A file that is complete and has no name yet that anyone reads.
pub(super) struct Written<'a> {
    folder: &'a Folder<'a>,
    temporary: String,
    name: String,
    is_kept: bool,
}

impl Path {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn as_path(&self) -> &std::path::Path {
        &self.0
    }

    fn error(&self, problem: &str) -> Error {
        Error::config(format!("the token folder {} {problem}", self.0.display()))
    }

    fn failure(&self, problem: &str, error: impl Into<io::Error>) -> Error {
        self.error(problem).with_source(error.into())
    }
}

impl<'a> Folder<'a> {
    /// Opens the folder; `None` if there is none.
    ///
    /// # Errors
    /// If it is not a folder, is not ours, or can be used by others.
    pub(super) fn open(path: &'a Path) -> Result<Option<Self>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = match rustix::fs::open(&path.0, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP | Errno::MLINK) => {
                return Err(path.error("is a link or no folder: choose another one"));
            }
            Err(error) => return Err(path.failure("cannot be opened", error)),
        };
        let stat = rustix::fs::fstat(&fd).map_err(|error| path.failure("cannot be read", error))?;
        if stat.st_uid != geteuid().as_raw() {
            return Err(path.error("belongs to another user: choose another one"));
        }
        if is_open_to_others(&stat) {
            return Err(path.error("can be used by others: set its permissions to 0700"));
        }
        Ok(Some(Self { path, fd }))
    }

    /// Opens the folder, and creates it if there is none.
    pub(super) fn create(path: &'a Path) -> Result<Self> {
        if let Some(folder) = Self::open(path)? {
            return Ok(folder);
        }
        let created = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path.0);
        created.map_err(|error| path.failure("cannot be created", error))?;
        Self::open(path)?.ok_or_else(|| path.error("cannot be created"))
    }

    /// Waits for exclusive use of the folder; it is used for microseconds, but its user may be suspended.
    pub(super) fn guard(&'a self, clock: &dyn Clock) -> Result<Guard<'a>> {
        let started = clock.now().monotonic();
        let is_late = || clock.now().monotonic().saturating_sub(started) >= GUARD_LIMIT;
        loop {
            match rustix::fs::flock(&self.fd, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Guard(self)),
                Err(Errno::WOULDBLOCK | Errno::INTR) if !is_late() => {
                    thread::sleep(Duration::from_micros(fastrand::u64(200..2_000)));
                }
                Err(Errno::WOULDBLOCK | Errno::INTR) => {
                    return Err(Error::timeout(
                        "the token folder is in use by another process",
                    ));
                }
                Err(error) => return Err(self.path.failure("cannot be locked", error)),
            }
        }
    }

    /// Reads a file; one that is torn, not ours or not readable does not exist.
    pub(super) fn read(&self, name: &str) -> Option<(Header, Vec<u8>)> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, name, flags, Mode::empty()).ok()?;
        read(&File::from(self.own(fd)?))
    }

    /// Opens the file of a lease, and creates it if there is none; `None` if it is not ours.
    pub(super) fn open_lock(&self, name: &str) -> Result<Option<File>> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.fd, name, flags, FILE_MODE) {
            Ok(fd) => Ok(self.own(fd).map(File::from)),
            Err(Errno::LOOP | Errno::MLINK | Errno::ISDIR | Errno::NXIO | Errno::ACCESS) => {
                Ok(None)
            }
            Err(error) => Err(self.path.failure("cannot be written to", error)),
        }
    }

    /// Writes a complete file, which [`Written::keep`] gives its name.
    pub(super) fn write(
        &'a self,
        name: &str,
        header: &Header,
        record: &[u8],
    ) -> Result<Written<'a>> {
        let temporary = format!("{name}.{:016x}{TEMPORARY}", fastrand::u64(..));
        let written = Written {
            folder: self,
            temporary,
            name: name.to_owned(),
            is_kept: false,
        };
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.fd, &*written.temporary, flags, FILE_MODE);
        let failure = |error: io::Error| self.path.failure("cannot be written to", error);
        let mut file = File::from(opened.map_err(|error| failure(error.into()))?);
        file.write_all(&header.encode(record)).map_err(failure)?;
        // A name that survives a crash must not lead to a file that did not.
        file.sync_all().map_err(failure)?;
        Ok(written)
    }

    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.path.failure("cannot be written to", error)),
        }
    }

    /// Returns the names of all files that a store makes.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        let failure = |error: Errno| self.path.failure("cannot be read", error);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd).map_err(failure)? {
            let entry = entry.map_err(failure)?;
            let name = entry.file_name().to_str();
            names.extend(name.ok().filter(|name| is_ours(name)).map(str::to_owned));
        }
        Ok(names)
    }

    /// Removes records for which `is_useless` is true, and temporary files that a crash has left; returns how many. Only with the guard.
    ///
    /// It looks at no more than `most` files, and at others the next time. If one cannot be removed, it removes the others all the same.
    pub(super) fn remove_if(
        &self,
        most: usize,
        is_useless: impl Fn(&str, Option<&Header>) -> bool,
    ) -> Result<usize> {
        let mut removed = Ok(0);
        let mut names = self.names()?;
        if names.len() > most {
            fastrand::shuffle(&mut names);
            names.truncate(most);
        }
        for name in names {
            let is_removed = if name.ends_with(LOCK) {
                self.is_free(&name)
            } else if name.ends_with(TEMPORARY) {
                self.is_old(&name)
            } else {
                let record = self.read(&name);
                is_useless(&name, record.as_ref().map(|(header, _)| header))
            };
            if is_removed {
                removed = match self.remove(&name) {
                    Ok(()) => removed.map(|count| count + 1),
                    Err(error) => Err(error),
                };
            }
        }
        removed
    }

    /// Returns true if no process holds this lease; with the guard, none can get it now either.
    fn is_free(&self, name: &str) -> bool {
        let file = self.open_lock(name).ok().flatten();
        file.is_some_and(|file| lock(&file).is_ok_and(|is_locked| is_locked))
    }

    /// Returns true if a temporary file is older than any call.
    fn is_old(&self, name: &str) -> bool {
        let stat = rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW);
        let modified = stat.ok().and_then(|stat| u64::try_from(stat.st_mtime).ok());
        let now = std::time::UNIX_EPOCH
            .elapsed()
            .unwrap_or_default()
            .as_secs();
        modified.is_some_and(|modified| now.saturating_sub(modified) > LEFTOVER)
    }

    /// Returns the file if it is a regular one of ours that nobody else can use.
    fn own(&self, fd: OwnedFd) -> Option<OwnedFd> {
        let stat = rustix::fs::fstat(&fd).ok()?;
        let is_ours = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
            && stat.st_uid == geteuid().as_raw()
            && !is_open_to_others(&stat);
        is_ours.then_some(fd)
    }
}

impl Written<'_> {
    /// Gives the file its name, in place of the one that had it.
    pub(super) fn keep(mut self) -> Result<()> {
        let fd = &self.folder.fd;
        let renamed = rustix::fs::renameat(fd, &*self.temporary, fd, &*self.name);
        renamed.map_err(|error| self.folder.path.failure("cannot be written to", error))?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            // What cannot be removed is removed later, as what a crash has left.
            let _ = self.folder.remove(&self.temporary);
        }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // Closing the folder would unlock it as well.
        let _ = rustix::fs::flock(&self.0.fd, FlockOperation::Unlock);
    }
}

/// Reads a whole file from its start.
pub(super) fn read(file: &File) -> Option<(Header, Vec<u8>)> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_HEADER + MAX_RECORD + 1).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut bytes).ok()?;
    let (header, record) = Header::decode(&bytes)?;
    (record.len() <= MAX_RECORD).then_some((header, record))
}

/// Locks a file for its process, or returns false if another one has locked it.
pub(super) fn lock(file: &File) -> io::Result<bool> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn is_open_to_others(stat: &Stat) -> bool {
    Mode::from_raw_mode(stat.st_mode).intersects(Mode::RWXG | Mode::RWXO)
}

const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);

const TEMPORARY: &str = ".tmp";
pub(super) const LOCK: &str = ".lock";

/// Returns true for the names of a store's own files: the hash of a token, and what it is. The folder may hold the user's files as well.
fn is_ours(name: &str) -> bool {
    let Some((hash, kind)) = name.split_at_checked(HASH_DIGITS) else {
        return false;
    };
    let is_hash = hash
        .bytes()
        .all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    let is_kind = KINDS.contains(&kind);
    is_hash && (is_kind || kind.ends_with(TEMPORARY) && KINDS.iter().any(|it| kind.starts_with(it)))
}

/// Of a hash with 256 bits.
const HASH_DIGITS: usize = 64;

/// What follows the hash in the names of all files of a store; that of a temporary one continues after it.
const KINDS: [&str; 4] = [".token", ".failure", LOCK, TEMPORARY];

/// Less than a call may take.
const GUARD_LIMIT: Duration = Duration::from_millis(200);

/// In seconds: a temporary file is renamed within milliseconds.
const LEFTOVER: u64 = 60;
