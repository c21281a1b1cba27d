//! One setting's names: in the builder, in the environment, and an example to show.

use crate::error::Error;

/// How a setting is called and what a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The builder's name for it, such as `client_id`.
    pub name: &'static str,
    /// Our environment variable, such as `MAIA_CLIENT_ID`.
    pub variable: &'static str,
    /// The vendor's own variable, read where ours is not set.
    pub fallback: Option<&'static str>,
    /// A value that is obviously made up.
    pub example: &'static str,
}

impl Setting {
    /// Names a setting.
    pub const fn new(name: &'static str, variable: &'static str, example: &'static str) -> Self {
        Self {
            name,
            variable,
            fallback: None,
            example,
        }
    }

    /// Adds the vendor's own variable.
    #[must_use]
    pub const fn with_fallback(mut self, variable: &'static str) -> Self {
        self.fallback = Some(variable);
        self
    }

    /// Returns the variables that are read, ours first.
    pub(super) fn variables(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.variable).chain(self.fallback)
    }

    /// Returns both names, for errors about a value whose origin is not known any more.
    pub fn label(&self) -> String {
        format!("{} ({})", self.name, self.variable)
    }

    /// Returns both names of the file that may hold this setting instead.
    pub fn file_label(&self) -> String {
        format!("{}_file ({})", self.name, self.file_variable())
    }

    /// Returns the variable that names a file which holds this setting instead.
    pub fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable)
    }

    /// Returns the error for a value that is required and absent: it names the variable, with an example.
    pub fn missing(&self) -> Error {
        let Self {
            name,
            variable,
            example,
            ..
        } = self;
        Error::config(format!(
            "{name} is missing: set the environment variable {variable}, for example {variable}={example}, or call ConfigBuilder::{name}"
        ))
    }
}
