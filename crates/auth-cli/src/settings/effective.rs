//! The settings in effect as `vauth config list` and `vauth doctor` show them, with defaults that could be set as they are.

use std::collections::BTreeMap;
use std::ffi::OsString;

use auth_core::vendor::{Environment, SettingRow};

use crate::credentials::{CLIENT_ID, CLIENT_SECRET, USERNAME};
use crate::layer::{Layer, Origin};
use crate::store_settings::{KEY, SETTINGS, shown_value};
use crate::vendor::{Vendor, endpoint_urls, is_secret};

/// One setting as `vauth config list` shows it.
#[derive(Debug, Clone)]
pub(crate) struct Effective {
    pub(crate) name: String,
    /// None for a secret, which is never shown.
    pub(crate) value: Option<String>,
    /// None for a default.
    pub(crate) origin: Option<Origin>,
}

/// Returns every setting that has a value or a default, in the order of the table.
pub(super) fn effective(vendor: Vendor, rows: &[SettingRow], merged: &Layer) -> Vec<Effective> {
    let endpoints = endpoints(vendor, rows, merged);
    let rows = rows.iter().filter(|row| row.variable().is_some());
    let effective = rows.filter_map(|row| {
        let name = row.name().to_owned();
        let Some(given) = merged.get(row.name()) else {
            let in_effect = endpoints.get(row.name()).map(String::as_str);
            let value = in_effect.or_else(|| row.default_value())?;
            return Some(Effective {
                name,
                value: Some(value.to_owned()),
                origin: None,
            });
        };
        let value = given.value.as_ref().filter(|_| !is_secret(row.name()));
        Some(Effective {
            name,
            value: value.map(|value| value.to_string_lossy().into_owned()),
            origin: Some(given.origin.clone()),
        })
    });
    let mut effective: Vec<_> = effective.collect();
    effective.extend(of_store(merged));
    effective
}

/// Returns the settings of the token store that have a value.
fn of_store(merged: &Layer) -> impl Iterator<Item = Effective> + '_ {
    SETTINGS.iter().filter_map(|setting| {
        let given = merged.get(setting.name)?;
        let value = given.value.as_ref().map(|it| it.to_string_lossy());
        Some(Effective {
            name: setting.name.to_owned(),
            value: value
                .filter(|_| setting.name != KEY)
                .map(|value| shown_value(&value)),
            origin: Some(given.origin.clone()),
        })
    })
}

/// Returns the URLs that result from the settings, by the setting that could set each; none if the settings are not usable.
fn endpoints(
    vendor: Vendor,
    rows: &[SettingRow],
    merged: &Layer,
) -> BTreeMap<&'static str, String> {
    // The credentials, and whatever a file contains, determine no URL and may be missing.
    let is_fake = |row: &SettingRow| [CLIENT_ID, CLIENT_SECRET].contains(&row.name());
    let is_left_out = |row: &SettingRow| {
        is_secret(row.name()) || row.name() == USERNAME || row.name().ends_with("_file")
    };
    let values = rows.iter().filter_map(|row| {
        let value = match () {
            () if is_fake(row) => OsString::from("fake"),
            () if is_left_out(row) => return None,
            () => merged.get(row.name())?.value.clone()?,
        };
        Some((row.variable()?, value))
    });
    let values: BTreeMap<&str, OsString> = values.collect();
    let lookup = |variable: &str| values.get(variable).cloned();
    let urls = endpoint_urls(vendor, &Environment::new(&lookup));
    urls.unwrap_or_default().into_iter().collect()
}
