//! Finds clusters, departments, projects and node pools by name or id, with a local comparison, because a server may ignore filters.

use auth_core::{Error, Result, display_list, display_text};
use futures_util::TryStreamExt as _;

use super::call::named;
use super::filter::FilterOperator;
use super::query::Query;

/// A thing that has a name, unique within its cluster at most.
pub(super) trait Named: std::fmt::Debug + Clone + Send + Unpin + 'static {
    /// What it is called in messages.
    const NOUN: &'static str;

    fn id(&self) -> &str;

    fn name(&self) -> &str;

    /// The id of the cluster that it is in; `None` for a cluster.
    fn cluster(&self) -> Option<&str>;

    /// Whether it is being deleted, so that its name will be free.
    fn is_leaving(&self) -> bool {
        false
    }

    /// How it differs from others of its name.
    fn describe(&self) -> String {
        let id = display_text(self.id());
        match self.cluster() {
            Some(cluster) => format!("{id} (cluster {})", display_text(cluster)),
            None => id,
        }
    }
}

/// Returns the only one of this name, in this cluster if one is given; several are an error that lists them.
pub(super) fn one<T: Named>(all: Vec<T>, name: &str, cluster: Option<&str>) -> Result<Option<T>> {
    let same = all.into_iter().filter(|one| {
        let is_there = cluster.is_none() || one.cluster() == cluster;
        !one.name().is_empty() && one.name() == name && is_there && !one.is_leaving()
    });
    let mut same: Vec<_> = same.collect();
    if same.len() < 2 {
        return Ok(same.pop());
    }
    let listed: Vec<_> = same.iter().take(MAX_LISTED).map(T::describe).collect();
    let rest = match same.len().saturating_sub(listed.len()) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    Err(named(Error::config(format!(
        "\"{}\" is the name of {} {}s: use the id of one of them: {}{rest}",
        display_text(name),
        same.len(),
        T::NOUN,
        listed.join(", ")
    ))))
}

/// Returns the one of this name, or else the one with this id; neither is an error that lists the available names.
pub(super) fn by_name_or_id<T: Named>(all: Vec<T>, text: &str, cluster: Option<&str>) -> Result<T> {
    let is_there = |one: &&T| cluster.is_none() || one.cluster() == cluster;
    let with_id = all.iter().filter(is_there);
    let with_id = with_id.filter(|one| !text.is_empty() && one.id() == text);
    let with_id = with_id.last().cloned();
    let names = all.iter().filter(is_there);
    let names = names.filter(|one| !one.is_leaving()).map(T::name);
    let available = available(names);
    let place = match cluster {
        Some(cluster) => format!("in cluster {}", display_text(cluster)),
        None => "on this control plane".to_owned(),
    };
    let found = one(all, text, cluster)?.or(with_id);
    found.ok_or_else(|| {
        named(Error::config(format!(
            "no {} \"{}\" {place}; {available}",
            T::NOUN,
            display_text(text)
        )))
    })
}

/// Lists the names that exist, for an error about one that does not.
pub(super) fn available<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    match display_list(names) {
        empty if empty.is_empty() => "there are none".to_owned(),
        names => format!("available: {names}"),
    }
}

/// Finds the one of this name.
pub(super) async fn find<T: Named>(
    query: Query<T>,
    name: &str,
    cluster: Option<&str>,
) -> Result<Option<T>> {
    if name.is_empty() {
        return Ok(None);
    }
    // The API has no way to quote a comma in a filter.
    let query = match name.contains(',') {
        true => query,
        false => query.filter("name", FilterOperator::Equals, name),
    };
    one(query.stream().try_collect().await?, name, cluster)
}

/// Finds the one of this name, or with this id.
pub(super) async fn find_or_id<T: Named>(
    query: Query<T>,
    text: &str,
    cluster: Option<&str>,
) -> Result<T> {
    match find(query.clone(), text, cluster).await? {
        Some(found) => Ok(found),
        None => by_name_or_id(query.stream().try_collect().await?, text, cluster),
    }
}

/// How many candidates an error lists; more than a handful of the same name is a rarity.
const MAX_LISTED: usize = 10;
