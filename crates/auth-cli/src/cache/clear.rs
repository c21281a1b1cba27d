//! `vauth cache clear`: deletes stored tokens.

use serde::Serialize;

use super::Target;
use super::current::{Keys, keys};
use crate::arguments::ListArguments;
use crate::failure::Failure;
use crate::output::{print, print_json};

/// What was deleted; its keys are in the documented order.
#[derive(Debug, Serialize)]
struct Cleared {
    store: &'static str,
    location: Option<String>,
    tokens: usize,
    /// Tokens, failures and leases.
    records: usize,
}

pub(super) async fn run(target: &Target, arguments: &ListArguments) -> Result<(), Failure> {
    let store = &target.store;
    let (tokens, records) = match store.kind() {
        "none" => (0, 0),
        "file" => clear_folder(target)?,
        _ => clear_server(target).await?,
    };
    let cleared = Cleared {
        store: store.kind(),
        location: store.location(),
        tokens,
        records,
    };
    match arguments.json {
        true => print_json(&cleared),
        false => print((cleared.text(store.absence()) + "\n").as_bytes()),
    }
}

#[cfg(unix)]
fn clear_folder(target: &Target) -> Result<(usize, usize), Failure> {
    let Some((_, folder)) = target.store.folder() else {
        return Ok((0, 0));
    };
    let tokens = folder.tokens().map_err(|error| target.failure(error))?;
    let records = folder.clear().map_err(|error| target.failure(error))?;
    Ok((tokens, records))
}

#[cfg(not(unix))]
fn clear_folder(_: &Target) -> Result<(usize, usize), Failure> {
    Ok((0, 0))
}

/// A server belongs to others as well, so only the records of these settings are deleted.
async fn clear_server(target: &Target) -> Result<(usize, usize), Failure> {
    let (Some(settings), Some(store)) = (&target.settings, target.store.raw()) else {
        return Err(Failure::Usage(
            "the token store is a server, where only the token of one vendor is deleted: name the vendor, or select a profile with --profile"
                .to_owned(),
        ));
    };
    let failure = |error| target.failure(error);
    let [token, failed] = match keys(&target.store, settings).await.map_err(failure)? {
        Keys::Shared(keys) => keys,
        Keys::Unshared(_) => return Ok((0, 0)),
    };
    target.store.reach().await.map_err(failure)?;
    let mut deleted = [0, 0];
    for (key, count) in [&token, &failed].into_iter().zip(&mut deleted) {
        let record = store.get(key).await.map_err(failure)?;
        if let Some(record) = record {
            let is_deleted = store.delete_if(key, &record.bytes).await;
            *count = usize::from(is_deleted.map_err(failure)?);
        }
    }
    let [tokens, failures] = deleted;
    Ok((tokens, tokens + failures))
}

impl Cleared {
    fn text(&self, absence: Option<&str>) -> String {
        if let Some(why) = absence {
            return format!("there is no token store: {why}");
        }
        let location = self.location.as_deref().unwrap_or_default();
        let unit = match self.store {
            "file" => "file",
            _ => "record",
        };
        let of = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        let (tokens, records) = (of(self.tokens, "token"), of(self.records, unit));
        format!("deleted {tokens} ({records}) from {location}")
    }
}
