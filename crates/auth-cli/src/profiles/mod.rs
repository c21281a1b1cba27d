//! The profiles of the configuration file: settings of a vendor under a name.

mod location;
mod read;
mod document;
mod write;

pub(crate) use document::{Document, invalid};
pub(crate) use location::{locate, required};
pub(crate) use read::Content;
pub(crate) use write::change;

use std::path::{Path, PathBuf};

use auth_core::vendor::SettingRow;
use clap::ValueEnum as _;
use toml_edit::{Item, Value};

use crate::failure::Failure;
use crate::similar::{did_you_mean, similar};
use crate::store_settings;
use crate::vendor::{Vendor, is_secret};

/// The profiles, and the file that contains them.
#[derive(Debug)]
pub(crate) struct Profiles {
    path: Option<PathBuf>,
    document: Document,
}

/// One profile, checked.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) vendor: Vendor,
    /// The settings by the names of the vendor's table.
    pub(crate) settings: Vec<(String, String)>,
    /// The command that prints the secret, as words.
    pub(crate) secret_command: Option<Vec<String>>,
}

impl Profiles {
    /// Reads the file, which need not exist.
    pub(crate) fn read(path: Option<PathBuf>) -> Result<Self, Failure> {
        let content = path.as_deref().map(read::read).transpose()?.flatten();
        let document = match (&path, content) {
            (Some(path), Some(content)) => checked(content, path)?,
            _ => Document::default(),
        };
        Ok(Self { path, document })
    }

    /// Returns the names of all profiles, in the file's order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.document.names()
    }

    /// Returns a profile, which must exist.
    pub(crate) fn required(&self, name: &str) -> Result<Profile, Failure> {
        if let Some(profile) = self.get(name)? {
            return Ok(profile);
        }
        let path = required(self.path.as_deref())?.display();
        let advice = match similar(name, self.names()) {
            Some(similar) => format!("did you mean {similar}?"),
            None if self.names().is_empty() => {
                format!("create it with `vauth config set --profile {name} vendor NAME`")
            }
            None => format!("it has {}", self.names().join(", ")),
        };
        Err(Failure::Usage(format!(
            "there is no profile {name:?} in {path}: {advice}"
        )))
    }

    /// Returns a profile.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Profile>, Failure> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let Some(entries) = self.document.profile(name) else {
            return Ok(None);
        };
        let fault = |problem: String| invalid(path, &format!("has a profile {name:?} {problem}"));
        let text = |key: &str, item: &Item| {
            let text = item.as_str().map(str::to_owned);
            text.ok_or_else(|| fault(format!("whose {key} is not a text: put it in quotes")))
        };
        let vendor = entries.iter().find(|(key, _)| *key == VENDOR);
        let Some((_, vendor)) = vendor else {
            return Err(fault(format!(
                "without a vendor: run `vauth config set --profile {name} vendor NAME`"
            )));
        };
        let vendor = vendor_of(&text(VENDOR, vendor)?)
            .map_err(|problem| fault(format!("whose vendor {problem}")))?;
        let mut profile = Profile {
            name: name.to_owned(),
            vendor,
            settings: Vec::new(),
            secret_command: None,
        };
        for (key, item) in entries {
            if key == SECRET_COMMAND {
                let words = words_of(item).ok_or_else(|| {
                    fault(format!("whose {key} is neither a text nor a list of texts"))
                })?;
                profile.secret_command = Some(words);
            } else if key != VENDOR {
                check_key(vendor, key)
                    .map_err(|problem| fault(format!("with the unknown key {problem}")))?;
                let value = self.located(key, text(key, item)?);
                profile.settings.push((key.to_owned(), value));
            }
        }
        Ok(Some(profile))
    }

    /// Makes a relative path relative to the file's folder, wherever the command runs.
    fn located(&self, key: &str, value: String) -> String {
        let folder = self.path.as_deref().and_then(Path::parent);
        match folder {
            Some(folder) if is_path(key) => {
                let path = folder.join(&value).into_os_string();
                path.into_string().unwrap_or(value)
            }
            Some(_) if key == store_settings::STORE => store_settings::absolute(&value, folder),
            _ => value,
        }
    }
}

/// Parses the text, and rejects a file that others can read if it contains a secret, or change if it runs a command.
pub(crate) fn checked(content: Content, path: &Path) -> Result<Document, Failure> {
    let document = Document::parse(&content.text, path)?;
    let name = path.display();
    if content.access.is_shared
        && let Some((profile, key)) = document.find(holds_secret)
    {
        return Err(invalid(
            path,
            &format!(
                "contains {key} of profile {profile:?}, but other users can access it: run `chmod 600 {name}` as its owner, or have {SECRET_COMMAND} print the secret instead"
            ),
        ));
    }
    if content.access.is_writable_by_others
        && let Some((profile, key)) = document.find(|key, _| key == SECRET_COMMAND)
    {
        return Err(invalid(
            path,
            &format!(
                "contains {key} of profile {profile:?}, but other users can change it: run `chmod go-w {name}` as its owner"
            ),
        ));
    }
    Ok(document)
}

/// Returns true if a value is a secret, so that the file must be readable only by its owner.
pub(crate) fn holds_secret(key: &str, value: &str) -> bool {
    is_secret(key) || store_settings::holds_secret(key, value)
}

/// Returns the vendor that a text names.
pub(crate) fn vendor_of(text: &str) -> Result<Vendor, String> {
    Vendor::from_str(text, false).map_err(|_| {
        let names = Vendor::ALL.map(Vendor::as_str);
        format!("is not known: {}", did_you_mean(text, names))
    })
}

/// Checks that a vendor has a setting.
pub(crate) fn check_key(vendor: Vendor, key: &str) -> Result<(), String> {
    let rows = vendor.settings();
    let known: Vec<&str> = rows
        .iter()
        .filter(|row| row.variable().is_some())
        .map(SettingRow::name)
        .chain([SECRET_COMMAND])
        .chain(store_settings::SETTINGS.map(|setting| setting.name))
        .collect();
    if known.contains(&key) {
        return Ok(());
    }
    Err(format!("{key:?}: {}", did_you_mean(key, known)))
}

/// Returns true for settings that name a file.
pub(crate) fn is_path(key: &str) -> bool {
    key.ends_with("_file")
}

/// A text is split like a shell's command line, but no shell runs.
fn words_of(item: &Item) -> Option<Vec<String>> {
    let words = match item.as_value()? {
        Value::String(text) => shlex::split(text.value())?,
        Value::Array(words) => words
            .iter()
            .map(|word| word.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        _ => return None,
    };
    Some(words).filter(|words| !words.is_empty())
}

/// The key that names a profile's vendor.
pub(crate) const VENDOR: &str = "vendor";

/// The key of the command that prints the secret.
pub(crate) const SECRET_COMMAND: &str = "secret_command";

/// Used if no profile is named.
pub(crate) const DEFAULT: &str = "default";
