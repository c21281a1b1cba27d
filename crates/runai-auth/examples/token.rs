//! Obtains a token and sends one request, with settings from the environment.
//!
//! `RUNAI_CLIENT_ID`, `RUNAI_CLIENT_SECRET` and `RUNAI_BASE_URL` are required; `vauth emulate runai` emulates the vendor.

#![expect(clippy::print_stdout, reason = "examples print")]

use runai_auth::{Client, Config};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(Config::from_env()?)?;
    let token = client.token().await?;
    // The token itself is secret and not printed.
    println!("signed in for {} s", token.lifetime().as_secs());

    let request = http::Request::get("/api/v1/clusters").body(Default::default())?;
    let response = client.send(request).await?;
    println!("the API answered with status {}", response.status());
    Ok(())
}
