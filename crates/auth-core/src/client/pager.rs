//! Paged lists: read completely, or an error; never truncated silently and never endless.

mod walk;
mod links;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::error::{Error, Result};
use walk::{Key, Walk};
pub use walk::{MAX_LIST_BYTES, MAX_LIST_ITEMS, MAX_LIST_PAGES};

/// One page of a list, with the server's information about the whole list.
///
/// Missing or unreadable information stays unset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) size: Option<u64>,
    pub(super) total: Option<u64>,
    pub(super) has_more: Option<bool>,
    pub(super) next: Option<String>,
    pub(super) bytes: u64,
}

/// Where a page starts, in items and in pages; an API uses one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageStart {
    /// The number of items before the page.
    pub offset: u64,
    /// The number of pages before the page.
    pub number: u64,
    /// The number of items to request, which is lower than the initial one if the server never grants that.
    pub size: u32,
}

/// Reads a list page by page, as a [`Stream`] or completely with [`Pager::all`].
///
/// The list is complete or an error:
/// * It ends when the server's total is reached, when the server reports that no page follows, or at an empty page;
///   otherwise, a page that is shorter than the requested size ends it only if the server has granted that size before.
/// * Fewer items than the server's total are an error, and so are the same items repeatedly.
/// * A total that is lower than the number of items returned is ignored.
/// * Items are identified by their key, and each is returned once, even if insertions move it to a later page.
///   If a falling total indicates deletions, the previous page is read again, so that no item is skipped.
/// * An endless list is an error after [`MAX_LIST_ITEMS`] items, [`MAX_LIST_PAGES`] pages or [`MAX_LIST_BYTES`] bytes.
///
/// With [`Pager::by_link`], a list ends at the page without a link to the next one or a cursor for it; one that was read before, and a link to an
/// origin that must not receive the token, are errors. Otherwise links are never followed, and only indicate that there is more.
///
/// # Examples
/// ```
/// use auth_core::vendor::{ApiClient, Page, Pager};
/// use auth_core::{ApiRequest, Result};
/// use http::Method;
///
/// async fn users(api: &ApiClient) -> Result<Vec<String>> {
///     let api = api.clone();
///     let list = Pager::by_offset(100, |name: &String| Some(name.clone()), move |start| {
///         let api = api.clone();
///         let request = ApiRequest::new(Method::GET, "/v1/users")
///             .query("offset", start.offset)
///             .query("limit", start.size);
///         async move { Ok(Page::new(api.execute(&request).await?.list_json()?)) }
///     });
///     list.all().await
/// }
/// ```
pub struct Pager<T> {
    walk: Walk,
    key: KeyOf<T>,
    fetch: Fetch<T>,
    state: State<T>,
    ready: VecDeque<T>,
    explain: Option<Explain>,
}

type Explain = Box<dyn Fn(Error) -> Error + Send>;

/// The position of the next page: a count, or a link.
struct Cursor {
    start: PageStart,
    link: Option<String>,
}

type PageFuture<T> = Pin<Box<dyn Future<Output = Result<Page<T>>> + Send>>;
type KeyOf<T> = Box<dyn Fn(&T) -> Option<String> + Send>;
type Fetch<T> = Box<dyn Fn(Cursor) -> PageFuture<T> + Send>;

enum State<T> {
    Next(Cursor),
    Requested(PageFuture<T>),
    Done,
}

impl<T> Page<T> {
    /// Creates a page without information about the list.
    pub fn new(items: Vec<T>) -> Self {
        Self {
            items,
            size: None,
            total: None,
            has_more: None,
            next: None,
            bytes: 0,
        }
    }

    /// Sets how many items a full page has, if the server reports it.
    #[must_use]
    pub fn with_size(mut self, size: Option<u64>) -> Self {
        self.size = size;
        self
    }

    /// Sets how many items there are on all pages, if the server reports it.
    #[must_use]
    pub fn with_total(mut self, total: Option<u64>) -> Self {
        self.total = total;
        self
    }

    /// Sets whether another page follows, if the server reports it.
    #[must_use]
    pub fn with_more(mut self, has_more: Option<bool>) -> Self {
        self.has_more = has_more;
        self
    }

    /// Sets the URL of the next page, or its cursor (page token), if the server returns one.
    ///
    /// [`ApiClient::linked_pages`](crate::vendor::ApiClient::linked_pages) follows it as a URL, and
    /// [`ApiClient::cursor_pages`](crate::vendor::ApiClient::cursor_pages) sends it as a query parameter.
    #[must_use]
    pub fn with_next(mut self, next: Option<String>) -> Self {
        self.next = next;
        self
    }

    /// Sets how many bytes the page took on the wire, which count towards [`MAX_LIST_BYTES`].
    #[must_use]
    pub fn with_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes as u64;
        self
    }

    /// Returns the items of this page.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Takes the items out of the page.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Returns how many items a full page has, if the server says so.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Returns how many items there are on all pages, if the server says so.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Returns whether another page follows, if the server says so.
    pub fn has_more(&self) -> Option<bool> {
        self.has_more
    }

    /// Returns the URL of the next page, or its cursor, if the server returned one.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

