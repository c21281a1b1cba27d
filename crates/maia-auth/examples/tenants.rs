//! Serves many tenants from one program: each has credentials of its own, which are looked up when they are needed.
//!
//! The database is a folder here, with one file for each tenant that holds its client id and its client secret, a line each.
//! Each line on standard input starts a round: one API request for every tenant, all at once. Secrets may be rotated at any time.
//!
//! ```sh
//! MAIA_REGION=eu1 cargo run --example tenants -- tenants/
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error;
use std::io::{ErrorKind, stdin};
use std::path::PathBuf;

use maia_auth::auth_core::{Credentials, LookupError};
use maia_auth::{ConfigBuilder, TenantClients, TenantConfig};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: tenants FOLDER")?);
    let database = folder.clone();
    let tenants = TenantClients::builder(ConfigBuilder::from_env()?, move |tenant: String| {
        look_up(database.join(tenant))
    })
    .max_capacity(10_000)
    .build()?;

    for line in stdin().lines() {
        line?;
        let mut calls = JoinSet::new();
        for entry in std::fs::read_dir(&folder)? {
            let tenant = entry?.file_name().to_string_lossy().into_owned();
            let tenants = tenants.clone();
            calls.spawn(async move {
                let client = tenants.client(&tenant).await?;
                client.projects().page(0).await
            });
        }
        let outcomes = calls.join_all().await;
        let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        println!("{} tenants, {failed} failed", outcomes.len());
        if let Some(Err(error)) = outcomes.into_iter().find(Result::is_err) {
            println!("the first failure: {error:?}");
        }
    }
    tenants.shutdown().await;
    Ok(())
}

/// Finds one tenant's credentials; `None` says that there is no such tenant.
async fn look_up(path: PathBuf) -> Result<Option<TenantConfig>, LookupError> {
    let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await?;
    let row = match read {
        Ok(row) => row,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (id, secret) = row.trim().split_once('\n').ok_or("a row has two lines")?;
    Ok(Some(TenantConfig::new(Credentials::new(id, secret)?)))
}
