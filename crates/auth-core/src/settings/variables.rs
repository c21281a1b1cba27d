//! The one seam through which the environment is read; tests replace it.

use std::ffi::OsString;
use std::fmt;
use std::fs;

use super::Setting;
use crate::credential::check_credential;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Looks variables up: in the process's environment, or wherever a test says.
pub struct Variables<'a> {
    lookup: &'a (dyn Fn(&str) -> Option<OsString> + Sync),
}

impl<'a> Variables<'a> {
    /// Reads the process's environment. Nothing else in this workspace does.
    pub fn of_process() -> Variables<'static> {
        Variables {
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
    pub fn text(&self, setting: &Setting) -> Result<Option<(&'static str, String)>> {
        for variable in std::iter::once(setting.variable).chain(setting.fallback) {
            if let Some(value) = self.read(variable)? {
                return Ok(Some((variable, value)));
            }
        }
        Ok(None)
    }

    /// As [`Variables::text`], with an empty value taken for none: CI systems set variables they have no value for.
    ///
    /// # Errors
    /// As [`Variables::text`].
    pub fn optional_text(&self, setting: &Setting) -> Result<Option<String>> {
        let value = self.text(setting)?.map(|(_, value)| value);
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// Returns a secret from its variable, or from the file that the variable with `_FILE` names.
    ///
    /// One line break at the file's end is not part of the secret: editors and `echo` leave it there.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if both variables are set, if the file cannot be read, or as [`check_credential`] says.
    pub fn secret(&self, setting: &Setting) -> Result<Option<Secret>> {
        let file_variable = format!("{}_FILE", setting.variable);
        let value = self.text(setting)?;
        let Some(path) = self.read(&file_variable)? else {
            let Some((variable, value)) = value else {
                return Ok(None);
            };
            let secret = Secret::from(value);
            check_credential(variable, secret.expose())?;
            return Ok(Some(secret));
        };
        if let Some((variable, _)) = value {
            return Err(Error::config(format!(
                "both {variable} and {file_variable} are set: unset one of them"
            )));
        }
        let secret = fs::read_to_string(&path)
            .map(Secret::from)
            .map_err(|error| unreadable(&file_variable, error))?;
        let text = secret.expose();
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        check_credential(&format!("the file that {file_variable} names"), line)?;
        Ok(Some(Secret::from(line)))
    }

    /// Returns the content of the file that a variable names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if it cannot be read.
    pub fn file(&self, setting: &Setting) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.optional_text(setting)? else {
            return Ok(None);
        };
        let content = fs::read(path).map_err(|error| unreadable(setting.variable, error))?;
        Ok(Some(content))
    }

    fn read(&self, variable: &str) -> Result<Option<String>> {
        (self.lookup)(variable)
            .map(OsString::into_string)
            .transpose()
            .map_err(|_| {
                Error::config(format!(
                    "{variable} is not valid UTF-8: set it to plain text"
                ))
            })
    }
}

impl fmt::Debug for Variables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variables").finish_non_exhaustive()
    }
}

fn unreadable(variable: &str, error: std::io::Error) -> Error {
    Error::config(format!(
        "the file that {variable} names cannot be read: check the path and its permissions"
    ))
    .with_source(error)
}
