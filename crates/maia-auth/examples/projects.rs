//! Lists the account's projects; the environment says who signs in and where.
//!
//! `MAIA_CLIENT_ID`, `MAIA_CLIENT_SECRET` and `MAIA_REGION` are enough; `vauth emulate maia` stands in for the vendor.

#![expect(clippy::print_stdout, reason = "printing is what an example is for")]

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
