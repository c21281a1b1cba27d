//! The records of one vendor's settings, found without a sign-in.

use std::time::Duration;

use auth_core::Error;
use auth_core::store::{RecordKind, StoreKey};

use crate::settings::Settings;
use crate::store::Store;

/// The token of some settings in the store.
pub(super) enum Current {
    Stored {
        hash: String,
        /// None for a record that no sign-in uses.
        life: Option<Duration>,
    },
    Absent,
    /// It is never stored, for this reason.
    Unshared(&'static str),
    /// Its settings are unusable, so that its record cannot be looked for.
    Unknown(Error),
}

/// Looks for the token of these settings.
///
/// # Errors
/// Those of the store.
pub(super) async fn find(store: &Store, settings: &Settings) -> Result<Current, Error> {
    let Some(tokens) = store.raw() else {
        return Ok(Current::Absent);
    };
    let key = match keys(store, settings).await {
        Ok(Keys::Shared([key, _])) => key,
        Ok(Keys::Unshared(why)) => return Ok(Current::Unshared(why)),
        Err(error) => return Ok(Current::Unknown(error)),
    };
    let found = tokens.get(&key).await?;
    Ok(found.map_or(Current::Absent, |record| Current::Stored {
        hash: key.hash().to_owned(),
        life: record.life,
    }))
}

/// The keys of a token and of its failure.
pub(super) enum Keys {
    Shared([StoreKey; 2]),
    Unshared(&'static str),
}

/// Returns the keys of the records of these settings.
pub(super) async fn keys(store: &Store, settings: &Settings) -> Result<Keys, Error> {
    if let Some(why) = settings.unshared() {
        return Ok(Keys::Unshared(why));
    }
    let id = settings.client_without_retries()?.shared_token_id().await?;
    let key = |kind| store.handle()?.key_of(id.as_ref()?, kind);
    Ok(match (key(RecordKind::Token), key(RecordKind::Failure)) {
        (Some(token), Some(failure)) => Keys::Shared([token, failure]),
        _ => Keys::Unshared("its credentials do not identify it"),
    })
}
