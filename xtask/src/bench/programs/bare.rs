//! The same without a vendor crate, and without all it does when something goes wrong.

use std::env::var;

#[derive(serde::Deserialize)]
struct Answer {
    access_token: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let form = [
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", var("MAIA_CLIENT_ID")?),
        ("client_secret", var("MAIA_CLIENT_SECRET")?),
    ];
    let request = client.post(var("MAIA_TOKEN_URL")?).form(&form);
    let answer: Answer = request.send().await?.error_for_status()?.json().await?;
    let url = format!("{}/dpc/v1/projects?page=0&size=25", var("MAIA_BASE_URL")?);
    let response = client.get(url).bearer_auth(answer.access_token).send().await?;
    println!("{}", response.status());
    Ok(())
}
