//! What the values of the token store's settings mean.

use std::path::{Path, PathBuf};

use auth_core::Secret;
use auth_core::vendor::check_credential;
use url::Url;

use crate::failure::Failure;
use crate::layer::{Given, Layer, Origin};
use crate::paths::{TILDE, has_tilde};
use crate::secret_file;
use crate::store_settings::{
    KEY, KEY_FILE, SETTINGS, STORE, URL_FILE, absolute, holds_secret, without_credentials,
};
use crate::variables::Variables;

/// Returns the variables that contain a secret of the store.
pub(crate) fn secret_variables(variables: &Variables) -> Vec<String> {
    let settings = SETTINGS.iter().filter(|setting| {
        let value = variables.raw(setting.variable);
        let value = value.map(|value| value.to_string_lossy());
        holds_secret(setting.name, &value.unwrap_or_default())
    });
    settings
        .map(|setting| setting.variable.to_owned())
        .collect()
}

/// What a value names.
#[derive(Debug, Clone)]
pub(super) enum Named {
    None,
    DefaultFolder,
    Folder(PathBuf),
    Server { url: Secret, shown: String },
}

/// The chosen store and key, and where each one comes from.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) store: Option<(Named, Origin)>,
    pub(super) key: Option<(Secret, Origin)>,
}

/// Reads the settings of the store among the merged ones.
pub(super) fn read(settings: &Layer) -> Result<Chosen, Failure> {
    let mut chosen = Chosen::default();
    if let Some((text, given)) = one_of(settings, STORE, URL_FILE)? {
        let named = parse(text.expose_secret())
            .map_err(|problem| Failure::Usage(format!("{} {problem}", given.origin.name())))?;
        chosen.store = Some((named, given.origin.clone()));
    }
    if let Some((key, given)) = one_of(settings, KEY, KEY_FILE)? {
        chosen.key = Some((key, given.origin.clone()));
    }
    Ok(chosen)
}

/// Returns a setting's value, or that in its file.
fn one_of<'a>(
    settings: &'a Layer,
    name: &str,
    file: &str,
) -> Result<Option<(Secret, &'a Given)>, Failure> {
    let fault =
        |given: &Given, problem: &str| Failure::Usage(format!("{} {problem}", given.origin.name()));
    match (settings.get(name), settings.get(file)) {
        (None, None) => Ok(None),
        (Some(given), Some(other)) => Err(fault(
            given,
            &format!("is set together with {}: remove one", other.origin.name()),
        )),
        (Some(given), None) => {
            let text = given.value.as_ref().and_then(|value| value.to_str());
            let text =
                text.ok_or_else(|| fault(given, "is not valid UTF-8: set it to plain text"))?;
            Ok(Some((Secret::from(text), given)))
        }
        (None, Some(given)) => {
            let path = given.value.clone().unwrap_or_default();
            let secret = secret_file::read(&given.origin.name(), Path::new(&path));
            let secret = secret.map_err(|error| {
                let problem = crate::failure::chain(&error, &crate::names::SettingNames::default());
                fault(given, &format!("cannot be used: {problem}"))
            })?;
            Ok(Some((secret, given)))
        }
    }
}

/// Returns what a value names, or the end of a message, which never repeats the value: it may contain a password.
fn parse(text: &str) -> Result<Named, String> {
    match text {
        "none" => return Ok(Named::None),
        "file" => return Ok(Named::DefaultFolder),
        _ => {}
    }
    if let Some(path) = text.strip_prefix("file:") {
        return folder(path).map(Named::Folder);
    }
    if text.contains("://") {
        let url = Url::parse(text).map_err(|_| BAD_URL.to_owned())?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(BAD_URL.to_owned());
        }
        return Ok(Named::Server {
            url: Secret::from(text),
            shown: without_credentials(&url),
        });
    }
    Err("is no token store: use file, file:PATH, none, redis://HOST:PORT, or rediss://HOST:PORT for TLS".to_owned())
}

fn folder(path: &str) -> Result<PathBuf, String> {
    // With a host, which a URL of a file may have, it would be another path.
    let path = match path.strip_prefix("//") {
        Some(rest) if rest.starts_with('/') => rest,
        Some(_) => return Err("names a host: use file:PATH with an absolute path".to_owned()),
        None => path,
    };
    if path.is_empty() {
        return Err("names no folder: use file:PATH".to_owned());
    }
    if has_tilde(path) {
        return Err(TILDE.to_owned());
    }
    std::path::absolute(path).map_err(|error| format!("names no usable folder: {error}"))
}

/// Checks a value for a profile, and returns it as it is written to the file.
pub(crate) fn check_value(name: &str, value: &str) -> Result<String, String> {
    match name {
        STORE => {
            parse(value)?;
            Ok(absolute(value, None))
        }
        KEY => check_key(&Secret::from(value)).map(|()| value.to_owned()),
        _ => Ok(value.to_owned()),
    }
}

/// Checks a key by the rules of `SharedStore::with_key`.
pub(super) fn check_key(key: &Secret) -> Result<(), String> {
    let is_usable = key.expose_secret().len() >= MIN_KEY
        && check_credential("the key", key.expose_secret()).is_ok();
    is_usable.then_some(()).ok_or_else(|| BAD_KEY.to_owned())
}

pub(super) const BAD_URL: &str = "is no usable URL: use redis://user:password@host:port/database, rediss:// for TLS, or unix:///path";

/// As in the library, whose message names its own method.
const MIN_KEY: usize = 16;

const BAD_KEY: &str = "is no usable key: use a random text of at least 16 characters, such as the output of `openssl rand -hex 32`, without white space at an end";

const SCHEMES: [&str; 6] = ["redis", "rediss", "valkey", "valkeys", "unix", "redis+unix"];

#[cfg(test)]
mod tests;
