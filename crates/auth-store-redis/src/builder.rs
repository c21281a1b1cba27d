//! Builds a store from URLs: of a server, of a cluster's nodes, or of sentinels.

use std::fmt;

use auth_core::{Error, Result};
use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

use crate::connection::Target;
use crate::pool::Pool;
use crate::store::RedisTokenStore;

/// Builds a [`RedisTokenStore`].
///
/// # Examples
/// ```
/// use auth_store_redis::RedisTokenStore;
///
/// let store = RedisTokenStore::builder("redis://redis.internal:6379").build()?;
/// # #[cfg(feature = "cluster")]
/// let store = RedisTokenStore::builder("redis://redis-1.internal:6379")
///     .node("redis://redis-2.internal:6379")
///     .cluster()
///     .build()?;
/// # Ok::<(), auth_core::Error>(())
/// ```
#[must_use]
pub struct RedisTokenStoreBuilder {
    urls: Vec<String>,
    kind: Kind,
    #[cfg(feature = "tls")]
    certificates: redis::TlsCertificates,
    #[cfg(feature = "sentinel")]
    sentinel_password: Option<(Option<String>, auth_core::Secret)>,
}

enum Kind {
    Server,
    #[cfg(feature = "cluster")]
    Cluster,
    #[cfg(feature = "sentinel")]
    Sentinel(String),
}

