//! One connection, of whatever kind: to a server, a cluster, or the primary that sentinels choose.

use std::time::Duration;

use async_trait::async_trait;
use auth_core::{Error, Result};
use redis::aio::ConnectionLike;
use redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, RedisResult, Value};

/// Sends commands; concurrent ones share the connection.
#[async_trait]
pub(crate) trait Connection: Send + Sync {
    async fn command(&self, command: &Cmd) -> RedisResult<Value>;

    async fn pipeline(&self, pipeline: &Pipeline) -> RedisResult<Vec<Value>>;
}

#[async_trait]
impl<C: ConnectionLike + Clone + Send + Sync> Connection for C {
    async fn command(&self, command: &Cmd) -> RedisResult<Value> {
        command.query_async(&mut self.clone()).await
    }

    async fn pipeline(&self, pipeline: &Pipeline) -> RedisResult<Vec<Value>> {
        pipeline.query_async(&mut self.clone()).await
    }
}

/// Where to connect to; it contains passwords and is never printed.
pub(crate) enum Target {
    Server(Box<Client>),
    #[cfg(feature = "cluster")]
    Cluster(Box<redis::cluster::ClusterClient>),
    #[cfg(feature = "sentinel")]
    Sentinel(Box<tokio::sync::Mutex<redis::sentinel::SentinelClient>>),
}

impl Target {
    /// Opens a connection, which fails within the time limit.
    pub(crate) async fn connect(&self) -> Result<Box<dyn Connection>> {
        let limited = tokio::time::timeout(CONNECT_LIMIT, self.open()).await;
        let opened = limited
            .map_err(|_| Error::timeout("the server did not accept a connection in time"))?;
        opened.map_err(|error| crate::error::of_call(&error))
    }

    async fn open(&self) -> RedisResult<Box<dyn Connection>> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_LIMIT))
            .set_response_timeout(Some(RESPONSE_LIMIT));
        Ok(match self {
            Self::Server(client) => Box::new(
                client
                    .get_multiplexed_async_connection_with_config(&config)
                    .await?,
            ),
            #[cfg(feature = "cluster")]
            Self::Cluster(client) => Box::new(client.get_async_connection().await?),
            #[cfg(feature = "sentinel")]
            Self::Sentinel(client) => {
                let mut client = client.lock().await;
                Box::new(client.get_async_connection_with_config(&config).await?)
            }
        })
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Server(_) => "server",
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => "cluster",
            #[cfg(feature = "sentinel")]
            Self::Sentinel(_) => "sentinel",
        }
    }
}

/// A connection is opened in the background, so this may be longer than a call waits for it: TLS to another continent takes a second.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A call through [`auth_core`] ends much earlier; this is for programs that call the store themselves.
pub(crate) const RESPONSE_LIMIT: Duration = Duration::from_secs(2);
