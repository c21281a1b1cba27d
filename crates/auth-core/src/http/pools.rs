//! One connection pool per tokio runtime, kind of target and kind of connection.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::runtime;
use url::Url;

use super::base_url::is_loopback;
use crate::error::Result;

/// How a target is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Plain http, never through a proxy: loopback, or a network that the caller explicitly allows.
    Plain,
    /// https to this machine, never through a proxy.
    Direct,
    /// https to another machine, through the proxy from the environment, if any.
    Proxied,
}

/// Whether a pooled connection may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reuse {
    /// A pooled connection if there is one; it returns to the pool.
    Kept,
    /// A new connection for each request.
    Never,
}

/// The clients created so far.
///
/// A pooled connection is driven by a task on the runtime that opened it. Once that runtime is gone or no longer driven,
/// a request on such a connection hangs; so runtimes never share connections.
///
/// Every request reads the list, so reading takes no lock; adding a client replaces the list.
#[derive(Debug)]
pub(super) struct Pools<C> {
    known: ArcSwap<Vec<Pool<C>>>,
    adding: Mutex<()>,
}

#[derive(Clone)]
struct Pool<C> {
    runtime: runtime::Id,
    route: Route,
    reuse: Reuse,
    client: C,
}

impl<C> Default for Pools<C> {
    fn default() -> Self {
        Self {
            known: ArcSwap::default(),
            adding: Mutex::default(),
        }
    }
}

impl<C> fmt::Debug for Pool<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the client, which knows the proxy.
        f.debug_struct("Pool")
            .field("runtime", &self.runtime)
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl Route {
    pub(super) fn to(target: &Url) -> Self {
        if target.scheme() != "https" {
            Self::Plain
        } else if is_loopback(target) {
            Self::Direct
        } else {
            Self::Proxied
        }
    }
}

impl<C: Clone> Pools<C> {
    /// Calls `using` with the client of this runtime, route and reuse, and creates the client if there is none.
    ///
    /// The client is borrowed because a clone would make all sending threads write to one reference count.
    pub(super) fn with_client<T>(
        &self,
        runtime: runtime::Id,
        route: Route,
        reuse: Reuse,
        make: impl FnOnce() -> Result<C>,
        using: impl FnOnce(&C) -> T,
    ) -> Result<T> {
        let is_it =
            |pool: &&Pool<C>| pool.runtime == runtime && pool.route == route && pool.reuse == reuse;
        if let Some(pool) = self.known.load().iter().find(is_it) {
            return Ok(using(&pool.client));
        }
        // Without the lock: the first https client loads the system's certificates. Two may be created at once, and one wins.
        let made = make()?;
        let adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.load();
        let client = match known.iter().find(is_it) {
            Some(pool) => pool.client.clone(),
            None => {
                let surplus = (known.len() + 1).saturating_sub(MAX_POOLS);
                let mut pools: Vec<_> = known.iter().skip(surplus).cloned().collect();
                pools.push(Pool {
                    runtime,
                    route,
                    reuse,
                    client: made.clone(),
                });
                self.known.store(Arc::new(pools));
                made
            }
        };
        drop(adding);
        Ok(using(&client))
    }
}

/// More than any plausible number of concurrent runtimes; the oldest are removed, since the end of a runtime is not reported.
const MAX_POOLS: usize = 64;

/// The addresses of `localhost`; port 0 means the URL's port.
pub(super) const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

#[cfg(test)]
mod tests;
