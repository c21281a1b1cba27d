//! One setting: its names in the builder and in the environment, its meaning, and an example.

use crate::error::Error;

/// The names, the meaning and an example of a setting.
///
/// The builder, the environment, the documents and the command all use these names.
///
/// # Examples
/// ```
/// use auth_core::vendor::Setting;
///
/// const REGION: Setting = Setting::option("MAIA", "region", "eu1")
///     .with_meaning("the account's region", "required");
/// assert_eq!(REGION.variable(), "MAIA_REGION");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    prefix: &'static str,
    name: &'static str,
    suffix: Option<&'static str>,
    fallback: Option<&'static str>,
    example: &'static str,
    meaning: &'static str,
    default: &'static str,
    default_value: Option<&'static str>,
    setter: &'static str,
}

impl Setting {
    /// Creates a common setting; its environment variable is `prefix` and `name` in upper case, joined by an underscore.
    pub const fn new(prefix: &'static str, name: &'static str, example: &'static str) -> Self {
        Self {
            prefix,
            name,
            suffix: None,
            fallback: None,
            example,
            meaning: "",
            default: "none",
            default_value: None,
            setter: "ConfigBuilder",
        }
    }

    /// Creates a vendor-specific setting, whose setter is a method of the vendor's `Options`.
    pub const fn option(prefix: &'static str, name: &'static str, example: &'static str) -> Self {
        let mut setting = Self::new(prefix, name, example);
        setting.setter = "Options";
        setting
    }

    /// Creates a setting that is a single variable with this name.
    pub(super) const fn of_variable(variable: &'static str, example: &'static str) -> Self {
        let mut setting = Self::new("", variable, example);
        setting.suffix = Some(variable);
        setting
    }

    /// Sets the suffix of the environment variable after the prefix, if it differs from the setting's name.
    #[must_use]
    pub const fn with_variable_suffix(mut self, suffix: &'static str) -> Self {
        self.suffix = Some(suffix);
        self
    }

    /// Adds the vendor's own variable, which is read if ours is not set.
    #[must_use]
    pub const fn with_fallback(mut self, variable: &'static str) -> Self {
        self.fallback = Some(variable);
        self
    }

    /// Sets the texts for the tables of settings: the meaning, and the default.
    #[must_use]
    pub const fn with_meaning(mut self, meaning: &'static str, default: &'static str) -> Self {
        self.meaning = meaning;
        self.default = default;
        self
    }

    /// Sets the default as a value that could be set, for a default that is the same for every program.
    ///
    /// The text of [`Setting::with_meaning`] is for readers, and may be a sentence.
    #[must_use]
    pub const fn with_default_value(mut self, value: &'static str) -> Self {
        self.default_value = Some(value);
        self
    }

    /// Returns the builder's name for it, such as `client_id`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns our environment variable, such as `MAIA_CLIENT_ID`.
    pub fn variable(&self) -> String {
        match (self.prefix, self.suffix) {
            ("", Some(suffix)) => suffix.to_owned(),
            (prefix, Some(suffix)) => format!("{prefix}_{suffix}"),
            (prefix, None) => format!("{prefix}_{}", self.name.to_ascii_uppercase()),
        }
    }

    /// Returns the vendor's own variable, which is read if ours is not set.
    pub fn fallback(&self) -> Option<&'static str> {
        self.fallback
    }

    /// Returns an obviously fake value.
    pub fn example(&self) -> &'static str {
        self.example
    }

    /// Returns the setting's meaning.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Returns the default of the setting, in Markdown.
    pub fn default(&self) -> &'static str {
        self.default
    }

    /// Returns the default as a value that could be set; `None` if there is none, or if it depends on other settings.
    pub fn default_value(&self) -> Option<&'static str> {
        self.default_value
    }

    /// Returns the variables that are read, ours first.
    pub(super) fn variables(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.variable()).chain(self.fallback.map(str::to_owned))
    }

    /// Returns both names, for errors about a value of unknown origin.
    pub fn label(&self) -> String {
        format!("{} ({})", self.name, self.variable())
    }

    /// Returns both names of the file that may contain this setting instead.
    pub fn file_label(&self) -> String {
        format!("{}_file ({})", self.name, self.file_variable())
    }

    /// Returns the variable that names a file which contains this setting instead.
    pub fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable())
    }

    /// Returns the error of a value's check with both names of the setting in front of it.
    pub fn invalid(&self, error: Error) -> Error {
        error.in_setting(&self.label())
    }

    /// Returns the error for a missing required value, which names the variable, with an example.
    pub fn missing(&self) -> Error {
        self.missing_unless("")
    }

    /// Returns the error for a missing value that the setting `other` replaces, which does what `purpose` says.
    pub(super) fn missing_or(&self, other: &Self, purpose: &str) -> Error {
        self.missing_unless(&format!(", or {} {purpose}", other.variable()))
    }

    fn missing_unless(&self, alternative: &str) -> Error {
        let (name, variable) = (self.name, self.variable());
        Error::config(format!(
            "{name} is missing: set the environment variable {variable}, for example {variable}={}{alternative}, or call {}::{name}",
            self.example, self.setter
        ))
    }
}
