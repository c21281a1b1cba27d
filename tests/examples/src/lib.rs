//! The program that `tests/testing.rs` tests: it gets its client from its caller, and so from a test as well.

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
