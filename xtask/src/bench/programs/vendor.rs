//! What most programs do: sign in and send one request.

use maia_auth::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let request = http::Request::get("/dpc/v1/projects?page=0&size=25").body(Default::default())?;
    let response = client.send(request).await?;
    println!("{}", response.status());
    Ok(())
}
