//! A query of any paged list: filtered, sorted, and then streamed, counted, or read page by page.

use std::fmt;
use std::pin::Pin;

use auth_core::Result;
use auth_core::vendor::{MAX_LIST_ITEMS, Page};
use futures_core::Stream;

use super::Admin;
use super::filter::{FilterOperator, Selection, SortOrder};
use super::paging::{MAX_PAGE, check_page_size, paged};

/// A query of a paged list: filtered, sorted, and then streamed, counted, or read page by page.
///
/// # Examples
/// ```no_run
/// use runai_auth::admin::{Admin, FilterOperator, SortOrder};
///
/// # async fn example(admin: &Admin) -> runai_auth::auth_core::Result<()> {
/// let projects = admin
///     .projects()
///     .list()
///     .filter("name", FilterOperator::StartsWith, "team-")
///     .sort_by("name", SortOrder::Ascending);
/// println!("{} projects", projects.count().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Query<T: 'static> {
    admin: Admin,
    pub(super) selection: Selection,
    page_size: u32,
    max_items: u64,
    list: &'static Listing<T>,
}

/// The calls of one paged list, and the id of its items.
pub(super) struct Listing<T> {
    pub(super) page: for<'a> fn(&'a Admin, Span<'a>) -> Call<'a, Page<T>>,
    pub(super) count: for<'a> fn(&'a Admin, Span<'a>) -> Call<'a, u64>,
    /// Empty for an item whose id the server omitted.
    pub(super) key: fn(&T) -> String,
}

/// A call in progress.
pub(super) type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What a call of a list requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span<'a> {
    pub(super) filter_by: &'a [String],
    pub(super) selection: &'a Selection,
    pub(super) offset: Option<u64>,
    pub(super) limit: Option<u64>,
}

impl<T: fmt::Debug + Clone + Send + Unpin + 'static> Query<T> {
    pub(super) fn new(admin: &Admin, list: &'static Listing<T>) -> Self {
        Self {
            admin: admin.clone(),
            selection: Selection::default(),
            page_size: MAX_PAGE,
            max_items: MAX_LIST_ITEMS,
            list,
        }
    }

    /// Filters by a field, which must also fulfil the conditions so far; the method that returns the query lists its fields.
    pub fn filter(
        mut self,
        field: &str,
        operator: FilterOperator,
        value: impl fmt::Display,
    ) -> Self {
        self.selection.filter(field, operator, &value);
        self
    }

    /// Sorts by a field; the method that returns the query lists its fields.
    pub fn sort_by(mut self, field: impl Into<String>, direction: SortOrder) -> Self {
        self.selection.sort(field.into(), direction);
        self
    }

    /// Sets the page size, 1 to 500; 500 by default.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Sets how many [`Query::stream`] returns at most; more are an error. [`MAX_LIST_ITEMS`] by default.
    pub fn max_items(mut self, max_items: u64) -> Self {
        self.max_items = max_items;
        self
    }

    /// Streams all results, each once; an error is the last item.
    ///
    /// # Errors
    /// As [`Query::page`], and [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a list that is incomplete or repeats itself,
    /// or has more than [`Query::max_items`] items.
    pub fn stream(self) -> impl Stream<Item = Result<T>> + Send + Unpin + 'static {
        let (size, max_items) = (self.page_size, self.max_items);
        let is_filtered = self.selection.narrows();
        let pager = paged(size, self.list.key, move |start| {
            let query = self.clone();
            async move { query.page(start.offset).await }
        });
        pager.max_items(max_items).filtered(is_filtered)
    }

    /// Returns one page, starting at an offset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a page size or a filter that cannot be sent; else as
    /// [`Client::execute_json`](crate::Client::execute_json).
    pub async fn page(&self, offset: u64) -> Result<Page<T>> {
        let limit = check_page_size(self.page_size)?.into();
        let span = Span {
            offset: Some(offset),
            limit: Some(limit),
            ..self.whole()?
        };
        (self.list.page)(&self.admin, span).await
    }

    /// Returns the number of results.
    ///
    /// # Errors
    /// As [`Query::page`].
    pub async fn count(&self) -> Result<u64> {
        (self.list.count)(&self.admin, self.whole()?).await
    }

    fn whole(&self) -> Result<Span<'_>> {
        Ok(Span {
            filter_by: self.selection.filters()?,
            selection: &self.selection,
            offset: None,
            limit: None,
        })
    }
}

impl<T> fmt::Debug for Query<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("selection", &self.selection)
            .field("page_size", &self.page_size)
            .field("max_items", &self.max_items)
            .finish_non_exhaustive()
    }
}
