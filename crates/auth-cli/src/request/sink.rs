//! The destination of a response: standard output, or a file that appears once it is complete.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, IsTerminal as _, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::opened::{Opened, opened};
use crate::failure::Failure;
use crate::file_error::at;
use crate::output::print;
use crate::ownership::keep_owner;
use crate::paths::folder_of;

/// The destination of a response.
#[derive(Debug)]
pub(super) enum Sink {
    /// Whether the output ends a line, once there is any.
    Stdout { ends_line: Option<bool> },
    /// A device or a pipe, which cannot be replaced.
    Device { file: File, path: PathBuf },
    /// A file next to the one that it replaces.
    Replacement {
        temporary: NamedTempFile,
        path: PathBuf,
    },
}

impl Sink {
    pub(super) fn stdout() -> Self {
        Self::Stdout { ends_line: None }
    }

    /// Returns true if the destination is a file that is replaced, and not a device or a pipe.
    pub(super) fn replaces(path: &Path) -> bool {
        let is_stdout = path == Path::new("-");
        let is_replaced = |found: Metadata| found.is_file() && opened(path, &found).is_none();
        !is_stdout && path.metadata().map_or(true, is_replaced)
    }

    /// Opens the destination, so that a missing folder is an error before anything is sent.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Self::stdout());
        };
        let ends_in_folder = path.to_string_lossy().ends_with(std::path::is_separator);
        if ends_in_folder || path.file_name().is_none() {
            return Err(is_folder(path));
        }
        let Ok(metadata) = path.metadata() else {
            if path.symlink_metadata().is_ok_and(|it| it.is_symlink()) {
                return Err(Failure::Usage(format!(
                    "{} is a symbolic link to a missing file: remove it, or choose another file",
                    path.display()
                )));
            }
            return Self::replace(path.to_owned(), None);
        };
        if metadata.is_dir() {
            return Err(is_folder(path));
        }
        match opened(path, &metadata) {
            Some(Opened::Stdout) => return Ok(Self::stdout()),
            Some(Opened::Stderr(file)) => {
                let path = path.to_owned();
                return Ok(Self::Device { file, path });
            }
            Some(Opened::Other) => {
                return Err(Failure::Usage(format!(
                    "{} is a file that is open already: omit -o, and redirect standard output to it, as with `>&3`",
                    path.display()
                )));
            }
            None => {}
        }
        // Also detects a file that may not be written, although its folder would allow to replace it.
        let existing = OpenOptions::new().write(true).open(path);
        let file = existing.map_err(|error| cannot_open(path, &error))?;
        if !metadata.is_file() {
            let path = path.to_owned();
            return Ok(Self::Device { file, path });
        }
        // A symbolic link stays, and its target is replaced.
        let target = path.canonicalize();
        let target = target.map_err(|error| cannot_open(path, &error))?;
        Self::replace(target, Some(&metadata))
    }

    fn replace(path: PathBuf, replaced: Option<&Metadata>) -> Result<Self, Failure> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".vauth-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            use fs::Permissions;

            // As for any new file, the umask applies.
            builder.permissions(Permissions::from_mode(0o666));
        }
        let failed = |error| cannot_open(&path, &error);
        let temporary = builder.tempfile_in(folder_of(&path)).map_err(failed)?;
        if let Some(replaced) = replaced {
            let kept = keep_owner(temporary.as_file(), replaced);
            let kept =
                kept.and_then(|()| fs::set_permissions(temporary.path(), replaced.permissions()));
            kept.map_err(failed)?;
        }
        Ok(Self::Replacement { temporary, path })
    }

    /// Returns true if an interrupted command would leave a temporary file behind.
    pub(super) fn needs_cleanup(&self) -> bool {
        matches!(self, Self::Replacement { .. })
    }

    /// Returns standard output in place of a file, which is removed first: printing may wait for a reader forever.
    pub(super) fn into_stdout(self) -> Self {
        match self {
            Self::Stdout { .. } => self,
            Self::Device { .. } | Self::Replacement { .. } => Self::stdout(),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stdout { ends_line } => {
                if let Some(last) = bytes.last() {
                    *ends_line = Some(*last == b'\n');
                }
                print(bytes)
            }
            Self::Device { file, path } => {
                let written = file.write_all(bytes);
                written.map_err(|error| cannot_write(path, &error))
            }
            Self::Replacement { temporary, path } => {
                let written = temporary.as_file_mut().write_all(bytes);
                written.map_err(|error| cannot_write(path, &error))
            }
        }
    }

    /// Completes the output: the file appears, and a terminal's prompt starts on its own line.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Stdout {
                ends_line: Some(false),
            } if io::stdout().is_terminal() => print(b"\n"),
            Self::Stdout { .. } => Ok(()),
            Self::Device { mut file, path } => {
                file.flush().map_err(|error| cannot_write(&path, &error))
            }
            Self::Replacement { temporary, path } => {
                let persisted = temporary.persist(&path).map(drop);
                persisted.map_err(|error| cannot_write(&path, &error.error))
            }
        }
    }

    /// Completes the output of a failure: what a file would have contained is printed, and the file is not replaced.
    pub(super) fn divert(self) -> Result<(), Failure> {
        let Self::Replacement { temporary, path } = self else {
            return self.finish();
        };
        let (mut file, name) = temporary.into_parts();
        drop(name);
        let failed = |error| cannot_write(&path, &error);
        file.rewind().map_err(failed)?;
        let mut stdout = Self::stdout();
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece).map_err(failed)? {
                0 => return stdout.finish(),
                length => stdout.write(&piece[..length])?,
            }
        }
    }
}

fn is_folder(path: &Path) -> Failure {
    Failure::Usage(format!("{} is a folder: name a file in it", path.display()))
}

fn cannot_open(path: &Path, error: &io::Error) -> Failure {
    Failure::System("cannot open the output file", at(path, error))
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::NoReader,
        _ => Failure::System("cannot write the output file", at(path, error)),
    }
}

/// One write to a pipe.
const PIECE: usize = 64 * 1024;
