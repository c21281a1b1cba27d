//! Signs in to Run:ai with the token of an identity provider, so that the program has no secret of its own.
//!
//! The identity provider's token is in a file that somebody else renews, such as a projected volume of Kubernetes.
//!
//! ```sh
//! RUNAI_BASE_URL=https://tenant.run.ai cargo run -p examples --bin external-identity -- /var/run/secrets/tokens/identity
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error as StdError;
use std::path::PathBuf;

use async_trait::async_trait;
use runai_auth::auth_core::vendor::TokenResponse;
use runai_auth::auth_core::{
    AccessToken, ApiRequest, Clock, Error, Result, Secret, SystemClock, TokenSource,
};
use runai_auth::{Client, ConfigBuilder};

/// Reads the identity provider's token from its file for every exchange.
#[derive(Debug)]
struct IdentityFile {
    path: PathBuf,
    clock: SystemClock,
}

#[async_trait]
impl TokenSource for IdentityFile {
    async fn token(&self) -> Result<AccessToken> {
        let read_at = self.clock.now();
        let path = self.path.clone();
        let token = tokio::task::spawn_blocking(move || Secret::from_file(path))
            .await
            .map_err(|error| {
                Error::unavailable("reading the token panicked").with_source(error)
            })??;
        // With the time of day, a JWT that has expired is an error here, and is not sent.
        TokenResponse::new(token, read_at)
            .with_date(Some(read_at.to_system_time()))
            .into_access_token()
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn StdError>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: external-identity FILE")?;
    let identity = IdentityFile {
        path: path.into(),
        clock: SystemClock::new(),
    };
    let config = ConfigBuilder::from_env()?
        .options(|options| options.external_token_source(identity))
        .build()?;
    let client = Client::new(config)?;
    let token = client.token().await?;
    println!("signed in for {} s", token.lifetime().as_secs());
    let request = ApiRequest::new(http::Method::GET, "/api/v1/authorization/me/access-rules");
    let status = client.execute(&request).await?.status();
    println!("the API answered with status {status}");
    Ok(())
}
