//! The options that replace environment variables, from the vendors' tables of settings.

use std::fmt;
use std::marker::PhantomData;

use auth_core::vendor::SettingRow;
use clap::{Arg, ArgMatches, Command, ValueHint};

use crate::store_settings;
use crate::vendor::{Vendor, is_secret};

/// The settings given on the command line, for the vendors that `V` offers.
pub(crate) struct SettingArguments<V = AnyVendor> {
    given: Vec<(String, String)>,
    vendors: PhantomData<V>,
}

/// The vendors whose settings a command offers.
pub(crate) trait Vendors {
    const VENDORS: &'static [Vendor];
}

/// For commands that name the vendor in an argument.
#[derive(Debug, Clone)]
pub(crate) struct AnyVendor;

impl Vendors for AnyVendor {
    const VENDORS: &'static [Vendor] = &Vendor::ALL;
}

#[derive(Debug, Clone)]
pub(crate) struct DatasaurOnly;

impl Vendors for DatasaurOnly {
    const VENDORS: &'static [Vendor] = &[Vendor::Datasaur];
}

#[derive(Debug, Clone)]
pub(crate) struct MaiaOnly;

impl Vendors for MaiaOnly {
    const VENDORS: &'static [Vendor] = &[Vendor::Maia];
}

#[derive(Debug, Clone)]
pub(crate) struct RunaiOnly;

impl Vendors for RunaiOnly {
    const VENDORS: &'static [Vendor] = &[Vendor::Runai];
}

impl<V> SettingArguments<V> {
    /// Returns the settings' names with their values.
    pub(crate) fn given(&self) -> &[(String, String)] {
        &self.given
    }
}

impl<V> Default for SettingArguments<V> {
    fn default() -> Self {
        Self {
            given: Vec::new(),
            vendors: PhantomData,
        }
    }
}

impl<V> Clone for SettingArguments<V> {
    fn clone(&self) -> Self {
        Self {
            given: self.given.clone(),
            vendors: PhantomData,
        }
    }
}

impl<V> fmt::Debug for SettingArguments<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may contain a password.
        let names = self.given.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

/// Returns the option for a setting, such as `--client-id`.
pub(crate) fn option_of(setting: &str) -> String {
    format!("--{}", setting.replace('_', "-"))
}

/// Returns the settings that can be given as options, each with the rows of the vendors that have it.
///
/// A secret cannot: other users of the machine can read command lines.
fn offered<V: Vendors>() -> Vec<(String, Vec<SettingRow>)> {
    let mut offered: Vec<(String, Vec<SettingRow>)> = Vec::new();
    for vendor in V::VENDORS {
        let rows = vendor.settings();
        for row in rows {
            if row.variable().is_none() || is_secret(row.name()) {
                continue;
            }
            match offered.iter_mut().find(|(name, _)| name == row.name()) {
                Some((_, rows)) => rows.push(row),
                None => offered.push((row.name().to_owned(), vec![row])),
            }
        }
    }
    offered
}

fn arg(name: &str, rows: &[SettingRow]) -> Arg {
    let is_path = name.ends_with("_file");
    let (value_name, hint) = match name {
        _ if is_path => ("PATH", ValueHint::FilePath),
        _ if name.ends_with("_url") => ("URL", ValueHint::Url),
        "client_id" => ("ID", ValueHint::Other),
        "username" => ("NAME", ValueHint::Username),
        _ => ("VALUE", ValueHint::Other),
    };
    let variables: Vec<&str> = rows.iter().filter_map(SettingRow::variable).collect();
    // Of several vendors' words, the shortest are the most general.
    let meanings = rows.iter().map(SettingRow::meaning);
    let meaning = meanings.min_by_key(|meaning| meaning.len());
    let meaning = meaning.unwrap_or_default().replace('`', "");
    let meaning = meaning.split("; the variable").next().unwrap_or_default();
    Arg::new(id(name))
        .long(option_of(name).trim_start_matches('-').to_owned())
        .value_name(value_name)
        .value_hint(hint)
        .help(format!("Override {}: {meaning}", listed(&variables)))
        .help_heading("Settings")
        .hide_short_help(true)
        .allow_hyphen_values(name == "client_id" || name == "username")
        .global(true)
}

fn listed(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// Differs from the ids of all other arguments.
fn id(name: &str) -> String {
    format!("setting:{name}")
}

/// Returns the options of the token store.
fn store_args() -> impl Iterator<Item = Arg> {
    store_settings::SETTINGS.into_iter().filter_map(|setting| {
        let value_name = setting.value?;
        let hint = match value_name {
            "PATH" => ValueHint::FilePath,
            _ => ValueHint::Other,
        };
        let arg = Arg::new(id(setting.name))
            .long(option_of(setting.name).trim_start_matches('-').to_owned())
            .value_name(value_name)
            .value_hint(hint)
            .help(setting.help)
            .help_heading("Settings")
            .hide_short_help(true)
            .global(true);
        Some(arg)
    })
}

impl<V: Vendors> clap::Args for SettingArguments<V> {
    fn augment_args(command: Command) -> Command {
        let args = offered::<V>();
        command
            .args(args.iter().map(|(name, rows)| arg(name, rows)))
            .args(store_args())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<V: Vendors> clap::FromArgMatches for SettingArguments<V> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::default();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let store = store_settings::SETTINGS.into_iter();
        let store = store.filter(|setting| setting.value.is_some());
        let names = offered::<V>().into_iter().map(|(name, _)| name);
        self.given = names
            .chain(store.map(|setting| setting.name.to_owned()))
            .filter_map(|name| {
                let value = matches.get_one::<String>(&id(&name))?.clone();
                Some((name, value))
            })
            .collect();
        Ok(())
    }
}
