//! The token store: whether this user can write to it, and what is in it.

use super::step::Outcome;
use crate::failure::chain;
use crate::names::SettingNames;
use crate::settings::Settings;
use crate::store::Store;

/// Writes a record and deletes it; a store that cannot be used is a warning, since every sign-in works without it.
pub(super) async fn check(settings: &Settings) -> Outcome {
    let Some(store) = settings.store() else {
        return Outcome::skipped("no token store is chosen");
    };
    if let Some(why) = store.absence() {
        return Outcome::skipped(format!("tokens are not stored: {why}"));
    }
    let location = store.location().unwrap_or_default();
    if let Err(error) = store.probe().await {
        let problem = chain(&error, &SettingNames::default());
        let advice = store.advice(&error).unwrap_or("fix what it says");
        return Outcome::warning(
            format!("{} {location} cannot be used: {problem}", store.kind()),
            format!(
                "{advice}, or choose another store with --store or VAUTH_STORE; until then each run signs in by itself"
            ),
        );
    }
    let found = match tokens(store) {
        Some(1) => ", with 1 token".to_owned(),
        Some(count) => format!(", with {count} tokens"),
        None => String::new(),
    };
    let detail = format!("{} {location} can be written to{found}", store.kind());
    match settings.unshared() {
        Some(why) => Outcome::skipped(format!("{detail}; {why}")),
        None => Outcome::ok(detail),
    }
}

#[cfg(unix)]
fn tokens(store: &Store) -> Option<usize> {
    store.folder()?.1.tokens().ok()
}

#[cfg(not(unix))]
fn tokens(_: &Store) -> Option<usize> {
    None
}
