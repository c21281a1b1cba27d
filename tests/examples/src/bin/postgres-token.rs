//! Shares its token with all processes that use the same PostgreSQL database.
//!
//! ```sh
//! MAIA_REGION=eu1 cargo run -p examples --bin postgres-token -- 'host=/run/postgresql user=app dbname=app'
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error;

use examples::postgres_store::{PostgresTokenStore, TABLE};
use maia_auth::{Client, ConfigBuilder};
use tokio_postgres::{Config, NoTls};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = std::env::args().nth(1);
    let database: Config = place.ok_or("usage: postgres-token DATABASE")?.parse()?;
    // Part of the program's migrations elsewhere.
    let (client, connection) = database.connect(NoTls).await?;
    let connection = tokio::spawn(connection);
    client.batch_execute(TABLE).await?;
    drop(client);
    connection.await??;

    let config = ConfigBuilder::from_env()?
        .token_store(PostgresTokenStore::new(database))
        .build()?;
    let client = Client::new(config)?;
    let page = client.projects().page(0).await?;
    println!("{} projects", page.items().len());
    client.shutdown().await;
    Ok(())
}
