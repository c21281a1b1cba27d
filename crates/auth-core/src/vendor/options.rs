//! Vendor-specific settings, as a table for the builder, the environment, the documents and the command.

use std::fmt;

use super::{Environment, Setting};
use crate::error::{Error, Result};

/// Vendor-specific settings, in addition to the common ones.
///
/// Setters are inherent methods of the type; the table provides the same settings by name, for the environment and the command.
///
/// # Examples
/// ```
/// use auth_core::vendor::{OptionSetting, Setting, VendorOptions};
///
/// #[derive(Debug, Clone, Default)]
/// pub struct Options {
///     audience: Option<String>,
/// }
///
/// impl Options {
///     pub fn audience(mut self, audience: impl Into<String>) -> Self {
///         self.audience = Some(audience.into());
///         self
///     }
/// }
///
/// impl VendorOptions for Options {
///     const SETTINGS: &'static [OptionSetting<Self>] = &[OptionSetting::new(
///         Setting::option("EXAMPLE", "audience", "https://api.example.com")
///             .with_meaning("the `audience` of the token request", "none"),
///         |options, _, value| Ok(options.audience(value)),
///     )];
///
///     fn or(self, inherited: Self) -> Self {
///         Self {
///             audience: self.audience.or(inherited.audience),
///         }
///     }
/// }
/// ```
pub trait VendorOptions: fmt::Debug + Clone + Default + Send + Sync + 'static {
    /// All settings with a text form, in the order of the documents.
    const SETTINGS: &'static [OptionSetting<Self>];

    /// Fills unset settings with those from the environment.
    #[must_use]
    fn or(self, inherited: Self) -> Self;
}

/// The options of a vendor without specific settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoOptions;

impl VendorOptions for NoOptions {
    const SETTINGS: &'static [OptionSetting<Self>] = &[];

    fn or(self, inherited: Self) -> Self {
        inherited
    }
}

/// A vendor-specific setting: its names, and how to parse its text.
pub struct OptionSetting<O> {
    setting: Setting,
    read: fn(O, &str, &str) -> Result<O>,
    takes_empty: bool,
    is_builder_only: bool,
}

impl<O> OptionSetting<O> {
    /// Creates a setting; `read` receives the options, the label for errors, and the value's text.
    pub const fn new(setting: Setting, read: fn(O, &str, &str) -> Result<O>) -> Self {
        Self {
            setting,
            read,
            takes_empty: false,
            is_builder_only: false,
        }
    }

    /// Creates a setting that only a program can set, since it has no text form.
    pub const fn described(setting: Setting) -> Self {
        Self {
            setting,
            read: |options, _, _| Ok(options),
            takes_empty: false,
            is_builder_only: true,
        }
    }

    /// Treats an empty variable as a value; by default it counts as unset.
    #[must_use]
    pub const fn with_empty_allowed(mut self) -> Self {
        self.takes_empty = true;
        self
    }

    /// Returns the setting's names and meaning.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Returns true if only a program can set it, since it has no text form.
    pub fn is_builder_only(&self) -> bool {
        self.is_builder_only
    }
}

impl<O> fmt::Debug for OptionSetting<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptionSetting")
            .field("setting", &self.setting)
            .finish_non_exhaustive()
    }
}

/// Reads the vendor-specific settings from the environment.
pub(super) fn from_environment<O: VendorOptions>(environment: &Environment<'_>) -> Result<O> {
    let mut options = O::default();
    for row in O::SETTINGS.iter().filter(|row| !row.is_builder_only) {
        let value = if row.takes_empty {
            environment.text(&row.setting)?
        } else {
            environment.non_empty(&row.setting)?
        };
        if let Some((variable, value)) = value {
            options = (row.read)(options, &variable, &value)?;
        }
    }
    Ok(options)
}

/// Sets a vendor-specific setting by its name.
pub(super) fn set<O: VendorOptions>(options: O, name: &str, value: &str) -> Result<O> {
    let mut rows = O::SETTINGS.iter().filter(|row| !row.is_builder_only);
    match rows.find(|row| row.setting.name() == name) {
        Some(row) => (row.read)(options, name, value),
        None => Err(unknown::<O>(name)),
    }
}

fn unknown<O: VendorOptions>(name: &str) -> Error {
    let rows = O::SETTINGS.iter().filter(|row| !row.is_builder_only);
    let known: Vec<&str> = rows.map(|row| row.setting.name()).collect();
    let known = match known.as_slice() {
        [] => "this vendor has none".to_owned(),
        known => format!("use {}", known.join(", ")),
    };
    let name = crate::error::display_text(name);
    Error::config(format!("{name} is not an option of this vendor: {known}"))
}
