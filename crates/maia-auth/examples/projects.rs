//! Lists the account's projects, with settings from the environment.
//!
//! `MAIA_CLIENT_ID`, `MAIA_CLIENT_SECRET` and `MAIA_REGION` are required; `vauth emulate maia` emulates the vendor.

#![expect(clippy::print_stdout, reason = "examples print")]

use futures_util::TryStreamExt as _;
use maia_auth::{Client, Config};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(Config::from_env()?)?;
    let mut projects = client.projects().page_size(100).stream();
    while let Some(project) = projects.try_next().await? {
        println!("{} {}", project.id(), project.name());
    }
    Ok(())
}
