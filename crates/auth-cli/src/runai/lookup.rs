//! Finds what an argument names: an id, or a name that only one entry has.

use auth_core::{Error, ErrorKind, display_list, display_text};

/// One entry of a list that an argument may name.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) name: String,
}

/// What an argument names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: String,
    /// The text for confirmations: the id, and the name if that was given.
    pub(super) label: String,
}

/// How names are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Exact,
    /// If no name is the same, one that differs only in case: e-mail addresses.
    IgnoreCase,
}

/// Finds the entry with this id or name; `noun` is its kind in messages.
///
/// A UUID is taken as an id without requesting the list, and so is any text if the list is empty or may not be read:
/// the API then decides whether there is such an id.
pub(super) async fn find(
    noun: &str,
    text: &str,
    names: Names,
    list: impl Future<Output = Result<Vec<Entry>, Error>>,
) -> Result<Found, Error> {
    if is_uuid(text) {
        return Ok(Found::id(text));
    }
    match entries(list).await? {
        Some(all) => choose(noun, text, names, &all),
        None => Ok(Found::id(text)),
    }
}

/// Reads a list, or returns `None` if it is empty or may not be read.
pub(super) async fn entries(
    list: impl Future<Output = Result<Vec<Entry>, Error>>,
) -> Result<Option<Vec<Entry>>, Error> {
    match list.await {
        Ok(all) => Ok(Some(all).filter(|all| !all.is_empty())),
        Err(error) if is_unavailable(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Chooses an entry; a name that several have, and one that none has, is an error that lists the candidates.
pub(super) fn choose(noun: &str, text: &str, names: Names, all: &[Entry]) -> Result<Found, Error> {
    // An id wins: it cannot be chosen to look like another entry.
    if all.iter().any(|entry| !text.is_empty() && entry.id == text) {
        return Ok(Found::id(text));
    }
    let named = |is_same: &dyn Fn(&str) -> bool| {
        let named = all
            .iter()
            .filter(|entry| !entry.name.is_empty() && is_same(&entry.name));
        named.collect::<Vec<_>>()
    };
    let mut same = named(&|name| name == text);
    if same.is_empty() && names == Names::IgnoreCase {
        let lower = text.to_lowercase();
        same = named(&|name| name.to_lowercase() == lower);
    }
    match same[..] {
        [entry] if entry.id.is_empty() => Err(Error::config(format!(
            "{noun} \"{}\" has no id in the API's list: get its id from the web interface",
            display_text(text)
        ))),
        [entry] => Ok(Found {
            id: entry.id.clone(),
            label: format!("{} (id {})", entry.name, entry.id),
        }),
        [] => Err(unknown(noun, text, all)),
        _ => Err(Error::config(format!(
            "{} {noun}s are named \"{}\": use the id of one of them: {}",
            same.len(),
            display_text(text),
            display_list(same.iter().map(|entry| entry.id.as_str()))
        ))),
    }
}

impl Found {
    fn id(text: &str) -> Self {
        Self {
            id: text.to_owned(),
            label: text.to_owned(),
        }
    }
}

/// Lists the names that are most similar first, since a long list is shortened.
fn unknown(noun: &str, text: &str, all: &[Entry]) -> Error {
    let lower = text.to_lowercase();
    let mut names: Vec<_> = all
        .iter()
        .map(|entry| match entry.name.as_str() {
            "" => entry.id.as_str(),
            name => name,
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_by_cached_key(|name| (distance(&name.to_lowercase(), &lower), (*name).to_owned()));
    names.dedup();
    Error::config(format!(
        "no {noun} \"{}\" on this control plane; available: {}",
        display_text(text),
        display_list(names)
    ))
}

/// Orders by the common start, and texts that contain each other before those that do not.
fn distance(name: &str, text: &str) -> (bool, usize) {
    let is_part = !text.is_empty() && (name.contains(text) || text.contains(name));
    let common = name.chars().zip(text.chars());
    let common = common.take_while(|(left, right)| left == right).count();
    (!is_part, usize::MAX - common)
}

/// A client may lack the permission to list, and an older control plane the list.
fn is_unavailable(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    error.kind() == ErrorKind::ApiStatus && matches!(status, Some(401 | 403 | 404 | 405))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    let lengths: Vec<_> = groups.iter().map(|group| group.len()).collect();
    let is_hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(is_hex)
}

#[cfg(test)]
mod tests;
