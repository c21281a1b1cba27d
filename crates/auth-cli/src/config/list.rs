//! `vauth config list`: the settings in effect, and where each one comes from.

use serde::Serialize;

use crate::arguments::ConfigListArguments;
use crate::failure::Failure;
use crate::layer::Origin;
use crate::output::{Listed, print_list};
use crate::profiles::Profile;
use crate::session::Session;
use crate::settings::Settings;
use crate::vendor::Vendor;

pub(super) fn run(arguments: &ConfigListArguments, session: &Session) -> Result<(), Failure> {
    let profiles = session.profiles()?;
    let profiles = match session.selected() {
        Some(name) => vec![profiles.required(name)?],
        None => profiles
            .names()
            .into_iter()
            .filter_map(|name| profiles.get(name).transpose())
            .collect::<Result<_, _>>()?,
    };
    let is_listed = |vendor: Vendor| arguments.vendor.is_none_or(|listed| listed == vendor);
    let mut entries = Vec::new();
    for profile in profiles.iter().filter(|profile| is_listed(profile.vendor)) {
        let settings = session.settings_of(profile.vendor, &[], Some(profile))?;
        entries.push(Entry::vendor(profile));
        entries.extend(of(&settings, Some(&profile.name)));
    }
    // The vendor of the variables only, if no profile has it.
    if let Some(vendor) = arguments.vendor
        && entries.is_empty()
    {
        let settings = session.settings_of(vendor, &[], None)?;
        entries.extend(of(&settings, None));
    }
    print_list(&entries, &arguments.list)
}

fn of<'a>(settings: &'a Settings, profile: Option<&'a str>) -> impl Iterator<Item = Entry> + 'a {
    settings.effective().into_iter().map(move |effective| {
        let (source, name) = match &effective.origin {
            None => ("default", None),
            Some(Origin::Profile(key, _)) => ("profile", Some(key.clone())),
            Some(Origin::Command(_)) => ("command", Some("secret_command".to_owned())),
            Some(Origin::Variable(name)) => ("environment", Some(name.clone())),
            Some(Origin::Option(name)) => ("option", Some(name.clone())),
            Some(Origin::Prompt) => ("prompt", None),
        };
        Entry {
            profile: profile.map(str::to_owned),
            setting: effective.name,
            value: effective.value,
            source,
            source_name: name,
        }
    })
}

/// A setting as it is printed; its keys are in the documented order.
#[derive(Debug, Serialize)]
struct Entry {
    profile: Option<String>,
    setting: String,
    /// Null for a secret.
    value: Option<String>,
    source: &'static str,
    /// The variable or the key.
    source_name: Option<String>,
}

impl Entry {
    fn vendor(profile: &Profile) -> Self {
        Self {
            profile: Some(profile.name.clone()),
            setting: "vendor".to_owned(),
            value: Some(profile.vendor.to_string()),
            source: "profile",
            source_name: Some("vendor".to_owned()),
        }
    }
}

impl Listed for Entry {
    const COLUMNS: &'static [&'static str] = &["profile", "setting", "value", "source"];

    fn cells(&self) -> Vec<String> {
        let source = match (self.source, &self.source_name) {
            ("environment" | "command", Some(name)) => format!("{} {name}", self.source),
            (source, _) => source.to_owned(),
        };
        vec![
            self.profile.clone().unwrap_or_default(),
            self.setting.clone(),
            self.value.clone().unwrap_or_else(|| "(hidden)".to_owned()),
            source,
        ]
    }
}
