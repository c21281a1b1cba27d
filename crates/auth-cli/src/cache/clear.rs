//! `vauth cache clear`: deletes stored tokens.

#[cfg(unix)]
use std::io::ErrorKind;

use auth_core::Error;
use auth_core::store::{RecordKind, StoreKey, TokenStore};
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
    /// Why there was nothing to delete, or what is left.
    problem: Option<String>,
}

/// What was deleted, and why not more.
#[derive(Debug, Default)]
struct Deleted {
    tokens: usize,
    records: usize,
    problem: Option<String>,
}

pub(super) async fn run(target: &Target, arguments: &ListArguments) -> Result<(), Failure> {
    let store = &target.store;
    let deleted = match store.kind() {
        "none" => Deleted {
            problem: store
                .absence()
                .map(|why| format!("there is no token store: {why}")),
            ..Deleted::default()
        },
        "file" => clear_folder(target)?,
        _ => clear_server(target).await?,
    };
    let cleared = Cleared {
        store: store.kind(),
        location: store.location(),
        tokens: deleted.tokens,
        records: deleted.records,
        problem: deleted.problem,
    };
    match arguments.json {
        true => print_json(&cleared),
        false => print((cleared.text() + "\n").as_bytes()),
    }
}

#[cfg(unix)]
fn clear_folder(target: &Target) -> Result<Deleted, Failure> {
    let Some((path, folder)) = target.store.folder() else {
        return Ok(Deleted::default());
    };
    // Anything else that is wrong with the path is found below.
    if matches!(path.symlink_metadata(), Err(error) if error.kind() == ErrorKind::NotFound) {
        return Ok(Deleted {
            problem: Some(format!(
                "there is nothing to delete: the folder {} does not exist",
                path.display()
            )),
            ..Deleted::default()
        });
    }
    let tokens = folder.tokens().map_err(|error| target.failure(error))?;
    let records = folder.clear().map_err(|error| target.failure(error))?;
    Ok(Deleted {
        tokens,
        records,
        problem: None,
    })
}

#[cfg(not(unix))]
fn clear_folder(_: &Target) -> Result<Deleted, Failure> {
    Ok(Deleted::default())
}

/// A server belongs to others as well, so only the records of these settings are deleted.
async fn clear_server(target: &Target) -> Result<Deleted, Failure> {
    let (Some(settings), Some(store)) = (target.complete(), target.store.raw()) else {
        return Err(Failure::Usage(
            "the token store is a server, where only the token of one vendor is deleted: name the vendor, or select a profile with --profile"
                .to_owned(),
        ));
    };
    let settings = settings?;
    let failure = |error| target.failure(error);
    let [token, failed] = match keys(&target.store, &settings).await.map_err(failure)? {
        Keys::Shared(keys) => keys,
        Keys::Unshared(why) => {
            return Ok(Deleted {
                problem: Some(format!("the token is never stored: {why}")),
                ..Deleted::default()
            });
        }
    };
    target.store.reach().await.map_err(failure)?;
    let mut deleted = Deleted::default();
    for key in [&token, &failed] {
        match delete(&*store, key).await.map_err(failure)? {
            Deletion::Done => {
                deleted.records += 1;
                deleted.tokens += usize::from(key.kind() == RecordKind::Token);
            }
            Deletion::Nothing => {}
            Deletion::Lost => {
                deleted.problem =
                    Some("others replace the records, so that some are left".to_owned());
            }
        }
    }
    Ok(deleted)
}

/// What came of the deletion of a record.
#[derive(Debug, PartialEq, Eq)]
enum Deletion {
    Done,
    Nothing,
    /// Others replaced it each time.
    Lost,
}

/// Deletes a record, and if another process replaces it meanwhile, that one.
async fn delete(store: &dyn TokenStore, key: &StoreKey) -> Result<Deletion, Error> {
    for _ in 0..ATTEMPTS {
        let Some(record) = store.get(key).await? else {
            return Ok(Deletion::Nothing);
        };
        if store.delete_if(key, &record.bytes).await? {
            return Ok(Deletion::Done);
        }
    }
    Ok(Deletion::Lost)
}

impl Cleared {
    fn text(&self) -> String {
        if let Some(problem) = self.problem.as_ref().filter(|_| self.records == 0) {
            return problem.clone();
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
        let problem = self.problem.as_ref();
        let problem = problem
            .map(|problem| format!("; {problem}"))
            .unwrap_or_default();
        format!("deleted {tokens} ({records}) from {location}{problem}")
    }
}

/// A token is replaced at most once every few minutes.
const ATTEMPTS: u32 = 3;

#[cfg(test)]
mod tests;
