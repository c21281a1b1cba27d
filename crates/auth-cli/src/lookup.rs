//! Finds what an argument names: an id, or a name that only one entry has.

use auth_core::{Error, ErrorKind, display_list, display_text};

/// A collection that has what an argument names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Collection<'a> {
    /// The noun for one of its entries.
    noun: &'a str,
    /// Where it is, such as `on this control plane`.
    place: &'a str,
}

/// One entry of a list that an argument may name.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    /// How it differs from another one of its name, such as `cluster west`.
    detail: Option<String>,
}

/// What an argument names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: String,
    /// The text for confirmations: the id, and the name if that was given.
    pub(crate) label: String,
}

/// How an argument is compared with names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Exact,
    /// If no name is the same, one that differs only in case: e-mail addresses.
    IgnoreCase,
}

impl<'a> Collection<'a> {
    pub(crate) fn new(noun: &'a str, place: &'a str) -> Self {
        Self { noun, place }
    }

    /// A collection that Run:ai's admin API lists.
    pub(crate) fn of_control_plane(noun: &'a str) -> Self {
        Self::new(noun, "on this control plane")
    }
}

impl Entry {
    pub(crate) fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            detail: None,
        }
    }

    /// Says how it differs from another one of its name.
    pub(crate) fn with_detail(self, detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }
}

/// Finds the entry with this id or name.
///
/// A UUID is taken as an id without requesting the list, and so is any text if the list may not be read:
/// the API then decides whether there is such an id.
pub(crate) async fn find(
    collection: Collection<'_>,
    text: &str,
    comparison: Comparison,
    list: impl Future<Output = Result<Vec<Entry>, Error>>,
) -> Result<Found, Error> {
    if is_uuid(text) {
        return Ok(Found::id(text));
    }
    match entries(list).await? {
        Some(all) => choose(collection, text, comparison, &all),
        None => Ok(Found::id(text)),
    }
}

/// Reads a list, or returns `None` if it may not be read; one that is empty was read.
pub(crate) async fn entries(
    list: impl Future<Output = Result<Vec<Entry>, Error>>,
) -> Result<Option<Vec<Entry>>, Error> {
    match list.await {
        Ok(all) => Ok(Some(all)),
        Err(error) if is_unavailable(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Chooses an entry; a name that several have, and one that none has, is an error that lists the candidates.
pub(crate) fn choose(
    collection: Collection<'_>,
    text: &str,
    comparison: Comparison,
    all: &[Entry],
) -> Result<Found, Error> {
    let noun = collection.noun;
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
    if same.is_empty() && comparison == Comparison::IgnoreCase {
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
        [] => Err(unknown(collection, text, all)),
        _ => {
            let candidates = same.iter().map(|entry| match &entry.detail {
                Some(detail) => format!("{} ({detail})", entry.id),
                None => entry.id.clone(),
            });
            let candidates: Vec<_> = candidates.collect();
            Err(Error::config(format!(
                "{} {noun}s are named \"{}\": use the id of one of them: {}",
                same.len(),
                display_text(text),
                display_list(candidates.iter().map(String::as_str))
            )))
        }
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
fn unknown(collection: Collection<'_>, text: &str, all: &[Entry]) -> Error {
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
    let available = match names.is_empty() {
        true => "there are none".to_owned(),
        false => format!("available: {}", display_list(names)),
    };
    Error::config(format!(
        "no {} \"{}\" {}; {available}",
        collection.noun,
        display_text(text),
        collection.place
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
