//! Lists that come in pages: one page, or all of them as a stream.

use std::collections::VecDeque;

use auth_core::{Error, ErrorKind, Result};
use futures_core::Stream;
use futures_util::stream;

use super::call::named;

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// What the page holds.
    pub items: Vec<T>,
    /// How many there are in all, if the API says.
    pub total: Option<u64>,
}

/// Checks how many are asked for at a time: the API takes 1 to 500.
pub(super) fn check_page_size(size: u32) -> Result<u32> {
    if (1..=MAX_PAGE).contains(&size) {
        return Ok(size);
    }
    Err(named(Error::config(format!(
        "page_size is {size}: give 1 to {MAX_PAGE}"
    ))))
}

/// Streams a list page by page; an error is its last item.
///
/// It ends at the total if the API says one, and at a page that is not full if not. A page without items ends it in any case.
pub(super) fn pages<T, F>(
    size: u32,
    key: impl Fn(&T) -> String + Send + 'static,
    fetch: impl Fn(u64) -> F + Send + 'static,
) -> impl Stream<Item = Result<T>> + Send + Unpin + 'static
where
    T: Send + 'static,
    F: Future<Output = Result<Page<T>>> + Send + 'static,
{
    let walk = Walk::new(size, key, fetch);
    // Pinned here, so that a caller can ask for the next item without pinning anything.
    Box::pin(stream::unfold(walk, |mut walk| async move {
        let item = walk.next().await?;
        Some((item, walk))
    }))
}

/// Reads all pages of a list; where it ends as [`pages`] does.
pub(super) async fn all_pages<T, F>(
    size: u32,
    key: impl Fn(&T) -> String,
    fetch: impl Fn(u64) -> F,
) -> Result<Vec<T>>
where
    F: Future<Output = Result<Page<T>>>,
{
    let mut walk = Walk::new(size, key, fetch);
    let mut all = Vec::new();
    while let Some(item) = walk.next().await {
        all.push(item?);
    }
    Ok(all)
}

struct Walk<T, K, P> {
    size: u32,
    key: K,
    fetch: P,
    offset: u64,
    /// The key of the last page's first item.
    seen: Option<String>,
    ready: VecDeque<T>,
    is_over: bool,
}

impl<T, K, P, F> Walk<T, K, P>
where
    K: Fn(&T) -> String,
    P: Fn(u64) -> F,
    F: Future<Output = Result<Page<T>>>,
{
    fn new(size: u32, key: K, fetch: P) -> Self {
        Self {
            size,
            key,
            fetch,
            offset: 0,
            seen: None,
            ready: VecDeque::new(),
            is_over: false,
        }
    }

    async fn next(&mut self) -> Option<Result<T>> {
        if self.ready.is_empty() && !self.is_over {
            let page = (self.fetch)(self.offset).await;
            if let Err(error) = page.and_then(|page| self.take(page)) {
                self.is_over = true;
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(Ok)
    }

    fn take(&mut self, page: Page<T>) -> Result<()> {
        let first = page.items.first().map(&self.key);
        // A server that ignores the offset would be asked for ever.
        if first.is_some() && first == self.seen {
            return Err(named(
                Error::new(
                    ErrorKind::Response,
                    "the API gives the same page again, so the list has no end: ask for one page with everything on it",
                )
                .with_retryable(false),
            ));
        }
        self.seen = first;
        let count = page.items.len() as u64;
        self.offset += count;
        self.is_over = count == 0
            || match page.total {
                Some(total) => self.offset >= total,
                None => count < u64::from(self.size),
            };
        self.ready = page.items.into();
        Ok(())
    }
}

/// The most that the API gives at a time; a list of users has as many unless it is told otherwise.
pub(super) const MAX_PAGE: u32 = 500;

#[cfg(test)]
mod tests;