impl RedisTokenStoreBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            urls: vec![url.to_owned()],
            kind: Kind::Server,
            #[cfg(feature = "tls")]
            certificates: redis::TlsCertificates {
                client_tls: None,
                root_cert: None,
            },
            #[cfg(feature = "sentinel")]
            sentinel_password: None,
        }
    }

    /// Adds the URL of another node of the cluster, or of another sentinel.
    #[cfg(any(feature = "cluster", feature = "sentinel"))]
    pub fn node(mut self, url: &str) -> Self {
        self.urls.push(url.to_owned());
        self
    }

    /// Uses a cluster, of which the URLs are some nodes. All records of one token are in one slot.
    #[cfg(feature = "cluster")]
    pub fn cluster(mut self) -> Self {
        self.kind = Kind::Cluster;
        self
    }

    /// Uses the primary of this name, which the sentinels at the URLs know.
    ///
    /// User, password, database and scheme of the first URL are those of the primary; the sentinels need none, unless
    /// [`RedisTokenStoreBuilder::sentinel_password`] sets some.
    #[cfg(feature = "sentinel")]
    pub fn sentinel(mut self, primary: impl Into<String>) -> Self {
        self.kind = Kind::Sentinel(primary.into());
        self
    }

    /// Sets the password of the sentinels themselves, and their user if they have one.
    #[cfg(feature = "sentinel")]
    pub fn sentinel_password(
        mut self,
        username: Option<&str>,
        password: impl Into<auth_core::Secret>,
    ) -> Self {
        self.sentinel_password = Some((username.map(str::to_owned), password.into()));
        self
    }

    /// Trusts the certificate authorities in a PEM bundle instead of the system's.
    #[cfg(feature = "tls")]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.root_cert = Some(pem.into());
        self
    }

    /// Presents a client certificate: a PEM chain, leaf first, and its PEM private key.
    #[cfg(feature = "tls")]
    pub fn client_certificate(
        mut self,
        chain: impl Into<Vec<u8>>,
        key: impl Into<auth_core::Secret>,
    ) -> Self {
        self.certificates.client_tls = Some(redis::ClientTlsConfig {
            client_cert: chain.into(),
            client_key: key.into().into_bytes().to_vec(),
        });
        self
    }

    /// Checks the settings and builds the store, without connecting.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if a URL or a certificate is not usable, which the message contains neither of, or if a
    /// URL uses TLS and the program has installed no provider of rustls.
    pub fn build(self) -> Result<RedisTokenStore> {
        let infos: Vec<_> = self
            .urls
            .iter()
            .map(|url| info(url))
            .collect::<Result<_>>()?;
        #[cfg(feature = "tls")]
        self.check_certificates(&infos)?;
        let target = match &self.kind {
            Kind::Server => self.server(infos)?,
            #[cfg(feature = "cluster")]
            Kind::Cluster => self.cluster_of(infos)?,
            #[cfg(feature = "sentinel")]
            Kind::Sentinel(primary) => self.sentinels_of(infos, primary)?,
        };
        Ok(RedisTokenStore::from_pool(Pool::new(target)))
    }

    fn server(&self, infos: Vec<ConnectionInfo>) -> Result<Target> {
        let mut infos = infos.into_iter();
        let (Some(info), None) = (infos.next(), infos.next()) else {
            return Err(Error::config(
                "the store has several URLs: choose a cluster or sentinels, or set only one",
            ));
        };
        #[cfg(feature = "tls")]
        if self.has_certificates() {
            let client = Client::build_with_tls(info, self.certificates.clone());
            let client = client.map_err(|_| bad_certificates())?;
            return Ok(Target::Server(Box::new(client)));
        }
        let client = Client::open(info).map_err(|_| bad_url())?;
        Ok(Target::Server(Box::new(client)))
    }

    #[cfg(feature = "cluster")]
    fn cluster_of(&self, infos: Vec<ConnectionInfo>) -> Result<Target> {
        let builder = redis::cluster::ClusterClient::builder(infos)
            // The circuit breaker repeats calls, and a call ends long before another attempt.
            .retries(1)
            .response_timeout(crate::connection::RESPONSE_LIMIT);
        #[cfg(feature = "tls")]
        let builder = if self.has_certificates() {
            builder.certs(self.certificates.clone())
        } else {
            builder
        };
        let client = builder.build().map_err(|_| bad_url())?;
        Ok(Target::Cluster(Box::new(client)))
    }

    #[cfg(feature = "sentinel")]
    fn sentinels_of(&self, infos: Vec<ConnectionInfo>, primary: &str) -> Result<Target> {
        use redis::TlsMode;
        use redis::sentinel::{SentinelClientBuilder, SentinelServerType};

        let Some(first) = infos.first().map(ConnectionInfo::redis_settings).cloned() else {
            return Err(bad_url());
        };
        let addresses: Vec<_> = infos.iter().map(|info| info.addr().clone()).collect();
        let is_tls = addresses
            .iter()
            .any(|address| matches!(address, ConnectionAddr::TcpTls { .. }));
        let builder = SentinelClientBuilder::new(addresses, primary, SentinelServerType::Master);
        let mut builder = builder
            .map_err(|_| bad_url())?
            .set_client_to_redis_db(first.db());
        if let Some(username) = first.username() {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = first.password() {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some((username, password)) = &self.sentinel_password {
            builder = builder.set_client_to_sentinel_password(password.expose_secret());
            if let Some(username) = username {
                builder = builder.set_client_to_sentinel_username(username);
            }
        }
        if is_tls {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_tls_mode(TlsMode::Secure);
        }
        #[cfg(feature = "tls")]
        if self.has_certificates() {
            builder = builder
                .set_client_to_redis_certificates(self.certificates.clone())
                .set_client_to_sentinel_certificates(self.certificates.clone());
        }
        let client = builder.build().map_err(|_| bad_url())?;
        Ok(Target::Sentinel(Box::new(tokio::sync::Mutex::new(client))))
    }

    #[cfg(feature = "tls")]
    fn has_certificates(&self) -> bool {
        self.certificates.client_tls.is_some() || self.certificates.root_cert.is_some()
    }

    #[cfg(feature = "tls")]
    fn check_certificates(&self, infos: &[ConnectionInfo]) -> Result<()> {
        let is_tls = |info: &ConnectionInfo| matches!(info.addr(), ConnectionAddr::TcpTls { .. });
        if !infos.iter().any(is_tls) {
            return match self.has_certificates() {
                true => Err(Error::config(
                    "certificates are set, but the store's URL does not use TLS: use rediss://",
                )),
                false => Ok(()),
            };
        }
        // The `redis` crate accepts no provider of its own, and installs one for the whole process if there is none, or panics.
        // Which one the process uses is the program's decision.
        match rustls::crypto::CryptoProvider::get_default() {
            Some(_) => Ok(()),
            None => Err(Error::config(
                "the store's URL uses TLS, but the program has installed no rustls provider: call `rustls::crypto::ring::default_provider().install_default()`, or that of another provider, at its start",
            )),
        }
    }
}

fn info(url: &str) -> Result<ConnectionInfo> {
    let info = url.into_connection_info().map_err(|_| bad_url())?;
    match info.addr() {
        ConnectionAddr::TcpTls { insecure: true, .. } => Err(Error::config(
            "the store's URL turns off TLS verification, which is not possible: remove #insecure",
        )),
        ConnectionAddr::TcpTls { .. } if cfg!(not(feature = "tls")) => Err(Error::config(
            "the store's URL uses TLS: turn on the feature `tls` of auth-store-redis",
        )),
        _ => Ok(info),
    }
}

fn bad_url() -> Error {
    Error::config(
        "the store's URL is not usable: use redis://user:password@host:port/database, rediss:// for TLS, or unix:///path",
    )
}

#[cfg(feature = "tls")]
fn bad_certificates() -> Error {
    Error::config("the store's certificates are not usable: use PEM, the client's leaf first")
}

impl fmt::Debug for RedisTokenStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // URLs contain passwords.
        f.debug_struct("RedisTokenStoreBuilder")
            .field("urls", &self.urls.len())
            .finish_non_exhaustive()
    }
}
