//! Asks the GraphQL API who is signed in; the environment says who that is and where.
//!
//! `DATASAUR_CLIENT_ID` and `DATASAUR_CLIENT_SECRET` are enough; `vauth emulate datasaur` stands in for the vendor.

#![expect(clippy::print_stdout, reason = "printing is what an example is for")]

use datasaur_auth::{Client, Config, Query};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(Config::from_env()?)?;
    let me = client.me().await?;
    println!("signed in as member {}", me.id());

    let answer = client.graphql(&Query::new("{ me { id } }")).await?;
    for error in answer.errors() {
        println!("error: {}", error.message());
    }
    println!("{}", answer.data_json().unwrap_or("no data"));
    Ok(())
}
