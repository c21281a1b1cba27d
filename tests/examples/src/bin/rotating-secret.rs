//! Takes its credentials from a secret store, where they are rotated while it runs.
//!
//! The store is a file of JSON here, `{"client_id": "...", "client_secret": "..."}`; each line on standard input makes one API request.
//! For a mounted file that contains nothing but the secret, no code is needed: set `MAIA_CLIENT_SECRET_FILE`.
//!
//! ```sh
//! MAIA_REGION=eu1 cargo run -p examples --bin rotating-secret -- credentials.json
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error as StdError;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use maia_auth::auth_core::{Credentials, CredentialsProvider, Error, Result};
use maia_auth::{Client, ConfigBuilder};
use serde::Deserialize;

/// Reads the credentials for every token request, so that each uses the current ones.
#[derive(Debug)]
struct SecretStore {
    path: PathBuf,
}

/// Does not derive `Debug`, since it contains the secret.
#[derive(Deserialize)]
struct Entry {
    client_id: String,
    client_secret: String,
}

#[async_trait]
impl CredentialsProvider for SecretStore {
    async fn credentials(&self) -> Result<Credentials> {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await;
        let text = read
            .map_err(|error| {
                Error::unavailable("reading the secret store panicked").with_source(error)
            })?
            .map_err(|error| {
                Error::unavailable("the secret store cannot be read").with_source(error)
            })?;
        // The parser's message may quote the secret, so it is dropped.
        let entry: Entry = serde_json::from_slice(&text)
            .map_err(|_| Error::unavailable("the entry of the secret store cannot be read"))?;
        Credentials::new(entry.client_id, entry.client_secret)
    }

    /// Another number ends the cool-down after rejected credentials: the new ones are used at once.
    fn credentials_version(&self) -> u64 {
        let modified = std::fs::metadata(&self.path)
            .and_then(|it| it.modified())
            .ok();
        let age = modified.and_then(|it| it.duration_since(UNIX_EPOCH).ok());
        age.map_or(0, |it| u64::try_from(it.as_nanos()).unwrap_or(0))
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn StdError>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: rotating-secret FILE")?;
    let config = ConfigBuilder::from_env()?
        .credentials_provider(SecretStore { path: path.into() })
        .build()?;
    let client = Client::new(config)?;
    for line in std::io::stdin().lines() {
        line?;
        match client.projects().page(0).await {
            Ok(page) => println!("{} projects", page.items().len()),
            Err(error) => println!("failed: {error}"),
        }
    }
    client.shutdown().await;
    Ok(())
}
