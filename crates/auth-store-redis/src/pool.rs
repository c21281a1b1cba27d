//! One connection for each tokio runtime, opened in the background and replaced once it is broken.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth_core::{Error, Result};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::runtime::{Handle, Id};

use crate::connection::{Connection, Target};

/// A connection is driven by a task of the runtime that opened it, so runtimes do not share one.
///
/// The `redis` crate's `ConnectionManager` reconnects as well, but with pauses of its own in addition to those of the circuit breaker,
/// and neither for sentinels nor for more than one runtime.
pub(crate) struct Pool {
    target: Arc<Target>,
    connections: Mutex<Vec<(Id, Opening)>>,
}

/// The attempt to open a connection, which all calls share; it goes on if a call gives up.
type Opening = Shared<BoxFuture<'static, Result<Arc<dyn Connection>>>>;

impl Pool {
    pub(crate) fn new(target: Target) -> Self {
        Self {
            target: Arc::new(target),
            connections: Mutex::default(),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.target.kind()
    }

    /// Returns this runtime's connection, and opens it if there is none.
    pub(crate) async fn connection(&self) -> Result<Arc<dyn Connection>> {
        let runtime =
            Handle::try_current().map_err(|_| Error::config("no tokio runtime is running here"))?;
        let opening = self.opening(&runtime);
        let opened = opening.clone().await;
        if opened.is_err() {
            self.retain(|other| !other.ptr_eq(&opening));
        }
        opened
    }

    /// Drops a connection that failed, so that the next call opens another one.
    pub(crate) fn drop_broken(&self, broken: &Arc<dyn Connection>) {
        self.retain(|opening| match opening.peek() {
            Some(Ok(connection)) => !Arc::ptr_eq(connection, broken),
            _ => true,
        });
    }

    fn opening(&self, runtime: &Handle) -> Opening {
        let mut connections = self.lock();
        let known = connections.iter().find(|(id, _)| *id == runtime.id());
        if let Some((_, opening)) = known {
            return opening.clone();
        }
        let target = Arc::clone(&self.target);
        let opening = open(target).boxed().shared();
        // Those of runtimes that are gone are never asked for again.
        if connections.len() >= MAX_RUNTIMES {
            drop(connections.remove(0));
        }
        connections.push((runtime.id(), opening.clone()));
        drop(connections);
        runtime.spawn(opening.clone());
        opening
    }

    fn retain(&self, keep: impl Fn(&Opening) -> bool) {
        let mut connections = self.lock();
        let dropped: Vec<_> = connections
            .extract_if(.., |(_, opening)| !keep(opening))
            .collect();
        drop(connections);
        // Closing a connection may run any code.
        drop(dropped);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Id, Opening)>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

async fn open(target: Arc<Target>) -> Result<Arc<dyn Connection>> {
    // A runtime without timers or IO panics, and a shared future that panicked would do so forever.
    let opened = AssertUnwindSafe(target.connect()).catch_unwind().await;
    let connection = opened.map_err(|_| {
        Error::config("the tokio runtime has no timer or no IO: build it with `enable_all`")
    })??;
    Ok(Arc::from(connection))
}

/// A program has one runtime, or a few; tests have many, one after the other.
const MAX_RUNTIMES: usize = 8;
