//! One setting: its names in the builder and in the environment, what it means, and an example to show.

use crate::error::Error;

/// How a setting is called, what it means, and what a value looks like.
///
/// The builder, the environment, the documents and the command all take a setting's names from here.
///
/// # Examples
/// ```
/// use auth_core::vendor::Setting;
///
/// const REGION: Setting = Setting::option("MAIA", "region", "eu1")
///     .with_meaning("the region that the account lives in", "required");
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
    setter: &'static str,
}

impl Setting {
    /// Names a common setting; its environment variable is `prefix` and `name` in capitals, joined by an underscore.
    pub const fn new(prefix: &'static str, name: &'static str, example: &'static str) -> Self {
        Self {
            prefix,
            name,
            suffix: None,
            fallback: None,
            example,
            meaning: "",
            default: "none",
            setter: "ConfigBuilder",
        }
    }

    /// Names a setting that one vendor alone has, whose setter is a method of the vendor's `Options`.
    pub const fn option(prefix: &'static str, name: &'static str, example: &'static str) -> Self {
        let mut setting = Self::new(prefix, name, example);
        setting.setter = "Options";
        setting
    }

    /// Names a variable as it is, which is its own setting.
    pub(super) const fn of_variable(variable: &'static str, example: &'static str) -> Self {
        let mut setting = Self::new("", variable, example);
        setting.suffix = Some(variable);
        setting
    }

    /// Sets what follows the prefix in the environment variable, for a variable that is not called as the setting is.
    #[must_use]
    pub const fn with_variable_suffix(mut self, suffix: &'static str) -> Self {
        self.suffix = Some(suffix);
        self
    }

    /// Adds the vendor's own variable, which is read where ours is not set.
    #[must_use]
    pub const fn with_fallback(mut self, variable: &'static str) -> Self {
        self.fallback = Some(variable);
        self
    }

    /// Sets what the tables of settings say: the meaning, and what holds where the setting is absent.
    #[must_use]
    pub const fn with_meaning(mut self, meaning: &'static str, default: &'static str) -> Self {
        self.meaning = meaning;
        self.default = default;
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

    /// Returns the vendor's own variable, read where ours is not set.
    pub fn fallback(&self) -> Option<&'static str> {
        self.fallback
    }

    /// Returns a value that is obviously made up.
    pub fn example(&self) -> &'static str {
        self.example
    }

    /// Returns what the setting means.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Returns what holds where the setting is absent.
    pub fn default(&self) -> &'static str {
        self.default
    }

    /// Returns the variables that are read, ours first.
    pub(super) fn variables(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.variable()).chain(self.fallback.map(str::to_owned))
    }

    /// Returns both names, for errors about a value whose origin is not known any more.
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

    /// Returns the error for a value that is required and absent: it names the variable, with an example.
    pub fn missing(&self) -> Error {
        let (name, variable) = (self.name, self.variable());
        Error::config(format!(
            "{name} is missing: set the environment variable {variable}, for example {variable}={}, or call {}::{name}",
            self.example, self.setter
        ))
    }
}
