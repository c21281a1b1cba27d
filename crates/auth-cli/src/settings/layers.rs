//! The order of the sources of settings: options, then variables, then the profile.

use auth_core::vendor::SettingRow;

use crate::credentials::{
    CLIENT_ID, CLIENT_SECRET, FAMILIES, PASSWORD, SECRETS, USERNAME, family_of, file_of,
};
use crate::layer::{Given, Layer, Origin};
use crate::profiles::Profile;
use crate::store_settings;
use crate::variables::Variables;

pub(super) fn of_options(given: &[(String, String)]) -> Layer {
    let given = given.iter().map(|(name, value)| {
        let given = Given {
            value: Some(value.into()),
            origin: Origin::Option(crate::arguments::option_of(name)),
        };
        (name.clone(), given)
    });
    given.collect()
}

pub(super) fn of_variables(rows: &[SettingRow], variables: &Variables) -> Layer {
    let given = rows.iter().filter_map(|row| {
        let names = [row.variable(), row.fallback()].into_iter().flatten();
        let mut values = names.filter_map(|name| {
            let value = variables.raw(name)?;
            let counts = row.counts_when_empty() || !value.is_empty();
            counts.then_some((name, value))
        });
        let (name, value) = values.next()?;
        let given = Given {
            value: Some(value.to_owned()),
            origin: Origin::Variable(name.to_owned()),
        };
        Some((row.name().to_owned(), given))
    });
    let mut layer: Layer = given.collect();
    for setting in store_settings::SETTINGS {
        if let Some(value) = variables.non_empty(setting.variable) {
            let given = Given {
                value: Some(value.to_owned()),
                origin: Origin::Variable(setting.variable.to_owned()),
            };
            layer.insert(setting.name.to_owned(), given);
        }
    }
    // The vendor's own variable is only a fallback, not a contradiction.
    for secret in SECRETS {
        let is_fallback = |given: &Given| {
            let row = rows.iter().find(|row| row.name() == secret);
            matches!(&given.origin, Origin::Variable(name) if row.is_some_and(|row| row.fallback() == Some(name)))
        };
        if layer.contains_key(&file_of(secret)) && layer.get(secret).is_some_and(is_fallback) {
            layer.remove(secret);
        }
    }
    layer
}

pub(super) fn of_profile(profile: &Profile) -> Layer {
    let given = profile.settings.iter().map(|(name, value)| {
        let given = Given {
            value: Some(value.into()),
            origin: Origin::Profile(name.clone(), profile.name.clone()),
        };
        (name.clone(), given)
    });
    let mut layer: Layer = given.collect();
    if profile.secret_command.is_some() {
        let is_user = layer.contains_key(USERNAME) && !layer.contains_key(CLIENT_ID);
        let secret = if is_user { PASSWORD } else { CLIENT_SECRET };
        let given = Given {
            value: None,
            origin: Origin::Command(profile.name.clone()),
        };
        // A secret of the same profile is a contradiction, which is reported before this.
        layer.entry(secret.to_owned()).or_insert(given);
    }
    layer
}

/// Merges the sources, of which the first takes precedence.
pub(super) fn merge(rows: &[SettingRow], layers: impl IntoIterator<Item = Layer>) -> Layer {
    let mut merged = Layer::new();
    for mut layer in layers {
        for replaced in replaced(rows, &merged) {
            layer.remove(&replaced);
        }
        for (name, given) in layer {
            merged.entry(name).or_insert(given);
        }
    }
    merged
}

/// Returns the settings that those which are already there replace, although they have other names.
fn replaced(rows: &[SettingRow], merged: &Layer) -> Vec<String> {
    let has = |name: &str| merged.contains_key(name);
    let mut replaced = Vec::new();
    for secret in SECRETS {
        let file = file_of(secret);
        if has(secret) || has(&file) {
            replaced.extend([secret.to_owned(), file]);
        }
    }
    for pair in [
        [store_settings::STORE, store_settings::URL_FILE],
        [store_settings::KEY, store_settings::KEY_FILE],
    ] {
        if pair.iter().any(|name| has(name)) {
            replaced.extend(pair.map(str::to_owned));
        }
    }
    for family in FAMILIES {
        if family.iter().any(|name| has(name)) {
            let others = FAMILIES.into_iter().filter(|other| *other != family);
            replaced.extend(others.flatten().map(|name| (*name).to_owned()));
        }
    }
    // A region determines the base URL.
    if rows.iter().any(|row| locates(row) && has(row.name())) {
        replaced.push(BASE_URL.to_owned());
    }
    replaced
}

/// Returns true for a vendor's own setting that a base URL replaces, such as a region.
pub(super) fn locates(row: &SettingRow) -> bool {
    let is_credential = family_of(row.name()).is_some();
    row.is_required() && !is_credential && row.name() != BASE_URL
}

pub(super) const BASE_URL: &str = "base_url";
