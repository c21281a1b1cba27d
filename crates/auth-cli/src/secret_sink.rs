//! Where a secret comes from, and where one goes that is shown only once: a place made ready before the secret exists, so that none is made that cannot be kept.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use auth_core::Secret;
use tempfile::NamedTempFile;

use crate::arguments::SecretArguments;
use crate::failure::Failure;
use crate::output::print;

/// A place for one secret.
pub(crate) enum SecretSink {
    /// Standard output, because that was asked for.
    Shown,
    /// A file that nobody else can read.
    File(SecretFile),
}

/// A temporary file beside the one that is wanted; it takes that one's name only when it is whole.
pub(crate) struct SecretFile {
    temporary: NamedTempFile,
    path: PathBuf,
    may_replace: bool,
}

impl SecretSink {
    /// Makes the place ready; a file that is there is an error unless its secret is to be replaced.
    pub(crate) fn prepare(arguments: &SecretArguments, may_replace: bool) -> Result<Self, Failure> {
        match &arguments.secret_file {
            None => Ok(Self::Shown),
            Some(path) => SecretFile::prepare(path, may_replace).map(Self::File),
        }
    }

    /// Keeps the secret; returns it if it is to be shown.
    ///
    /// A secret that cannot be written is printed after all, since nobody can read it again.
    pub(crate) fn keep(self, secret: &Secret) -> Result<Option<String>, Failure> {
        match self {
            Self::Shown => Ok(Some(secret.expose().to_owned())),
            Self::File(file) => match file.write(secret) {
                Ok(()) => Ok(None),
                Err(error) => {
                    print(format!("{}\n", secret.expose()).as_bytes())?;
                    Err(Failure::System(
                        "cannot write the secret to its file, so it stands on standard output",
                        error,
                    ))
                }
            },
        }
    }
}

/// Takes a secret out of a file; one line break at its end is not part of it.
pub(crate) fn read_secret(path: &Path) -> Result<Secret, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::System("cannot read the file with the secret", error))?;
    let text = Secret::from(text);
    let line = text.expose();
    let line = line.strip_suffix('\n').unwrap_or(line);
    Ok(Secret::from(line.strip_suffix('\r').unwrap_or(line)))
}

impl SecretFile {
    pub(crate) fn prepare(path: &Path, may_replace: bool) -> Result<Self, Failure> {
        // A link counts as a file even if what it leads to is gone.
        if !may_replace && path.symlink_metadata().is_ok() {
            return Err(Failure::Usage(format!(
                "{} is there already: name another file, or remove it",
                path.display()
            )));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let temporary = NamedTempFile::new_in(folder)
            .map_err(|error| Failure::System("cannot make a file for the secret", error))?;
        Ok(Self {
            temporary,
            path: path.to_owned(),
            may_replace,
        })
    }

    /// Writes the secret, and gives the file its name when it is whole; a temporary file is readable by its owner alone.
    pub(crate) fn write(mut self, secret: &Secret) -> io::Result<()> {
        self.temporary.write_all(secret.expose().as_bytes())?;
        self.temporary.as_file().sync_all()?;
        let kept = if self.may_replace {
            self.temporary.persist(&self.path)
        } else {
            self.temporary.persist_noclobber(&self.path)
        };
        kept.map(drop).map_err(|error| error.error)
    }
}
