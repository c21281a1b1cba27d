//! A token store on PostgreSQL, for programs that have such a database already.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use maia_auth::auth_core::store::{PutIfAbsent, StoreKey, StoredRecord, TokenStore};
use maia_auth::auth_core::{Error, Result};
use tokio::sync::Mutex;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Row};

/// The table. It need not survive a crash of the server, so nothing of it is written to the log: a lost record costs one token request.
///
/// Records are replaced in place, so there are at most three rows for each client id.
/// Rows of ids that no longer exist can be deleted at any time: `DELETE FROM auth_token_records WHERE expires_at < now()`.
pub const TABLE: &str = "
CREATE UNLOGGED TABLE IF NOT EXISTS auth_token_records (
    key text PRIMARY KEY,
    record bytea NOT NULL,
    expires_at timestamptz NOT NULL
)";

/// Stores records in the table `auth_token_records`, over one connection, which is opened at the first call and again when it is closed.
///
/// Every statement compares with `clock_timestamp()`, the server's clock at that moment; `now()` would be that of the transaction's start.
#[derive(Debug)]
pub struct PostgresTokenStore {
    config: Config,
    client: Mutex<Option<Arc<Client>>>,
}

impl PostgresTokenStore {
    /// Creates a store; nothing is sent before the first token is requested. The table must exist.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            client: Mutex::const_new(None),
        }
    }

    /// Runs one statement. `query_typed` needs one round trip and no prepared statement, so that it also works behind a pooler.
    async fn query(
        &self,
        statement: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>> {
        let client = self.client().await?;
        let rows = client.query_typed(statement, parameters).await;
        rows.map_err(down)
    }

    /// Returns the connection, on which many calls can wait for their responses at once.
    async fn client(&self) -> Result<Arc<Client>> {
        let mut slot = self.client.lock().await;
        match &*slot {
            Some(client) if !client.is_closed() => Ok(Arc::clone(client)),
            _ => Ok(Arc::clone(slot.insert(Arc::new(self.connect().await?)))),
        }
    }

    async fn connect(&self) -> Result<Client> {
        let (client, connection) = self.config.connect(NoTls).await.map_err(down)?;
        tokio::spawn(async move {
            // The next call finds the connection closed and opens another one.
            let _ = connection.await;
        });
        Ok(client)
    }
}

#[async_trait]
impl TokenStore for PostgresTokenStore {
    fn name(&self) -> &'static str {
        "postgres"
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        let rows = self.query(GET, &[(&key.as_str(), Type::TEXT)]).await?;
        let record = rows.first().map(|row| {
            let bytes: Vec<u8> = row.try_get(0).map_err(down)?;
            Ok(StoredRecord::new(bytes, Some(life(row, 1)?)))
        });
        record.transpose()
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        let parameters = [
            (&key.as_str() as &(dyn ToSql + Sync), Type::TEXT),
            (&record, Type::BYTEA),
            (&seconds(life), Type::FLOAT8),
        ];
        self.query(PUT, &parameters).await.map(drop)
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        let parameters = [
            (&key.as_str() as &(dyn ToSql + Sync), Type::TEXT),
            (&record, Type::BYTEA),
            (&seconds(life), Type::FLOAT8),
        ];
        if !self.query(PUT_IF_ABSENT, &parameters).await?.is_empty() {
            return Ok(PutIfAbsent::Put);
        }
        // It may have ended between the two statements.
        let held = self.get(key).await?.and_then(|held| held.life);
        Ok(PutIfAbsent::Held(Some(held.unwrap_or_default())))
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        let parameters = [
            (&key.as_str() as &(dyn ToSql + Sync), Type::TEXT),
            (&old, Type::BYTEA),
            (&new, Type::BYTEA),
            (&seconds(life), Type::FLOAT8),
        ];
        let rows = self.query(REPLACE_IF, &parameters).await?;
        Ok(!rows.is_empty())
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        let parameters = [
            (&key.as_str() as &(dyn ToSql + Sync), Type::TEXT),
            (&old, Type::BYTEA),
        ];
        let rows = self.query(DELETE_IF, &parameters).await?;
        Ok(!rows.is_empty())
    }
}

fn seconds(life: Duration) -> f64 {
    life.as_secs_f64()
}

/// Reads how long a record lives, which the server has computed with its own clock.
fn life(row: &Row, column: usize) -> Result<Duration> {
    let seconds: f64 = row.try_get(column).map_err(down)?;
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// Any error means that the store is down. The source says why; it contains no record.
fn down(error: tokio_postgres::Error) -> Error {
    Error::unavailable("the database").with_source(error)
}

const GET: &str = "
SELECT record, extract(epoch FROM expires_at - clock_timestamp())::float8
FROM auth_token_records
WHERE key = $1 AND expires_at > clock_timestamp()";

const PUT: &str = "
INSERT INTO auth_token_records (key, record, expires_at)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (key) DO UPDATE SET record = excluded.record, expires_at = excluded.expires_at";

/// The row is locked before the condition is checked, so that of many concurrent statements one returns a row.
const PUT_IF_ABSENT: &str = "
INSERT INTO auth_token_records AS held (key, record, expires_at)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (key) DO UPDATE SET record = excluded.record, expires_at = excluded.expires_at
WHERE held.expires_at <= clock_timestamp()
RETURNING 1";

const REPLACE_IF: &str = "
UPDATE auth_token_records
SET record = $3, expires_at = clock_timestamp() + make_interval(secs => $4)
WHERE key = $1 AND record = $2 AND expires_at > clock_timestamp()
RETURNING 1";

const DELETE_IF: &str = "
DELETE FROM auth_token_records
WHERE key = $1 AND record = $2 AND expires_at > clock_timestamp()
RETURNING 1";
