//! Which required settings are missing, all of them in one message, with variables that were probably mistyped.

use auth_core::vendor::SettingRow;

use super::layers::{BASE_URL, locates};
use crate::arguments::option_of;
use crate::credentials::{
    CLIENT_ID, CLIENT_SECRET, EXTERNAL_TOKEN_FILE, PASSWORD, TOKEN, USERNAME, file_of,
};
use crate::layer::Layer;
use crate::similar::similar;
use crate::store_settings::SETTINGS;
use crate::variables::Variables;

/// Returns the names of the settings that are missing.
pub(super) fn missing(rows: &[SettingRow], merged: &Layer) -> Vec<String> {
    let has = |name: &str| merged.contains_key(name);
    let has_secret = |name: &str| has(name) || has(&file_of(name));
    let mut missing = Vec::new();
    let is_user = has(USERNAME) || has_secret(PASSWORD);
    let is_client = has(CLIENT_ID) || has_secret(CLIENT_SECRET);
    let pair = match (is_user, is_client) {
        _ if has(TOKEN) || has(EXTERNAL_TOKEN_FILE) => None,
        // A contradiction, about which the library has its own error.
        (true, true) => None,
        (true, false) => Some((USERNAME, PASSWORD)),
        (false, _) => Some((CLIENT_ID, CLIENT_SECRET)),
    };
    if let Some((id, secret)) = pair {
        let id = (!has(id)).then_some(id);
        let secret = (!has_secret(secret)).then_some(secret);
        missing.extend(id.into_iter().chain(secret).map(str::to_owned));
    }
    if !has(BASE_URL) {
        let required = rows.iter().filter(|row| row.is_required());
        let required = required.filter(|row| row.name() == BASE_URL || locates(row));
        let required = required.filter(|row| !has(row.name()));
        missing.extend(required.map(|row| row.name().to_owned()));
    }
    missing
}

/// Says what is missing and how to set it.
pub(super) fn message(
    rows: &[SettingRow],
    missing: &[String],
    profile: Option<&str>,
    variables: &Variables,
) -> String {
    let row = |name: &str| rows.iter().find(|row| row.name() == name);
    let missing: Vec<&SettingRow> = missing.iter().filter_map(|name| row(name)).collect();
    let names: Vec<&str> = missing.iter().filter_map(|row| row.variable()).collect();
    let examples: Vec<String> = missing
        .iter()
        .filter_map(|row| Some(format!("{}={}", row.variable()?, row.example())))
        .collect();
    let options: Vec<String> = missing
        .iter()
        .map(|row| match row.name() {
            secret @ (CLIENT_SECRET | PASSWORD) => option_of(&file_of(secret)),
            name => option_of(name),
        })
        .collect();
    let (are, them) = match names.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    let mut message = format!(
        "{} {are} not set: set {them}, for example {}; or pass {}",
        listed(&names),
        examples.join(" "),
        listed(&options)
    );
    if names.contains(&client_id(rows)) && row(USERNAME).is_some() {
        let user = [USERNAME, PASSWORD].map(|name| row(name).and_then(SettingRow::variable));
        let user: Vec<&str> = user.into_iter().flatten().collect();
        message.push_str(&format!("; or set {} to sign in as a user", listed(&user)));
    }
    match profile {
        Some(profile) => message.push_str(&format!(
            "; or run `vauth config set --profile {profile} {} ...`",
            missing.first().map_or("", |row| row.name())
        )),
        None => message.push_str("; or select a profile with --profile"),
    }
    for (mistyped, meant) in mistyped(rows, &names, variables) {
        message.push_str(&format!("; {mistyped} is set: did you mean {meant}?"));
    }
    message
}

/// Returns every variable that is read.
pub(super) fn known(rows: &[SettingRow]) -> Vec<&str> {
    let of_vendor = rows
        .iter()
        .flat_map(|row| row.variable().into_iter().chain(row.fallback()));
    let of_store = SETTINGS.iter().map(|setting| setting.variable);
    of_vendor.chain(of_store).chain(OWN).collect()
}

/// Returns variables that are set and not known, each with the similar variable that was probably meant.
pub(super) fn mistyped<'a>(
    rows: &'a [SettingRow],
    meant: &[&'a str],
    variables: &'a Variables,
) -> Vec<(&'a str, &'a str)> {
    let known = known(rows);
    let unknown = variables.names().filter(|name| !known.contains(name));
    let similar = unknown.filter_map(|name| Some((name, similar(name, meant.iter().copied())?)));
    // Beside a variable that is set, a longer name is another one's, such as a second client id.
    let is_other =
        |name: &str, meant: &str| variables.non_empty(meant).is_some() && name.starts_with(meant);
    similar
        .filter(|(name, meant)| !is_other(name, meant))
        .collect()
}

fn client_id(rows: &[SettingRow]) -> &str {
    let mut rows = rows.iter().filter(|row| row.name() == CLIENT_ID);
    rows.next()
        .and_then(SettingRow::variable)
        .unwrap_or_default()
}

fn listed<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        words => words.concat(),
    }
}

/// The command's own variables that are no setting.
const OWN: [&str; 2] = ["VAUTH_CONFIG", "VAUTH_PROFILE"];
