//! Signs in and makes one call; the environment says who signs in and where.
//!
//! `RUNAI_CLIENT_ID`, `RUNAI_CLIENT_SECRET` and `RUNAI_BASE_URL` are enough; `vauth emulate runai` stands in for the vendor.

#![expect(clippy::print_stdout, reason = "printing is what an example is for")]

use runai_auth::{Client, Config};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(Config::from_env()?)?;
    let token = client.token().await?;
    // The token itself is nobody's business.
    println!("signed in for {} s", token.lifetime().as_secs());

    let request = http::Request::get("/api/v1/apps").body(Default::default())?;
    let response = client.send(request).await?;
    println!("the API answered with status {}", response.status());
    Ok(())
}
