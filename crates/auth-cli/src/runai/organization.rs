//! What clusters, departments, projects and node pools have in common: finding one, listing some, creating one, and deleting one.

use auth_core::Result;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, Deletion, Query};
use serde::Serialize;

use super::queries::{Queried, filtered, sorted};
use crate::arguments::ListArguments;
use crate::arguments::runai::{
    PlaceDeleteArguments, PlaceFilterArguments, PlaceName, SortArguments, UnitArguments,
};
use crate::confirm;
use crate::failure::Failure;
use crate::lookup::{self, Collection, Comparison, Entry, Found};
use crate::output::{Listed, print_list, print_one, render_one};
use crate::progress::counted;
use crate::work::{Work, printed};

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
    lookup::find(
        Collection::of_control_plane("cluster"),
        text,
        Comparison::Exact,
        list,
    )
    .await
}

/// Finds the only place with this id or name, in a cluster if one is given.
pub(super) async fn find(
    admin: &Admin,
    noun: &str,
    place: &PlaceName,
    list: impl Future<Output = Result<Vec<Place>>>,
) -> Result<Found> {
    let Some(text) = &place.cluster else {
        return find_in_any(noun, &place.id, list).await;
    };
    let cluster_id = cluster(admin, text).await?.id;
    let list = async {
        let all = list.await?.into_iter();
        let all = all.filter(|one| one.cluster_id == cluster_id);
        Ok(all.map(entry).collect())
    };
    lookup::find(
        Collection::new(noun, "in that cluster"),
        &place.id,
        Comparison::Exact,
        list,
    )
    .await
}

/// Finds the only place with this id or name, in any cluster.
pub(super) async fn find_in_any(
    noun: &str,
    text: &str,
    list: impl Future<Output = Result<Vec<Place>>>,
) -> Result<Found> {
    let list = async { Ok(list.await?.into_iter().map(entry).collect()) };
    lookup::find(
        Collection::of_control_plane(noun),
        text,
        Comparison::Exact,
        list,
    )
    .await
}

/// Two places of one name are in different clusters.
fn entry(place: Place) -> Entry {
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
    Ok(filtered(query, &filter.filters))
}

/// Prints the entries of a query in the order of the arguments.
pub(super) async fn list<T: Queried, P: From<T> + Listed>(
    query: Query<T>,
    sort: &SortArguments,
    arguments: &ListArguments,
) -> std::result::Result<(), Failure> {
    let query = sorted(query, sort);
    let all = counted(query.stream().map_ok(P::from)).await?;
    print_list(&all, arguments)
}

/// Creates a department or a project and prints it; both futures run in this order.
pub(super) async fn create<N, P: Listed>(
    noun: &str,
    arguments: &UnitArguments,
    resolve: impl Future<Output = Result<N>>,
    create: impl AsyncFnOnce(N) -> Result<P>,
) -> std::result::Result<(), Failure> {
    let name = &arguments.name;
    let maybe =
        format!("{noun} {name} may have been created: look for it with `vauth runai {noun}s list`");
    let mut work = Work::start("nothing was created", maybe)?;
    let new = work.prepare(resolve).await?;
    let unit = work.during(create(new)).await?;
    // The first column of both is the id.
    let id = unit.cells().into_iter().next().unwrap_or_default();
    let state = format!("{noun} {name} exists now with the id {id}");
    let bytes = render_one(&unit, &arguments.list)?;
    printed(work.print(bytes).await, state)
}

/// Deletes a department or a project once that is confirmed.
pub(super) async fn delete(
    admin: &Admin,
    noun: &str,
    arguments: &PlaceDeleteArguments,
    list: impl Future<Output = Result<Vec<Place>>>,
    delete: impl AsyncFnOnce(&str) -> Result<Deletion>,
) -> std::result::Result<(), Failure> {
    let about = |text: &str| format!("delete {noun} {text}");
    confirm::check(&about(&arguments.place.id), &arguments.confirm)?;
    let found = find(admin, noun, &arguments.place, list).await?;
    confirm::confirm(&about(&found.label), &arguments.confirm)?;
    let deletion = delete(&found.id).await?;
    print_deletion(deletion, &found, &arguments.list)
}

/// Prints whether a deletion is complete.
fn print_deletion(
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
