//! One connection pool per tokio runtime, kind of target and kind of connection.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::Uri;
use tokio::runtime;
use url::Url;

use super::base_url::is_loopback;
use crate::error::Result;

/// How a target is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Plain http, never through a proxy: loopback, or a network that the caller has vouched for.
    Plain,
    /// https to this machine, never through a proxy.
    Direct,
    /// https to another machine, through the proxy that the environment names, if any.
    Proxied,
}

/// Whether a connection may have served before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reuse {
    /// A kept connection where there is one; it is kept again.
    Kept,
    /// A new connection for each request.
    Never,
}

/// The clients made so far.
///
/// A pooled connection is driven by a task of the runtime it was opened on. Once that runtime is gone, or alive and no longer driven,
/// a request on such a connection hangs; so no runtime is ever given another one's connections.
#[derive(Debug, Default)]
pub(super) struct Pools(Mutex<VecDeque<Pool>>);

struct Pool {
    runtime: runtime::Id,
    route: Route,
    reuse: Reuse,
    client: reqwest::Client,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the client, which knows the proxy.
        f.debug_struct("Pool")
            .field("runtime", &self.runtime)
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl Route {
    pub(super) fn to(uri: &Uri) -> Self {
        if uri.scheme_str() != Some("https") {
            return Self::Plain;
        }
        let is_local = Url::parse(&uri.to_string()).is_ok_and(|url| is_loopback(&url));
        if is_local {
            Self::Direct
        } else {
            Self::Proxied
        }
    }
}

impl Pools {
    /// Returns the client of this runtime, route and reuse, making it if there is none.
    pub(super) fn client(
        &self,
        runtime: runtime::Id,
        route: Route,
        reuse: Reuse,
        make: impl FnOnce() -> Result<reqwest::Client>,
    ) -> Result<reqwest::Client> {
        if let Some(client) = self.find(runtime, route, reuse) {
            return Ok(client);
        }
        // Without the lock: the first https client loads the system's certificates. Two may be made at once, and one wins.
        let client = make()?;
        if let Some(client) = self.find(runtime, route, reuse) {
            return Ok(client);
        }
        let mut pools = self.lock();
        if pools.len() == MAX_POOLS {
            pools.pop_front();
        }
        pools.push_back(Pool {
            runtime,
            route,
            reuse,
            client: client.clone(),
        });
        Ok(client)
    }

    fn find(&self, runtime: runtime::Id, route: Route, reuse: Reuse) -> Option<reqwest::Client> {
        let pools = self.lock();
        let mut known = pools
            .iter()
            .filter(|pool| pool.runtime == runtime && pool.route == route && pool.reuse == reuse);
        known.next().map(|pool| pool.client.clone())
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Pool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// More than any sane number of runtimes side by side; the oldest make room, since most runtimes never say that they are gone.
const MAX_POOLS: usize = 64;

#[cfg(test)]
mod tests;
