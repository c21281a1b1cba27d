//! Paged lists: one page, or all items as a stream.

use auth_core::vendor::{Page, PageStart, Pager};
use auth_core::{Error, Result};

use super::call::named;
use super::wire::List;
use crate::wire;

/// Checks a page size: the API accepts 1 to 500.
pub(super) fn check_page_size(size: u32) -> Result<u32> {
    if (1..=MAX_PAGE).contains(&size) {
        return Ok(size);
    }
    Err(named(Error::config(format!(
        "page_size is {size}: give 1 to {MAX_PAGE}"
    ))))
}

/// Reads one page.
pub(super) fn page<W, T>(list: List<W>, read: impl Fn(W) -> T) -> Page<T> {
    Page::new(list.items.into_iter().map(read).collect())
        .with_total(list.total)
        .with_more(list.has_more)
        .with_bytes(list.bytes)
}

/// Reads a list page by page; `key` returns the id of an item, which is empty if the server omitted it.
pub(super) fn pages<W, T, F>(
    size: u32,
    read: impl Fn(W) -> T + Copy + Send + 'static,
    key: impl Fn(&T) -> String + Send + 'static,
    fetch: impl Fn(PageStart) -> F + Send + 'static,
) -> Pager<T>
where
    W: Send + 'static,
    T: std::fmt::Debug + Send + 'static,
    F: Future<Output = Result<List<W>>> + Send + 'static,
{
    paged(size, key, move |start| {
        let list = fetch(start);
        async move { Ok(page(list.await?, read)) }
    })
}

/// As [`pages`], with pages that are already read.
pub(super) fn paged<T, F>(
    size: u32,
    key: impl Fn(&T) -> String + Send + 'static,
    fetch: impl Fn(PageStart) -> F + Send + 'static,
) -> Pager<T>
where
    T: std::fmt::Debug + Send + 'static,
    F: Future<Output = Result<Page<T>>> + Send + 'static,
{
    let key = move |item: &T| Some(key(item)).filter(|key| !key.is_empty());
    Pager::by_offset(size, key, fetch).vendor(wire::VENDOR)
}

/// The maximum page size of the API, and the default for users.
pub(super) const MAX_PAGE: u32 = 500;

#[cfg(test)]
mod tests;
