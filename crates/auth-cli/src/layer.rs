//! Values of settings, each with where it comes from.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// Where a value comes from; an earlier source takes precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The option.
    Option(String),
    /// The variable.
    Variable(String),
    /// The key and the profile.
    Profile(String, String),
    /// The command in this profile.
    Command(String),
    Prompt,
}

impl Origin {
    /// Returns the user's name for the setting.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Option(option) => option.clone(),
            Self::Variable(variable) => variable.clone(),
            Self::Profile(key, profile) => format!("{key} in profile {profile:?}"),
            Self::Command(profile) => format!("secret_command in profile {profile:?}"),
            Self::Prompt => "the entered secret".to_owned(),
        }
    }
}

impl std::fmt::Display for Origin {
    /// Says where a setting comes from whose name was already mentioned.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Profile(_, profile) => write!(f, "profile {profile:?}"),
            Self::Prompt => f.write_str("the terminal"),
            other => f.write_str(&other.name()),
        }
    }
}

/// A setting's value; none for a secret that a command prints, until it has run.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) value: Option<OsString>,
    pub(crate) origin: Origin,
}

/// The values of one source, or of several merged ones, by setting.
pub(crate) type Layer = BTreeMap<String, Given>;
