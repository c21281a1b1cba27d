//! The client of any vendor for synchronous code: it runs the async client's futures.

use futures_core::Stream;
use std::sync::Arc;

use super::Vendor;
use super::client::{Client, named};
use crate::cache::BlockingTokenCache;
use crate::error::Result;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// A client for synchronous code; see [`BlockingTokenCache`] for where blocking is safe.
///
/// It runs the futures of the async client, so it supports every call of that client, including the vendor's own. Both share one token.
/// Cloning shares the thread, which ends with the last clone.
///
/// # Examples
/// A vendor's client also has it as `client.blocking()?`.
/// ```
/// use auth_core::vendor::{ApiClient, BlockingClient, Client, Page, Vendor};
/// use auth_core::{ApiRequest, Result};
/// use http::Method;
///
/// fn users<V: Vendor<Calls = ApiClient>>(client: Client<V>) -> Result<Vec<String>> {
///     let blocking = BlockingClient::new(client.clone())?;
///
///     let first = ApiRequest::new(Method::GET, "/v1/users");
///     blocking.warm_up()?;
///     let response = blocking.block_on(client.execute(&first))?;
///     println!("status {}", response.status());
///
///     let pages = client.linked_pages(first, |_| None, |page| Ok(Page::new(page.list_json()?)));
///     blocking.iter(pages).collect()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct BlockingClient<V: Vendor> {
    client: Client<V>,
    cache: BlockingTokenCache<Arc<dyn TokenSource>>,
}

impl<V: Vendor> BlockingClient<V> {
    /// Starts the thread; nothing is requested until a token is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the system cannot start a thread.
    pub fn new(client: Client<V>) -> Result<Self> {
        let cache = BlockingTokenCache::new(client.cache().clone()).map_err(named::<V>)?;
        Ok(Self { client, cache })
    }

    /// Runs a future of the client to its end on this thread.
    ///
    /// Its connections and timers are driven by the client's own thread, so it needs no runtime here, and it may borrow.
    /// Time limits are those of the calls in it. It must not wait for a task of a runtime that this thread drives.
    ///
    /// # Errors
    /// As [`BlockingTokenCache::block_on`].
    pub fn block_on<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.cache.block_on(work).map_err(named::<V>)
    }

    /// Turns a stream, such as a list in pages, into an iterator that blocks for each of its items.
    pub fn iter<T>(
        &self,
        stream: impl Stream<Item = Result<T>>,
    ) -> impl Iterator<Item = Result<T>> {
        self.cache.iter(stream).map(|item| item.map_err(named::<V>))
    }

    /// Returns a valid token, blocking only if there is none.
    ///
    /// # Errors
    /// As [`BlockingTokenCache::token`].
    pub fn token(&self) -> Result<AccessToken> {
        self.cache.token().map_err(named::<V>)
    }

    /// Requests a token if there is none, so that wrong settings are detected at the start of the program.
    ///
    /// # Errors
    /// As [`Client::warm_up`] and [`BlockingTokenCache::block_on`].
    pub fn warm_up(&self) -> Result<()> {
        self.block_on(self.client.warm_up())
    }

    /// Shuts the client down, as [`Client::shutdown`] does: waits for a running refresh, and no clone returns a token after it.
    ///
    /// The thread ends with the last clone. A script may leave this out: it then ends a running refresh, and nothing else is lost.
    ///
    /// # Errors
    /// As [`BlockingTokenCache::block_on`].
    pub fn shutdown(&self) -> Result<()> {
        self.block_on(async {
            self.client.shutdown().await;
            Ok(())
        })
    }

    /// Refreshes the token whenever it is due, whether or not anybody calls, as long as this or a clone of it exists.
    pub fn keep_fresh(&self) {
        self.cache.keep_fresh();
    }

    /// Returns the async client, for its calls and for methods that do not wait, such as
    /// [`try_token`](Client::try_token) and [`health`](Client::health).
    pub fn client(&self) -> &Client<V> {
        &self.client
    }
}
