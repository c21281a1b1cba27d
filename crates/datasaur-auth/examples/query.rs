//! Queries the signed-in member from the GraphQL API, with settings from the environment.
//!
//! `DATASAUR_CLIENT_ID` and `DATASAUR_CLIENT_SECRET` are required; `vauth emulate datasaur` emulates the vendor.

#![expect(clippy::print_stdout, reason = "examples print")]

use datasaur_auth::{Client, Config, Query};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(Config::from_env()?)?;
    let me = client.me().await?;
    println!("signed in as member {}", me.id());

    let response = client.graphql(&Query::new("{ me { id } }")).await?;
    for error in response.errors() {
        println!("error: {}", error.message());
    }
    println!("{}", response.data_json().unwrap_or("no data"));
    Ok(())
}
