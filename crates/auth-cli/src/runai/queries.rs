//! The filters and the order of lists, which all queries of the admin API have.

use std::fmt;

use runai_auth::admin::{Query, SortOrder};

use crate::arguments::runai::{Condition, FilterArguments, SortArguments};

/// What a query of the library returns.
pub(super) trait Queried: fmt::Debug + Clone + Send + Unpin + 'static {}

impl<T: fmt::Debug + Clone + Send + Unpin + 'static> Queried for T {}

/// Applies the conditions and the text of the arguments; only some lists can be searched for a text.
pub(super) fn narrowed<T: Queried>(
    query: Query<T>,
    arguments: &FilterArguments,
    search: impl FnOnce(Query<T>, &str) -> Query<T>,
) -> Query<T> {
    let query = filtered(query, &arguments.filters);
    match &arguments.search {
        Some(text) => search(query, text),
        None => query,
    }
}

/// Applies conditions.
pub(super) fn filtered<T: Queried>(query: Query<T>, conditions: &[Condition]) -> Query<T> {
    conditions.iter().fold(query, |query, condition| {
        query.filter(&condition.field, condition.operator, &condition.value)
    })
}

/// Applies the order of the arguments.
pub(super) fn sorted<T: Queried>(query: Query<T>, arguments: &SortArguments) -> Query<T> {
    let direction = match arguments.descending {
        true => SortOrder::Descending,
        false => SortOrder::Ascending,
    };
    match &arguments.sort {
        Some(field) => query.sort_by(field, direction),
        None => query,
    }
}
