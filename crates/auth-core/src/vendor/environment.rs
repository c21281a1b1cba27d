//! The one seam through which the environment is read; tests replace it.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::Setting;
use crate::error::{Error, Result};
use crate::secret::{FileKind, Secret, check_credential, read_limited, read_secret};

/// Looks variables up: in the process's environment, or wherever a test says.
pub struct Environment<'a> {
    lookup: &'a (dyn Fn(&str) -> Option<OsString> + Sync),
}

impl<'a> Environment<'a> {
    /// Reads the process's environment. Nothing else in this workspace does.
    pub fn of_process() -> Environment<'static> {
        Environment {
            lookup: &|variable| std::env::var_os(variable),
        }
    }

    /// Reads from a function.
    pub fn new(lookup: &'a (dyn Fn(&str) -> Option<OsString> + Sync)) -> Self {
        Self { lookup }
    }

    /// Returns a setting's value with the name of the variable it came from: ours, else the vendor's own.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the value is not UTF-8.
    pub fn text(&self, setting: &Setting) -> Result<Option<(String, String)>> {
        for variable in setting.variables() {
            if let Some(value) = self.read(&variable)? {
                return Ok(Some((variable, value)));
            }
        }
        Ok(None)
    }

    /// As [`Environment::text`], with an empty value taken for none: CI systems set variables they have no value for.
    ///
    /// # Errors
    /// As [`Environment::text`].
    pub fn optional_text(&self, setting: &Setting) -> Result<Option<String>> {
        for variable in setting.variables() {
            if let Some(value) = self.read(&variable)?.filter(|value| !value.is_empty()) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Returns a secret from its variable.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) as [`check_credential`] says, naming the variable.
    pub fn secret(&self, setting: &Setting) -> Result<Option<Secret>> {
        let Some((variable, value)) = self.text(setting)? else {
            return Ok(None);
        };
        let secret = Secret::from(value);
        check_credential(&variable, secret.expose_secret())?;
        Ok(Some(secret))
    }

    /// Returns the path of the file that contains a secret instead of its variable, from the variable with `_FILE`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the secret's own variable is set as well, or if the file contains no usable secret now.
    pub fn secret_file(&self, setting: &Setting) -> Result<Option<PathBuf>> {
        let file_variable = setting.file_variable();
        let Some(path) = self.read(&file_variable)?.map(PathBuf::from) else {
            return Ok(None);
        };
        // The vendor's own variable is only a fallback, and no contradiction.
        let variable = setting.variable();
        if self.read(&variable)?.is_some() {
            return Err(Error::config(format!(
                "both {variable} and {file_variable} are set: unset one of them"
            )));
        }
        read_secret(&path, FileKind::Regular).map_err(|error| error.in_setting(&file_variable))?;
        Ok(Some(path))
    }

    /// Returns the content of the file that a variable names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if it cannot be read.
    pub fn file(&self, setting: &Setting) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.optional_text(setting)? else {
            return Ok(None);
        };
        let mut content = read_limited(Path::new(&path), MAX_FILE, FileKind::Regular)
            .map_err(|error| error.in_setting(&setting.variable()))?;
        Ok(Some(std::mem::take(&mut *content)))
    }

    /// Returns a variable as it is.
    pub(super) fn raw(&self, variable: &str) -> Option<OsString> {
        (self.lookup)(variable)
    }

    fn read(&self, variable: &str) -> Result<Option<String>> {
        self.raw(variable)
            .map(OsString::into_string)
            .transpose()
            .map_err(|_| {
                Error::config(format!(
                    "{variable} is not valid UTF-8: set it to plain text"
                ))
            })
    }
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

/// Every certificate authority there is fits into a tenth of this.
const MAX_FILE: u64 = 4 * 1024 * 1024;
