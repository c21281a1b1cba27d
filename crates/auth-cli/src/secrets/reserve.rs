//! A secret's file: reserved, with space for the secret, before anything is created, and removed if no secret arrives.

mod existing;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use self::existing::Identity;
use crate::failure::Failure;
use crate::file_error::at;
use crate::paths::folder_of;

/// What to do with an existing file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It is an error.
    Refused,
    /// Its secret is about to stop working, so the new one replaces it.
    Replaced,
}

/// A file for one secret, readable only by its owner, with space for the secret.
#[derive(Debug)]
pub(crate) struct ReservedFile {
    path: PathBuf,
    reserved: Option<Reserved>,
}

#[derive(Debug)]
enum Reserved {
    /// The name is taken by our own file.
    New { file: File, identity: Identity },
    /// A temporary file next to the one that it will replace.
    Replacement {
        temporary: NamedTempFile,
        replaced: Identity,
    },
}

impl ReservedFile {
    /// Reserves the file, or fails if it cannot take a secret.
    pub(crate) fn prepare(path: &Path, existing: Existing) -> Result<Self, Failure> {
        if path.symlink_metadata().is_err() {
            return Self::create(path);
        }
        if existing == Existing::Refused {
            return Err(there_already(path));
        }
        let replaced = existing::check_replaceable(path)?;
        let failed = |error| cannot_make(path, &error);
        let mut temporary = NamedTempFile::new_in(folder_of(path)).map_err(failed)?;
        make_room(temporary.as_file_mut()).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            reserved: Some(Reserved::Replacement {
                temporary,
                replaced,
            }),
        })
    }

    fn create(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;

            options.mode(0o600);
        }
        let file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => there_already(path),
            _ => cannot_make(path, &error),
        })?;
        let failed = |error| cannot_make(path, &error);
        let identity = Identity::of(&file.metadata().map_err(failed)?);
        // From here on, a failure removes the file.
        let mut reserved = Self {
            path: path.to_owned(),
            reserved: Some(Reserved::New { file, identity }),
        };
        if let Some(Reserved::New { file, .. }) = &mut reserved.reserved {
            make_room(file).map_err(failed)?;
        }
        Ok(reserved)
    }

    /// Returns the path from the command line.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Fails if another file has replaced the reserved one.
    pub(crate) fn check(&self) -> io::Result<()> {
        self.reserved
            .as_ref()
            .map_or(Ok(()), |reserved| self.check_place(reserved))
    }

    /// Writes the secret and verifies that the path leads to it; otherwise leaves no part of it behind.
    pub(crate) fn write(mut self, secret: &str) -> io::Result<()> {
        let Some(reserved) = &mut self.reserved else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let filled = fill(reserved.file(), secret);
        let filled = filled.and_then(|()| self.check());
        if let Err(error) = filled {
            if let Some(reserved) = &mut self.reserved {
                // The file may have been moved, and then nothing removes it.
                let _ = reserved.file().set_len(0);
            }
            return Err(error);
        }
        match self.reserved.take() {
            Some(Reserved::Replacement { temporary, .. }) => {
                temporary.persist(&self.path).map_err(|error| error.error)?;
            }
            Some(Reserved::New { .. }) | None => {}
        }
        // Also makes the name durable, where folders can be synchronized.
        if let Ok(folder) = File::open(folder_of(&self.path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    fn check_place(&self, reserved: &Reserved) -> io::Result<()> {
        let expected = match reserved {
            Reserved::New { identity, .. } => identity,
            Reserved::Replacement { replaced, .. } => replaced,
        };
        let found = self.path.symlink_metadata()?;
        if found.is_file() && Identity::of(&found) == *expected {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "another file has replaced it",
        ))
    }
}

impl Reserved {
    fn file(&mut self) -> &mut File {
        match self {
            Self::New { file, .. } => file,
            Self::Replacement { temporary, .. } => temporary.as_file_mut(),
        }
    }
}

impl Drop for ReservedFile {
    /// Removes the file if no secret arrived; a temporary file removes itself.
    fn drop(&mut self) {
        let is_ours = match &self.reserved {
            Some(reserved @ Reserved::New { .. }) => self.check_place(reserved).is_ok(),
            _ => false,
        };
        if is_ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Allocates the space now, so that a full disk is detected before anything is created. No secret contains zero bytes, so they are never mistaken for one.
fn make_room(file: &mut File) -> io::Result<()> {
    file.write_all(&[0; ROOM])?;
    file.sync_all()
}

/// Replaces the reserved bytes with the secret.
fn fill(file: &mut File, secret: &str) -> io::Result<()> {
    file.rewind()?;
    file.write_all(secret.as_bytes())?;
    file.set_len(secret.len() as u64)?;
    file.sync_all()
}

fn there_already(path: &Path) -> Failure {
    Failure::Usage(format!(
        "{} already exists: choose another file, or remove it",
        path.display()
    ))
}

fn cannot_make(path: &Path, error: &io::Error) -> Failure {
    Failure::System("cannot create a file for the secret", at(path, error))
}

/// Far more than any secret takes, and one block of most disks.
const ROOM: usize = 4096;

#[cfg(all(test, unix))]
mod tests;
