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
    /// Returns the client of this runtime, route and reuse, and creates it if there is none.
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
        // Without the lock: the first https client loads the system's certificates. Two may be created at once, and one wins.
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

/// More than any plausible number of concurrent runtimes; the oldest are removed, since the end of a runtime is not reported.
const MAX_POOLS: usize = 64;

#[cfg(test)]
mod tests;
