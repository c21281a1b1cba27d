//! The cache for synchronous code: its own thread runs the refreshes.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http::HeaderValue;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::entry::Need;
use super::slot::Slot;
use super::{TokenCache, lock};
use crate::error::{Error, ErrorKind, Result};
use crate::source::TokenSource;
use crate::sync::Mutex;
use crate::token::AccessToken;

/// A [`TokenCache`] for synchronous code.
///
/// It shares the cache that it was created from: async and blocking callers see one token and cause one refresh.
/// While it exists, every refresh of that cache runs on its thread, so a blocking call is safe anywhere, even inside an async runtime:
/// it never waits for work that only the blocked thread could do. It still blocks that thread; prefer the async calls there.
/// Clones share the thread, which ends with the last of them.
pub struct BlockingTokenCache<S>(Arc<Runner<S>>);

/// The thread; it ends when this is dropped.
struct Runner<S> {
    cache: TokenCache<S>,
    handle: Handle,
    _stop: oneshot::Sender<()>,
}

impl<S: TokenSource + 'static> BlockingTokenCache<S> {
    /// Starts the thread; nothing is requested until a token is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the thread cannot be started.
    pub fn new(cache: TokenCache<S>) -> Result<Self> {
        let thread = thread::Builder::new().name("token-refresh".to_owned());
        Ok(Self(Arc::new(Runner::start(cache, thread)?)))
    }

    /// Returns a valid token, blocking only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub fn token(&self) -> Result<AccessToken> {
        match self.0.cache.at_hand(|entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => self.wait(),
        }
    }

    /// Returns the header of a valid token, ready to send; as [`BlockingTokenCache::token`], and cheaper.
    ///
    /// # Errors
    /// As [`TokenCache::token`].
    pub fn authorization_header(&self) -> Result<HeaderValue> {
        match self.0.cache.at_hand(|entry| entry.header.clone()) {
            Some(header) => Ok(header),
            None => Ok(self.wait()?.authorization_header()),
        }
    }

    /// Returns the cache itself, for everything that does not wait.
    pub fn cache(&self) -> &TokenCache<S> {
        &self.0.cache
    }

    fn wait(&self) -> Result<AccessToken> {
        let cache = self.0.cache.clone();
        self.run(Duration::ZERO, async move {
            cache.wait_for_token(Need::Any).await
        })
    }

    /// Runs the work on the thread; the calling thread only receives, which every runtime permits.
    ///
    /// `limit` is the time that the work takes in addition to the sign-ins it may wait for.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        if Handle::try_current().is_ok_and(|here| here.id() == self.0.handle.id()) {
            return Err(Error::config(
                "a blocking call cannot be made on the thread that refreshes tokens: use the async call in a token source",
            ));
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        self.0.handle.spawn(async move {
            // The caller's thread may be gone.
            let _ = sender.send(work.await);
        });
        // Longer than two dead refreshes take; without a limit, a source that blocks its thread would block us forever.
        let sign_in = self.0.cache.0.policy.lifespan().saturating_mul(3);
        receiver
            .recv_timeout(limit.saturating_add(sign_in))
            .unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Unavailable,
                    "the thread that refreshes tokens is gone, or blocked by its source",
                ))
            })
    }
}

impl<S> Runner<S> {
    fn start(cache: TokenCache<S>, thread: thread::Builder) -> Result<Self> {
        let failed = |error| {
            Error::config("the thread that refreshes tokens cannot be started").with_source(error)
        };
        let (stop, stopped) = oneshot::channel();
        let (sender, started) = mpsc::sync_channel(1);
        // The runtime is created, driven and dropped on its own thread: dropped here, inside another runtime, it would panic.
        let run = move || {
            IS_FACADE.set(true);
            let runtime = Builder::new_current_thread().enable_all().build();
            // The thread that starts this one waits for this line.
            let _ = sender.send(match &runtime {
                Ok(runtime) => Ok(runtime.handle().clone()),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            });
            if let Ok(runtime) = runtime {
                // Ends when the sender is dropped; its value is never sent.
                let _ = runtime.block_on(stopped);
            }
        };
        thread.spawn(run).map_err(failed)?;
        let handle = started
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the thread ended at once")))
            .map_err(failed)?;
        lock(&cache.0.slot).add_runner(handle.clone());
        Ok(Self {
            cache,
            handle,
            _stop: stop,
        })
    }
}

/// Ends a refresh that this thread is about to wait for, if this is a facade's thread and another thread drives the refresh.
///
/// The other thread may be blocked by this call, even if the cache is wrapped in the facade's own.
pub(super) fn abandon_foreign_refresh(slot: &Mutex<Slot>) {
    if IS_FACADE.get() {
        let here = Handle::try_current().ok().map(|here| here.id());
        lock(slot).abandon_foreign_refresh(here);
    }
}

thread_local! {
    static IS_FACADE: Cell<bool> = const { Cell::new(false) };
}

impl<S> Drop for Runner<S> {
    fn drop(&mut self) {
        // Refreshes go back to their callers' runtimes before the thread ends.
        lock(&self.cache.0.slot).remove_runner(self.handle.id());
    }
}

impl<S> Clone for BlockingTokenCache<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: fmt::Debug> fmt::Debug for BlockingTokenCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlockingTokenCache")
            .field(&self.0.cache)
            .finish()
    }
}

#[cfg(test)]
mod tests;
