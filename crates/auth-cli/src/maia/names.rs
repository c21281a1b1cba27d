//! Finds the projects, pipelines, environments and executions that arguments name.

use auth_core::{Error, Result, display_text};
use futures_util::TryStreamExt as _;
use http::StatusCode;
use maia_auth::Client;

use crate::arguments::ExecutionName;
use crate::lookup::{self, Collection, Comparison, Entry, Found};
use crate::progress::doing;

/// Finds a project by its id or name.
pub(super) async fn project(client: &Client, text: &str) -> Result<Found> {
    let all = client.projects().page_size(PAGE).stream();
    let all = all.map_ok(|project| Entry::new(project.id(), project.name()));
    let kind = Collection::new("project", "that the credentials can access");
    lookup::find(kind, text, Comparison::Exact, all.try_collect()).await
}

/// Fails for a pipeline or an environment that the project does not have, listing those that it has.
///
/// If a list may not be read, the API decides.
pub(super) async fn check(
    client: &Client,
    project: &Found,
    pipeline: &str,
    environment: &str,
) -> Result<()> {
    let place = format!("in project {}", display_text(&project.label));
    // Both are named by their names only.
    let entry = |name: &str| Entry::new(name, name);
    let all = client.environments(&project.id).page_size(PAGE).stream();
    let all = all.map_ok(|one| entry(one.name())).try_collect();
    if let Some(all) = lookup::entries(all).await? {
        let kind = Collection::new("environment", &place);
        lookup::choose(kind, environment, Comparison::Exact, &all)?;
    }
    let all = client.pipelines(&project.id).page_size(PAGE).stream();
    let all = all.map_ok(|one| entry(one.name())).try_collect();
    if let Some(all) = lookup::entries(all).await? {
        let kind = Collection::new("published pipeline", &place);
        lookup::choose(kind, pipeline, Comparison::Exact, &all)?;
    }
    Ok(())
}

/// Returns the id of an execution's project, which is searched for unless it is given.
pub(super) async fn project_of(client: &Client, execution: &ExecutionName) -> Result<String> {
    if let Some(text) = execution.project() {
        return Ok(project(client, text).await?.id);
    }
    let executions = client.executions();
    let mut projects = client.projects().page_size(PAGE).stream();
    let mut count = 0;
    while let Some(project) = projects.try_next().await? {
        if project.id().is_empty() {
            continue;
        }
        count += 1;
        doing(&format!("searching project {count} for the execution"));
        match executions.status(project.id(), execution.id()).await {
            Ok(_) => return Ok(project.id().to_owned()),
            Err(error) if is_elsewhere(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::config(format!(
        "no execution \"{}\" in any of the {count} projects that the credentials can access: check the id, or put its project before it",
        display_text(execution.id())
    )))
}

/// A role may permit only some projects.
fn is_elsewhere(error: &Error) -> bool {
    matches!(
        error.status(),
        Some(StatusCode::NOT_FOUND | StatusCode::FORBIDDEN)
    )
}

/// As many as a page of these lists can have.
pub(super) const PAGE: u32 = 100;
