//! Opens connections as reqwest does for the default client, for the `tower` service, which has a client of hyper below it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use tokio::time::timeout;
use tower_service::Service;

use super::base_url::LOCALHOST;
use super::connections::note_opened;
use super::duplex::{BoxError, Duplex};
use super::pools::LOOPBACK;
use super::tls::{Peer, Tls};

/// Connects to the servers of one route.
#[derive(Clone)]
pub(super) struct Connector(Arc<Inner>);

struct Inner {
    direct: Direct,
    /// Which targets have a proxy.
    proxy: Option<Matcher>,
    /// Until the connection can be used, with TLS and the tunnel through a proxy.
    limit: Duration,
}

/// Connects without a proxy, which is how the proxy is reached as well.
#[derive(Clone)]
struct Direct {
    tcp: HttpConnector<Resolver>,
    tls: Arc<Tls>,
    peer: Peer,
}

impl Connector {
    pub(super) fn new(tls: Arc<Tls>, proxy: Option<Matcher>, limit: Duration) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        let peer = Peer::Server;
        Self(Arc::new(Inner {
            direct: Direct { tcp, tls, peer },
            proxy,
            limit,
        }))
    }
}

impl Inner {
    async fn connect(&self, target: Uri) -> Result<Duplex, BoxError> {
        let proxy = self.proxy.as_ref();
        let Some(proxy) = proxy.and_then(|proxy| proxy.intercept(&target)) else {
            return self.direct.clone().connect(target).await;
        };
        let to_proxy = Direct {
            peer: Peer::Proxy,
            ..self.direct.clone()
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        self.direct.tls.connect(tunnel, target, Peer::Server).await
    }
}

impl Direct {
    async fn connect(mut self, target: Uri) -> Result<Duplex, BoxError> {
        if target.scheme() == Some(&Scheme::HTTPS) {
            return self.tls.connect(self.tcp, target, self.peer).await;
        }
        Ok(Duplex::new(self.tcp.call(target).await?))
    }
}

impl Service<Uri> for Connector {
    type Response = Duplex;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Connecting {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let connected = timeout(inner.limit, inner.connect(target)).await;
            let connection = connected.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            note_opened();
            Ok(connection)
        })
    }
}

impl Service<Uri> for Direct {
    type Response = Duplex;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Connecting {
        Box::pin(self.clone().connect(target))
    }
}

type Connecting = Pin<Box<dyn Future<Output = Result<Duplex, BoxError>> + Send>>;

/// The system's resolver, except for `localhost`: a resolver could send loopback traffic elsewhere.
#[derive(Clone)]
struct Resolver(GaiResolver);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        if name.as_str().eq_ignore_ascii_case(LOCALHOST) {
            return Box::pin(async { Ok(LOOPBACK.to_vec().into_iter()) });
        }
        let found = self.0.call(name);
        Box::pin(async move { Ok(found.await?.collect::<Vec<_>>().into_iter()) })
    }
}

/// As reqwest's.
const KEEPALIVE: Duration = Duration::from_secs(15);

const KEEPALIVE_RETRIES: u32 = 3;