impl<T: fmt::Debug> Pager<T> {
    /// Reads a list whose pages start at an offset, `size` items at a time.
    ///
    /// `key` returns what identifies an item; items without a key are identified by their content.
    pub fn by_offset<F>(
        size: u32,
        key: impl Fn(&T) -> Option<String> + Send + 'static,
        fetch: impl Fn(PageStart) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Page<T>>> + Send + 'static,
    {
        let fetch = move |cursor: Cursor| fetch(cursor.start);
        Self::new(Walk::new(size, false), key, fetch)
    }

    /// Reads a list whose pages have numbers from 0, `size` items at a time.
    ///
    /// `key` returns what identifies an item; items without a key are identified by their content.
    pub fn by_number<F>(
        size: u32,
        key: impl Fn(&T) -> Option<String> + Send + 'static,
        fetch: impl Fn(PageStart) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Page<T>>> + Send + 'static,
    {
        let fetch = move |cursor: Cursor| fetch(cursor.start);
        Self::new(Walk::new(size, true), key, fetch)
    }

    /// Reads a list whose pages contain a link to the next one, or a cursor (page token) for it.
    ///
    /// `fetch` is called without a link or cursor for the first page, and then with [`Page::next`] of the previous one.
    /// `key` returns what identifies an item; items without a key are identified by their content.
    /// [`ApiClient::linked_pages`](crate::vendor::ApiClient::linked_pages) does this with an API's `Link` headers,
    /// and [`ApiClient::cursor_pages`](crate::vendor::ApiClient::cursor_pages) with cursors.
    pub fn by_link<F>(
        key: impl Fn(&T) -> Option<String> + Send + 'static,
        fetch: impl Fn(Option<String>) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Page<T>>> + Send + 'static,
    {
        let fetch = move |cursor: Cursor| fetch(cursor.link);
        Self::new(Walk::linked(), key, fetch)
    }

    fn new<F>(
        walk: Walk,
        key: impl Fn(&T) -> Option<String> + Send + 'static,
        fetch: impl Fn(Cursor) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Page<T>>> + Send + 'static,
    {
        let first = Cursor {
            start: walk.start(),
            link: None,
        };
        Self {
            state: State::Next(first),
            walk,
            key: Box::new(key),
            fetch: Box::new(move |cursor| Box::pin(fetch(cursor))),
            ready: VecDeque::new(),
            explain: None,
        }
    }

    /// Sets the vendor's name in errors.
    #[must_use]
    pub fn vendor(mut self, vendor: &'static str) -> Self {
        self.walk.vendor = Some(vendor);
        self
    }

    /// Changes the errors of pages, such as by a context that names what was not found.
    #[must_use]
    pub fn map_err(mut self, explain: impl Fn(Error) -> Error + Send + 'static) -> Self {
        self.explain = Some(Box::new(explain));
        self
    }

    /// Sets how many items the list may have; [`MAX_LIST_ITEMS`] by default.
    #[must_use]
    pub fn max_items(mut self, max_items: u64) -> Self {
        self.walk.max_items = max_items;
        self
    }

    /// Sets whether the list is filtered: its total may then count items that the filter leaves out, so an empty page ends it.
    #[must_use]
    pub fn filtered(mut self, is_filtered: bool) -> Self {
        self.walk.is_filtered = is_filtered;
        self
    }

    /// Reads the whole list.
    ///
    /// # Errors
    /// What a page fails with, and [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) for a list without a plausible end.
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(item) = std::future::poll_fn(|context| self.poll_item(context)).await {
            all.push(item?);
        }
        Ok(all)
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            // Whatever goes wrong ends the list.
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Next(cursor) => self.state = State::Requested((self.fetch)(cursor)),
                State::Requested(mut page) => {
                    let Poll::Ready(page) = page.as_mut().poll(context) else {
                        self.state = State::Requested(page);
                        return Poll::Pending;
                    };
                    let page = match (page, &self.explain) {
                        (Err(error), Some(explain)) => Err(explain(error)),
                        (page, _) => page,
                    };
                    if let Err(error) = page.and_then(|page| self.take(page)) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }

    fn take(&mut self, page: Page<T>) -> Result<()> {
        // The keys of a page that fills the whole limit on a body would take far more memory than the page.
        self.walk.check_length(page.items.len() as u64)?;
        let keys = page.items.iter().map(|item| match (self.key)(item) {
            Some(key) => Key::Id(key),
            None => Key::Content(format!("{item:?}")),
        });
        let keys: Vec<Key> = keys.collect();
        let (is_new, next) = match self.walk.is_linked() {
            true => self.walk.take_linked(&keys, &page)?,
            false => self.walk.take(&keys, &page)?,
        };
        let link = page.next;
        let items = page.items.into_iter().zip(is_new);
        self.ready
            .extend(items.filter_map(|(item, is_new)| is_new.then_some(item)));
        if let Some(start) = next {
            self.state = State::Next(Cursor { start, link });
        }
        Ok(())
    }
}

impl<T: fmt::Debug + Unpin> Stream for Pager<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.get_mut().poll_item(context)
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("walk", &self.walk)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
