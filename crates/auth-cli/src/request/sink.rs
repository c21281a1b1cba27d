//! The destination of a response: standard output, or a file that appears once it is complete.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::file_error::at;
use crate::output::print;

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
        !is_stdout && path.metadata().map_or(true, |found| found.is_file())
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
        Self::replace(target, Some(metadata.permissions()))
    }

    fn replace(path: PathBuf, permissions: Option<Permissions>) -> Result<Self, Failure> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".vauth-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            // As for any new file, the umask applies.
            builder.permissions(Permissions::from_mode(0o666));
        }
        let failed = |error| cannot_open(&path, &error);
        let temporary = builder.tempfile_in(folder).map_err(failed)?;
        if let Some(permissions) = permissions {
            let kept = fs::set_permissions(temporary.path(), permissions);
            kept.map_err(failed)?;
        }
        Ok(Self::Replacement { temporary, path })
    }

    /// Returns true if an interrupted command would leave a temporary file behind.
    pub(super) fn needs_cleanup(&self) -> bool {
        matches!(self, Self::Replacement { .. })
    }

    /// Returns true if the response goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout { .. })
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
