//! The configuration file as a TOML document: profiles, and edits that keep comments and order.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, TableLike, TomlError, Value};

use crate::failure::Failure;
use crate::similar::did_you_mean;

/// The parsed file.
#[derive(Debug, Default)]
pub(crate) struct Document(DocumentMut);

impl Document {
    /// Parses the text; errors name the line, and never quote it.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        // Some editors write a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let document: DocumentMut = text.parse().map_err(|error: TomlError| {
            let place = place(text, error.span().map_or(0, |span| span.start));
            let reason = reason(&error);
            invalid(path, &format!("is not valid TOML at {place}{reason}"))
        })?;
        for (key, item) in document.iter() {
            if key != PROFILES {
                let advice = did_you_mean(key, [PROFILES]);
                return Err(invalid(
                    path,
                    &format!("contains the unknown key {key:?}: {advice}"),
                ));
            }
            let Some(profiles) = item.as_table_like() else {
                return Err(invalid(
                    path,
                    "has no table 'profiles': write it as [profiles.NAME]",
                ));
            };
            for (name, profile) in profiles.iter() {
                if profile.as_table_like().is_none() {
                    return Err(invalid(
                        path,
                        &format!(
                            "has a profile {name:?} that is not a table: write it as [profiles.{name}]"
                        ),
                    ));
                }
            }
        }
        Ok(Self(document))
    }

    /// Returns the names of all profiles, in the file's order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let profiles = self.profiles();
        profiles.map_or_else(Vec::new, |profiles| {
            profiles.iter().map(|(name, _)| name).collect()
        })
    }

    /// Returns a profile's keys and values, in the file's order.
    pub(crate) fn profile(&self, name: &str) -> Option<Vec<(&str, &Item)>> {
        let profile = self.profiles()?.get(name)?.as_table_like()?;
        Some(profile.iter().collect())
    }

    /// Returns the profile and the key of the first value that satisfies a condition; a value that is not a text is empty there.
    pub(crate) fn find(&self, is_meant: impl Fn(&str, &str) -> bool) -> Option<(&str, &str)> {
        let profiles = self.profiles()?;
        profiles.iter().find_map(|(name, profile)| {
            let mut entries = profile.as_table_like()?.iter();
            let is_meant =
                |(key, item): &(&str, &Item)| is_meant(key, item.as_str().unwrap_or_default());
            let (key, _) = entries.find(is_meant)?;
            Some((name, key))
        })
    }

    /// Sets a value; comments of an existing one stay.
    pub(crate) fn set(&mut self, profile: &str, key: &str, value: &str) {
        let Some(table) = self.profile_mut(profile) else {
            return;
        };
        let mut value = Value::from(value);
        if let Some(old) = table.get(key).and_then(Item::as_value) {
            *value.decor_mut() = old.decor().clone();
        }
        table.insert(key, Item::Value(value));
    }

    /// Removes a value; returns false if there is none.
    pub(crate) fn unset(&mut self, profile: &str, key: &str) -> bool {
        let Some(table) = self.existing(profile) else {
            return false;
        };
        let was_there = table.remove(key).is_some();
        if table.is_empty() {
            self.remove(profile);
        }
        was_there
    }

    /// Removes a profile; returns false if there is none.
    pub(crate) fn remove(&mut self, profile: &str) -> bool {
        let profiles = self.0.get_mut(PROFILES).and_then(Item::as_table_like_mut);
        profiles.is_some_and(|profiles| profiles.remove(profile).is_some())
    }

    fn profiles(&self) -> Option<&dyn TableLike> {
        self.0.get(PROFILES)?.as_table_like()
    }

    fn existing(&mut self, profile: &str) -> Option<&mut dyn TableLike> {
        let profiles = self.0.get_mut(PROFILES)?.as_table_like_mut()?;
        profiles.get_mut(profile)?.as_table_like_mut()
    }

    fn profile_mut(&mut self, profile: &str) -> Option<&mut dyn TableLike> {
        let profiles = self.0.entry(PROFILES).or_insert_with(|| {
            let mut table = Table::new();
            // Only the profiles themselves get a heading.
            table.set_implicit(true);
            Item::Table(table)
        });
        let profiles = profiles.as_table_like_mut()?;
        if profiles.get(profile).is_none() {
            profiles.insert(profile, Item::Table(Table::new()));
        }
        profiles.get_mut(profile)?.as_table_like_mut()
    }
}

impl std::fmt::Display for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns the error for an unusable file.
pub(crate) fn invalid(path: &Path, problem: &str) -> Failure {
    Failure::Usage(format!(
        "the configuration file {} {problem}",
        path.display()
    ))
}

/// Returns the parser's own words, unless they quote something, which may be a secret.
fn reason(error: &TomlError) -> String {
    let message = error.message().lines().next().unwrap_or_default();
    match message {
        "" => String::new(),
        quoting if quoting.contains(['"', '\'']) => String::new(),
        message => format!(": {message}"),
    }
}

fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&it| it != '\n').count() + 1;
    format!("line {line}, column {column}")
}

const PROFILES: &str = "profiles";
