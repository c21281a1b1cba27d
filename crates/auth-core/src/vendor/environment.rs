//! Access to the environment, which tests replace.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::Setting;
use crate::error::{Error, Result};
use crate::secret::{
    FileKind, MAX_CERTIFICATES, Secret, check_credential, read_limited, read_secret,
};

/// Looks up variables in the process's environment, or in a test's replacement.
pub struct Environment<'a> {
    lookup: &'a (dyn Fn(&str) -> Option<OsString> + Sync),
}

impl<'a> Environment<'a> {
    /// Reads the process's environment. No other code in this workspace does, except for the proxy variables.
    pub fn of_process() -> Environment<'static> {
        Environment {
            lookup: &|variable| std::env::var_os(variable),
        }
    }

    /// Reads from a function.
    pub fn new(lookup: &'a (dyn Fn(&str) -> Option<OsString> + Sync)) -> Self {
        Self { lookup }
    }

    /// Returns a setting's value with the name of its variable: ours, or else the vendor's own.
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

    /// As [`Environment::text`], but treats an empty value as absent: CI systems set variables without a value.
    ///
    /// # Errors
    /// As [`Environment::text`].
    pub fn optional_text(&self, setting: &Setting) -> Result<Option<String>> {
        Ok(self.non_empty(setting)?.map(|(_, value)| value))
    }

    /// As [`Environment::optional_text`], with the name of the variable.
    pub(super) fn non_empty(&self, setting: &Setting) -> Result<Option<(String, String)>> {
        for variable in setting.variables() {
            if let Some(value) = self.read(&variable)?.filter(|value| !value.is_empty()) {
                return Ok(Some((variable, value)));
            }
        }
        Ok(None)
    }

    /// Returns a secret from its variable.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) as for [`check_credential`], naming the variable.
    pub fn secret(&self, setting: &Setting) -> Result<Option<Secret>> {
        let Some((variable, value)) = self.text(setting)? else {
            return Ok(None);
        };
        let secret = Secret::from(value);
        check_credential(&variable, secret.expose_secret())?;
        Ok(Some(secret))
    }

    /// Returns the path of a secret's file, from the variable with `_FILE`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the secret's own variable is set as well, or if the file contains no usable secret now.
    pub fn secret_file(&self, setting: &Setting) -> Result<Option<PathBuf>> {
        let file_variable = setting.file_variable();
        let Some(path) = self.read(&file_variable)?.map(PathBuf::from) else {
            return Ok(None);
        };
        // The vendor's own variable is only a fallback, not a contradiction.
        let variable = setting.variable();
        if self.read(&variable)?.is_some() {
            return Err(Error::config(format!(
                "both {variable} and {file_variable} are set: unset one of them"
            )));
        }
        read_secret(&path, FileKind::Regular).map_err(|error| error.in_setting(&file_variable))?;
        Ok(Some(path))
    }

    /// Returns the content of the file whose path is in a variable.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if it cannot be read.
    pub fn file(&self, setting: &Setting) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.optional_text(setting)? else {
            return Ok(None);
        };
        let mut content = read_limited(Path::new(&path), MAX_CERTIFICATES, FileKind::Regular)
            .map_err(|error| error.in_setting(&setting.variable()))?;
        Ok(Some(std::mem::take(&mut *content)))
    }

    /// Returns a setting that is on or off; an empty value counts as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable, for anything but `true` and `false`.
    pub fn flag(&self, setting: &Setting) -> Result<Option<bool>> {
        match self.non_empty(setting)? {
            None => Ok(None),
            Some((_, value)) if value == "true" => Ok(Some(true)),
            Some((_, value)) if value == "false" => Ok(Some(false)),
            Some((variable, _)) => Err(Error::config(format!(
                "{variable} is neither true nor false: set it to one of them, or unset it"
            ))),
        }
    }

    /// Returns a variable unchanged.
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
