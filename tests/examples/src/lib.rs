//! The parts of programs that tests use as well: one gets its client from its caller, and a token store.

pub mod postgres_store;

use futures_util::TryStreamExt as _;
use maia_auth::Client;
use maia_auth::auth_core::Result;

/// Returns the names of all projects, in the order of the alphabet.
///
/// # Errors
/// Those of the client.
pub async fn project_names(client: &Client) -> Result<Vec<String>> {
    let projects: Vec<_> = client.projects().stream().try_collect().await?;
    let mut names: Vec<_> = projects.iter().map(|it| it.name().to_owned()).collect();
    names.sort();
    Ok(names)
}
