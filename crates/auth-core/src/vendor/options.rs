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
///     const SETTINGS: &'static [OptionSetting<Self>] = &[OptionSetting::text(
///         Setting::option("EXAMPLE", "audience", "https://api.example.com")
///             .with_meaning("the `audience` of the token request", "none"),
///         |options| &mut options.audience,
///     )];
/// }
/// ```
pub trait VendorOptions: fmt::Debug + Clone + Default + Send + Sync + 'static {
    /// All settings with a text form, in the order of the documents.
    const SETTINGS: &'static [OptionSetting<Self>];

    /// Drops the settings that replace the common credentials, since the program has set credentials itself.
    ///
    /// Needed only by a vendor with such settings: see [`Vendor::replaces_credentials`](super::Vendor::replaces_credentials).
    #[must_use]
    fn without_credentials(self) -> Self {
        self
    }

    /// Fills unset settings with those from the environment.
    ///
    /// The default does this for settings made with [`OptionSetting::text`]. Options with a setting made with [`OptionSetting::new`]
    /// implement it for every field: with the default they do not compile.
    #[must_use]
    fn or(mut self, mut inherited: Self) -> Self {
        const {
            assert!(
                all_text(Self::SETTINGS),
                "implement VendorOptions::or: its default does not know the settings made with OptionSetting::new"
            );
        }
        for row in Self::SETTINGS {
            if let Kind::Text(field) = row.kind {
                let inherited = field(&mut inherited).take();
                let field = field(&mut self);
                *field = field.take().or(inherited);
            }
        }
        self
    }
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
    kind: Kind<O>,
    takes_empty: bool,
}

/// How a setting gets its value.
enum Kind<O> {
    Text(fn(&mut O) -> &mut Option<String>),
    Read(fn(O, &str, &str) -> Result<O>),
    BuilderOnly,
}

impl<O> OptionSetting<O> {
    /// Creates a setting that is kept as text, in the field that `field` returns.
    pub const fn text(setting: Setting, field: fn(&mut O) -> &mut Option<String>) -> Self {
        Self::of_kind(setting, Kind::Text(field))
    }

    /// Creates a setting; `read` receives the options, the label for errors, and the value's text.
    ///
    /// Options with such a setting implement [`VendorOptions::or`].
    pub const fn new(setting: Setting, read: fn(O, &str, &str) -> Result<O>) -> Self {
        Self::of_kind(setting, Kind::Read(read))
    }

    /// Creates a setting that only a program can set, since it has no text form.
    pub const fn described(setting: Setting) -> Self {
        Self::of_kind(setting, Kind::BuilderOnly)
    }

    const fn of_kind(setting: Setting, kind: Kind<O>) -> Self {
        Self {
            setting,
            kind,
            takes_empty: false,
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
        matches!(self.kind, Kind::BuilderOnly)
    }

    /// Returns true if an empty variable is a value.
    pub(super) fn takes_empty(&self) -> bool {
        self.takes_empty
    }

    fn read(&self, mut options: O, label: &str, value: &str) -> Result<O> {
        match self.kind {
            Kind::Text(field) => *field(&mut options) = Some(value.to_owned()),
            Kind::Read(read) => return read(options, label, value),
            Kind::BuilderOnly => {}
        }
        Ok(options)
    }
}

impl<O> fmt::Debug for OptionSetting<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptionSetting")
            .field("setting", &self.setting)
            .finish_non_exhaustive()
    }
}

const fn all_text<O>(settings: &[OptionSetting<O>]) -> bool {
    let mut index = 0;
    // A const function cannot use an iterator.
    while index < settings.len() {
        if matches!(settings[index].kind, Kind::Read(_)) {
            return false;
        }
        index += 1;
    }
    true
}

/// Reads the vendor-specific settings from the environment.
pub(super) fn from_environment<O: VendorOptions>(environment: &Environment<'_>) -> Result<O> {
    let mut options = O::default();
    for row in O::SETTINGS.iter().filter(|row| !row.is_builder_only()) {
        let value = if row.takes_empty {
            environment.text(&row.setting)?
        } else {
            environment.non_empty(&row.setting)?
        };
        if let Some((variable, value)) = value {
            options = row.read(options, &variable, &value)?;
        }
    }
    Ok(options)
}

/// Sets a vendor-specific setting by its name.
pub(super) fn set<O: VendorOptions>(options: O, name: &str, value: &str) -> Result<O> {
    let mut rows = O::SETTINGS.iter().filter(|row| !row.is_builder_only());
    match rows.find(|row| row.setting.name() == name) {
        Some(row) => row.read(options, name, value),
        None => Err(unknown::<O>(name)),
    }
}

fn unknown<O: VendorOptions>(name: &str) -> Error {
    let rows = O::SETTINGS.iter().filter(|row| !row.is_builder_only());
    let known: Vec<&str> = rows.map(|row| row.setting.name()).collect();
    let known = match known.as_slice() {
        [] => "this vendor has none".to_owned(),
        known => format!("use {}", known.join(", ")),
    };
    let name = crate::error::display_text(name);
    Error::config(format!("{name} is not an option of this vendor: {known}"))
}
