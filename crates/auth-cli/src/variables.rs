//! The process's environment, as the command reads it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The variables of the process at its start.
#[derive(Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, OsString>);

impl Variables {
    /// Takes a snapshot; a variable whose name is not UTF-8 is not one of ours.
    pub(crate) fn of_process() -> Self {
        let named =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self(named.collect())
    }

    /// Returns a variable unchanged.
    pub(crate) fn raw(&self, name: &str) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }

    /// Returns a variable that is not empty.
    pub(crate) fn non_empty(&self, name: &str) -> Option<&OsStr> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// Returns a variable that is not empty, as text, or a message for one that is not.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        let Some(value) = self.non_empty(name) else {
            return Ok(None);
        };
        let text = value
            .to_str()
            .ok_or_else(|| format!("{name} is not valid UTF-8: set it to plain text"))?;
        Ok(Some(text))
    }

    /// Returns the names of all variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
impl<'a> FromIterator<(&'a str, &'a str)> for Variables {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(variables: I) -> Self {
        let named = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()));
        Self(named.collect())
    }
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values may be secrets.
        f.debug_set().entries(self.0.keys()).finish()
    }
}
