//! The same cache for synchronous code: its own thread runs the refreshes and the IO of blocking calls.

mod wait;

use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{self, ThreadId};

use futures_core::Stream;
use http::HeaderValue;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::slot::Slot;
use super::{TokenCache, lock};
use crate::error::{Error, Result};
use crate::source::TokenSource;
use crate::sync::Mutex;
use crate::token::AccessToken;

/// A [`TokenCache`] for synchronous code.
///
/// It shares the cache that it was created from: async and blocking callers see one token and cause one refresh.
/// While it exists every refresh of that cache runs on its thread, and so does the IO of what [`BlockingTokenCache::block_on`] drives.
/// So a blocking call is safe anywhere, inside an async runtime too: it never waits for work that only the blocked thread could do.
/// It still blocks that thread; prefer the async calls there.
/// Clones share the thread, which ends with the last of them.
///
/// # Examples
/// ```
/// use auth_core::{BlockingTokenCache, Result, StaticTokenSource, TokenCache};
///
/// fn main() -> Result<()> {
///     let cache = TokenCache::new(StaticTokenSource::new("not-a-real-token")?);
///     let blocking = BlockingTokenCache::new(cache)?;
///     assert!(blocking.authorization_header()?.is_sensitive());
///     Ok(())
/// }
/// ```
pub struct BlockingTokenCache<S>(Arc<Runner<S>>);

/// The thread; it ends when this is dropped.
struct Runner<S> {
    cache: TokenCache<S>,
    handle: Handle,
    thread: ThreadId,
    _stop: oneshot::Sender<()>,
}

impl<S: TokenSource + 'static> BlockingTokenCache<S> {
    /// Starts the thread; nothing is requested until a token is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the system cannot start a thread.
    pub fn new(cache: TokenCache<S>) -> Result<Self> {
        let thread = thread::Builder::new().name("token-refresh".to_owned());
        Ok(Self(Arc::new(Runner::start(cache, thread)?)))
    }

    /// Returns a valid token, blocking only if there is none.
    ///
    /// # Errors
    /// As [`TokenCache::token`] and [`BlockingTokenCache::block_on`].
    pub fn token(&self) -> Result<AccessToken> {
        match self.0.cache.at_hand(|entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => self.block_on(self.0.cache.token()),
        }
    }

    /// Returns the header of a valid token, ready to send; as [`BlockingTokenCache::token`], and cheaper.
    ///
    /// # Errors
    /// As [`BlockingTokenCache::token`].
    pub fn authorization_header(&self) -> Result<HeaderValue> {
        match self.0.cache.at_hand(|entry| entry.header.clone()) {
            Some(header) => Ok(header),
            None => self.block_on(self.0.cache.authorization_header()),
        }
    }

    /// Runs a future to its end on this thread: an authorized request, or anything else that the async API returns.
    ///
    /// Its connections and timers are driven by the facade's thread, so it needs no runtime here, and it may borrow.
    /// Time limits are those of the calls in it. It must not wait for a task of a runtime that this thread drives.
    ///
    /// # Errors
    /// What the future returns; [`ErrorKind::Config`](crate::ErrorKind::Config) on the facade's own thread, where a token source runs;
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) if that thread is blocked by its source for longer than refreshes may take.
    ///
    /// # Examples
    /// ```no_run
    /// # use auth_core::{ApiRequest, AuthorizedClient, BlockingTokenCache, Result, TokenCache, TokenSource};
    /// # fn example<S: TokenSource + 'static>(client: AuthorizedClient<TokenCache<S>>) -> Result<()> {
    /// let blocking = BlockingTokenCache::new(client.source().clone())?;
    /// let request = http::Request::get("/v1/me").body(bytes::Bytes::new()).unwrap();
    /// let response = blocking.block_on(client.send(request))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn block_on<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let runner = &*self.0;
        if thread::current().id() == runner.thread {
            return Err(Error::config(
                "a blocking call cannot be made on the thread that refreshes tokens: use the async call in a token source",
            ));
        }
        let _facade = Facade::enter();
        // Longer than two dead refreshes take; without a limit, a source that blocks its thread would block us forever.
        let limit = runner.cache.0.policy.lifespan().saturating_mul(3);
        wait::drive(&runner.handle, limit, work)
    }

    /// Turns a stream, such as a list in pages, into an iterator that blocks for each of its items.
    pub fn iter<T>(
        &self,
        stream: impl Stream<Item = Result<T>>,
    ) -> impl Iterator<Item = Result<T>> {
        let mut stream = Box::pin(stream);
        let blocking = self.clone();
        std::iter::from_fn(move || blocking.block_on(next(stream.as_mut())).transpose())
    }

    /// Refreshes the token whenever it is due, whether or not anybody calls, as long as the facade exists.
    ///
    /// See [`TokenCache::keep_fresh`]; the facade's thread does it.
    pub fn keep_fresh(&self) {
        let cache = self.0.cache.clone();
        self.0.handle.spawn(async move { cache.keep_fresh().await });
    }

    /// Returns the cache itself, for calls that do not wait.
    pub fn cache(&self) -> &TokenCache<S> {
        &self.0.cache
    }
}

/// Returns the next item of a stream, or `None` at its end.
async fn next<T>(mut stream: Pin<&mut impl Stream<Item = Result<T>>>) -> Result<Option<T>> {
    poll_fn(|context| stream.as_mut().poll_next(context))
        .await
        .transpose()
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
            let _facade = Facade::enter();
            let runtime = Builder::new_current_thread().enable_all().build();
            // The thread that starts this one waits for this line.
            let _ = sender.send(match &runtime {
                Ok(runtime) => Ok((runtime.handle().clone(), thread::current().id())),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            });
            if let Ok(runtime) = runtime {
                // Ends when the sender is dropped; its value is never sent.
                let _ = runtime.block_on(stopped);
            }
        };
        thread.spawn(run).map_err(failed)?;
        let (handle, thread) = started
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the thread ended at once")))
            .map_err(failed)?;
        lock(&cache.0.slot).add_runner(handle.clone());
        Ok(Self {
            cache,
            handle,
            thread,
            _stop: stop,
        })
    }
}

/// Ends a refresh of a cache that this thread is about to wait for, if a facade waits here and another thread drives the refresh.
///
/// The other thread may be this very one, which is blocked, also where the cache is wrapped in the facade's own.
pub(super) fn abandon_foreign_refresh(slot: &Mutex<Slot>) {
    if IS_FACADE.get() {
        let here = Handle::try_current().ok().map(|here| here.id());
        let abandoned = lock(slot).abandon_foreign_refresh(here);
        if let Some(abandoned) = abandoned {
            // The first of its kind is no failure.
            let _ = abandoned.end();
        }
    }
}

thread_local! {
    static IS_FACADE: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as one on which a facade runs or waits, until it is dropped.
struct Facade(bool);

impl Facade {
    fn enter() -> Self {
        Self(IS_FACADE.replace(true))
    }
}

impl Drop for Facade {
    fn drop(&mut self) {
        IS_FACADE.set(self.0);
    }
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
