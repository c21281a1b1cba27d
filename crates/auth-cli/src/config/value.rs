//! Values for `vauth config set`: read without echo where they are secret, and checked by the vendor's own rules.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _};

use auth_core::vendor::{Environment, SettingRow};

use crate::failure::Failure;
use crate::names::SettingNames;
use crate::paths::{TILDE, has_tilde};
use crate::profiles::{SECRET_COMMAND, is_path};
use crate::settings::prompt;
use crate::store;
use crate::store_settings;
use crate::vendor::{Vendor, check_environment};

/// Reads a secret from the terminal without echo, or from standard input.
pub(super) fn read_secret(key: &str) -> Result<String, Failure> {
    if prompt::is_possible() {
        return Ok(prompt::secret(key)?.expose_secret().to_owned());
    }
    read_line(key)
}

/// Reads one line from standard input, unless that is a terminal.
pub(super) fn read_line(key: &str) -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::Usage(format!(
            "{key} has no value: write it after the name, or pipe it in"
        )));
    }
    let mut text = String::new();
    io::stdin()
        .take(MAX_VALUE + 1)
        .read_to_string(&mut text)
        .map_err(|error| Failure::System("cannot read the value from standard input", error))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(line.to_owned())
}

/// Checks a value as far as that is possible without the others, and returns it as it is written to the file.
pub(super) fn checked(vendor: Vendor, key: &str, value: &str) -> Result<String, Failure> {
    if value.len() as u64 > MAX_VALUE {
        return Err(Failure::Usage(format!(
            "the value of {key} is longer than {MAX_VALUE} bytes"
        )));
    }
    if key == SECRET_COMMAND {
        return match shlex::split(value).is_some_and(|words| !words.is_empty()) {
            true => Ok(value.to_owned()),
            false => Err(Failure::Usage(format!(
                "{key} is empty or has an unfinished quotation: write a program and its arguments"
            ))),
        };
    }
    if store_settings::is_setting(key) && !is_path(key) {
        return store::check_value(key, value)
            .map_err(|problem| Failure::Usage(format!("{key} {problem}")));
    }
    let rows = vendor.settings();
    if is_path(key) {
        if has_tilde(value) {
            return Err(Failure::Usage(format!("{key} {TILDE}")));
        }
        // It may not exist yet; its path must not depend on where the command runs later.
        let path = std::path::absolute(value)
            .map_err(|_| Failure::Usage(format!("{key} is empty: write a path")))?;
        return Ok(path.to_string_lossy().into_owned());
    }
    check(vendor, &rows, key, value)?;
    Ok(value.to_owned())
}

/// Builds a configuration with this value, and with fake ones for all others that are required.
fn check(vendor: Vendor, rows: &[SettingRow], key: &str, value: &str) -> Result<(), Failure> {
    let variable_of = |name: &str| {
        let row = rows.iter().find(|row| row.name() == name);
        row.and_then(SettingRow::variable)
    };
    let pair: &[&str] = match key {
        "username" | "password" => &["username", "password"],
        // It replaces all credentials.
        "token" => &[],
        _ => &["client_id", "client_secret"],
    };
    let mut values: Vec<(&str, &str)> = pair
        .iter()
        .filter_map(|name| Some((variable_of(name)?, "fake")))
        .chain(variable_of("base_url").map(|variable| (variable, "https://example.com")))
        .collect();
    if let Some(variable) = variable_of(key) {
        if value.is_empty()
            && !rows
                .iter()
                .any(|row| row.name() == key && row.counts_when_empty())
        {
            return Err(Failure::Usage(format!(
                "{key} is empty: write a value, or remove it with `vauth config unset`"
            )));
        }
        values.retain(|(other, _)| *other != variable);
        values.push((variable, value));
    }
    let lookup = |variable: &str| {
        let found = values.iter().find(|(other, _)| *other == variable);
        found.map(|(_, value)| OsString::from(value))
    };
    let names = variable_of(key).map(|variable| (variable.to_owned(), key.to_owned()));
    let names = SettingNames::new(names.into_iter().collect(), false);
    check_environment(vendor, &Environment::new(&lookup))
        .map_err(|error| Failure::from(error).in_terms_of(names))
}

/// As for a secret's file.
const MAX_VALUE: u64 = 64 * 1024;
