//! Shares its token with all processes that use the same Redis server: start it many times, and one token request is sent.
//!
//! Without the server it does the same, with a token request of its own.
//!
//! ```sh
//! MAIA_REGION=eu1 cargo run -p examples --bin redis-token -- redis://127.0.0.1:6379
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error;

use auth_store_redis::RedisTokenStore;
use maia_auth::{Client, ConfigBuilder};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args()
        .nth(1)
        .ok_or("usage: redis-token REDIS_URL")?;
    let config = ConfigBuilder::from_env()?
        .token_store(RedisTokenStore::from_url(&url)?)
        .build()?;
    let client = Client::new(config)?;
    let page = client.projects().page(0).await?;
    println!("{} projects", page.items().len());
    client.shutdown().await;
    Ok(())
}
