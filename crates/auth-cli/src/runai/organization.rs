//! What clusters, departments, projects and node pools have in common: finding one, selecting some, and the outcome of a deletion.

use std::fmt;

use auth_core::Result;
use runai_auth::admin::{Admin, Deletion, Query, SortOrder};
use serde::Serialize;

use crate::arguments::ListArguments;
use crate::arguments::runai::{PlaceFilterArguments, PlaceName, SortArguments};
use crate::failure::Failure;
use crate::lookup::{self, Entry, Found, Kind, Names};
use crate::output::{Listed, print_one};

/// What a query of the library returns.
pub(super) trait Queried: fmt::Debug + Clone + Send + Unpin + 'static {}

impl<T: fmt::Debug + Clone + Send + Unpin + 'static> Queried for T {}

/// One department, project or node pool as a lookup needs it.
pub(super) struct Place {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) cluster_id: String,
}

/// Finds a cluster by its id or name.
pub(super) async fn cluster(admin: &Admin, text: &str) -> Result<Found> {
    let list = async {
        let all = admin.clusters().list().await?.into_iter();
        let all = all.filter(|one| one.delete_requested_at.is_none());
        Ok(all.map(|one| Entry::new(one.id, one.name)).collect())
    };
    lookup::find(Kind::of_control_plane("cluster"), text, Names::Exact, list).await
}

/// Finds the only place with this id or name, in a cluster if one is given.
pub(super) async fn find(
    admin: &Admin,
    noun: &str,
    place: &PlaceName,
    list: impl Future<Output = Result<Vec<Place>>>,
) -> Result<Found> {
    let cluster_id = match &place.cluster {
        Some(text) => Some(cluster(admin, text).await?.id),
        None => None,
    };
    let list = async {
        let all = list.await?.into_iter();
        let all = all.filter(|one| cluster_id.as_ref().is_none_or(|id| one.cluster_id == *id));
        Ok(all.map(entry).collect())
    };
    let kind = match cluster_id {
        Some(_) => Kind::new(noun, "in that cluster"),
        None => Kind::of_control_plane(noun),
    };
    lookup::find(kind, &place.id, Names::Exact, list).await
}

/// Two places of one name are in different clusters.
pub(super) fn entry(place: Place) -> Entry {
    let entry = Entry::new(place.id, place.name);
    match place.cluster_id.as_str() {
        "" => entry,
        cluster => entry.with_detail(format!("cluster {cluster}")),
    }
}

/// Applies the filters to a query.
pub(super) async fn selected<T: Queried>(
    admin: &Admin,
    mut query: Query<T>,
    filter: &PlaceFilterArguments,
) -> Result<Query<T>> {
    if let Some(text) = &filter.cluster {
        let id = cluster(admin, text).await?.id;
        query = query.filter("clusterId", runai_auth::admin::FilterOperator::Equals, id);
    }
    for condition in &filter.filters {
        query = query.filter(&condition.field, condition.operator, &condition.value);
    }
    Ok(query)
}

/// Applies the order to a query.
pub(super) fn sorted<T: Queried>(query: Query<T>, arguments: &SortArguments) -> Query<T> {
    let Some(field) = &arguments.sort else {
        return query;
    };
    let direction = match arguments.descending {
        true => SortOrder::Descending,
        false => SortOrder::Ascending,
    };
    query.sort_by(field, direction)
}

/// Prints whether a deletion is complete.
pub(super) fn print_deletion(
    deletion: Deletion,
    found: &Found,
    arguments: &ListArguments,
) -> std::result::Result<(), Failure> {
    let deleted = Deleted {
        id: found.id.clone(),
        outcome: match deletion {
            Deletion::Accepted => "accepted",
            _ => "deleted",
        },
    };
    print_one(deleted, arguments)
}

/// A deletion as it is printed.
#[derive(Serialize)]
struct Deleted {
    id: String,
    outcome: &'static str,
}

impl Listed for Deleted {
    const COLUMNS: &'static [&'static str] = &["id", "outcome"];

    fn cells(&self) -> Vec<String> {
        let outcome = match self.outcome {
            "accepted" => "accepted: the control plane completes the deletion later",
            outcome => outcome,
        };
        vec![self.id.clone(), outcome.to_owned()]
    }
}
