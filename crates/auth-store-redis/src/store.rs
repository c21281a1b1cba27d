//! The token store on a Redis or Valkey server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use auth_core::Result;
use auth_core::store::{PutIfAbsent, StoreKey, StoredRecord, TokenStore};
use redis::aio::ConnectionLike;
use redis::{RedisResult, Value};

use crate::builder::RedisTokenStoreBuilder;
use crate::call::Call;
use crate::command::{self, Abilities, from};
use crate::connection::Connection;
use crate::error::is_wrong_type;
use crate::pool::Pool;

/// A token store on Redis or Valkey; clones share the connections.
///
/// Nothing is connected before the first token is requested. A server that is down, slow or wrong is reported once in the log, and
/// tokens are then requested without it.
///
/// # Examples
/// ```
/// use auth_core::store::SharedStore;
/// use auth_store_redis::RedisTokenStore;
///
/// let store = RedisTokenStore::from_url("redis://fake-user:fake-password@redis.internal:6379")?;
/// // For `token_store` of a cache or of a vendor's configuration; nothing is connected yet.
/// let store = SharedStore::from(store);
/// # Ok::<(), auth_core::Error>(())
/// ```
#[derive(Clone)]
pub struct RedisTokenStore(Arc<Inner>);

struct Inner {
    connections: Connections,
    abilities: Abilities,
}

enum Connections {
    Own(Pool),
    /// The program's.
    Given(Arc<dyn Connection>),
}

impl RedisTokenStore {
    /// Creates a store on the server at a URL, such as `redis://user:password@host:6379/0`.
    ///
    /// The schemes are `redis`, `valkey` and `unix`, and with the feature `tls` also `rediss` and `valkeys`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if the URL is not usable; it never contains the URL.
    ///
    /// # Examples
    /// ```
    /// let store = auth_store_redis::RedisTokenStore::from_url("redis://fake-user:fake-password@localhost:6379")?;
    /// # Ok::<(), auth_core::Error>(())
    /// ```
    pub fn from_url(url: &str) -> Result<Self> {
        Self::builder(url).build()
    }

    /// Starts a builder, for certificates, a cluster, or sentinels.
    pub fn builder(url: &str) -> RedisTokenStoreBuilder {
        RedisTokenStoreBuilder::new(url)
    }

    /// Creates a store on a connection that the program has, such as `redis::aio::MultiplexedConnection` or `ConnectionManager`.
    ///
    /// It must be usable on the runtimes on which tokens are requested, and reconnect by itself if it should.
    pub fn from_connection(
        connection: impl ConnectionLike + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::new(Connections::Given(Arc::new(connection)))
    }

    pub(crate) fn from_pool(pool: Pool) -> Self {
        Self::new(Connections::Own(pool))
    }

    fn new(connections: Connections) -> Self {
        Self(Arc::new(Inner {
            connections,
            abilities: Abilities::default(),
        }))
    }

    async fn call(&self) -> Result<Call<'_>> {
        Ok(match &self.0.connections {
            Connections::Own(pool) => Call::new(pool.connection().await?, Some(pool)),
            Connections::Given(connection) => Call::new(Arc::clone(connection), None),
        })
    }
}

#[async_trait]
impl TokenStore for RedisTokenStore {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        let call = self.call().await?;
        let outcome = call
            .connection()
            .pipeline(&command::get(key.as_str()))
            .await;
        let record = match outcome {
            // Something else has used the name; it is no record.
            Err(error) if is_wrong_type(&error) => Ok(None),
            outcome => outcome.and_then(record),
        };
        call.end(record)
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        let call = self.call().await?;
        let command = command::put(key.as_str(), record, life);
        let outcome = call.connection().command(&command).await;
        call.end(outcome).map(drop)
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        let call = self.call().await?;
        let command = command::put_if_absent(key.as_str(), record, life);
        let outcome = call.connection().pipeline(&command).await.and_then(claim);
        call.end(outcome)
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        let call = self.call().await?;
        let abilities = &self.0.abilities;
        let outcome = abilities
            .replace_if(call.connection(), key.as_str(), (old, new), life)
            .await;
        call.end(outcome)
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        let call = self.call().await?;
        let abilities = &self.0.abilities;
        let outcome = abilities
            .delete_if(call.connection(), key.as_str(), old)
            .await;
        call.end(outcome)
    }
}

fn record(values: Vec<Value>) -> RedisResult<Option<StoredRecord>> {
    let mut values = values.into_iter();
    let life: i64 = from(values.next().unwrap_or(Value::Nil))?;
    let bytes: Option<Vec<u8>> = from(values.next().unwrap_or(Value::Nil))?;
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    Ok(match life {
        // There was no record yet when its life was read, so its life is not known.
        ABSENT => None,
        _ => Some(StoredRecord::new(bytes, positive(life))),
    })
}

fn claim(values: Vec<Value>) -> RedisResult<PutIfAbsent> {
    let mut values = values.into_iter();
    if values.next().is_some_and(|set| set != Value::Nil) {
        return Ok(PutIfAbsent::Put);
    }
    let life: i64 = from(values.next().unwrap_or(Value::Nil))?;
    Ok(PutIfAbsent::Held(match life {
        // It has just ended.
        ABSENT => Some(Duration::ZERO),
        _ => positive(life),
    }))
}

/// A negative number says that the record has no limited life.
fn positive(millis: i64) -> Option<Duration> {
    u64::try_from(millis).ok().map(Duration::from_millis)
}

impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may contain a password.
        let kind = match &self.0.connections {
            Connections::Own(pool) => pool.kind(),
            Connections::Given(_) => "given connection",
        };
        f.debug_struct("RedisTokenStore")
            .field("kind", &kind)
            .finish_non_exhaustive()
    }
}

/// What `PTTL` returns for a key that does not exist.
const ABSENT: i64 = -2;
