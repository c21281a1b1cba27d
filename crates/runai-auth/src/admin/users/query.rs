//! A query of users: filtered, sorted, and then streamed, counted, or read page by page.

use std::fmt;

use auth_core::Result;
use auth_core::vendor::{MAX_LIST_ITEMS, Page};
use futures_core::Stream;

use super::User;
use crate::admin::Admin;
use crate::admin::call::counted;
use crate::admin::filter::{FilterOperator, Selection, SortOrder};
use crate::admin::generated::users as wire;
use crate::admin::paging::{MAX_PAGE, check_page_size, page, pages};
use crate::admin::wire::List;

/// A query of users: filtered, sorted, and then streamed, counted, or read page by page.
#[derive(Debug, Clone)]
#[must_use]
pub struct UserQuery {
    admin: Admin,
    selection: Selection,
    page_size: u32,
    max_items: u64,
}

impl UserQuery {
    pub(super) fn new(admin: Admin) -> Self {
        Self {
            admin,
            selection: Selection::default(),
            page_size: MAX_PAGE,
            max_items: MAX_LIST_ITEMS,
        }
    }

    /// Filters by a field: `username`, `createdBy`, `lastLogin`, `creationTime`, `lastUpdated` or `isLocal`.
    pub fn filter(
        mut self,
        field: &str,
        operator: FilterOperator,
        value: impl fmt::Display,
    ) -> Self {
        self.selection.filter(field, operator, &value);
        self
    }

    /// Filters by text that the user contains.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.selection.search(text.into());
        self
    }

    /// Sorts by `username`, `createdBy`, `lastLogin`, `creationTime`, `lastUpdated` or `type`.
    pub fn sort_by(mut self, field: impl Into<String>, direction: SortOrder) -> Self {
        self.selection.sort(field.into(), direction);
        self
    }

    /// Sets the page size, 1 to 500; 500 by default.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Sets how many [`UserQuery::stream`] returns at most; more are an error. [`MAX_LIST_ITEMS`] by default.
    pub fn max_items(mut self, max_items: u64) -> Self {
        self.max_items = max_items;
        self
    }

    /// Streams all results, each once; an error is the last item.
    ///
    /// # Errors
    /// As [`UserQuery::page`], and [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a list that is incomplete or repeats itself,
    /// or has more than [`UserQuery::max_items`] items.
    pub fn stream(self) -> impl Stream<Item = Result<User>> + Send + Unpin + 'static {
        let (size, max_items) = (self.page_size, self.max_items);
        let is_filtered = self.selection.narrows();
        let pager = pages(
            size,
            User::read,
            |user: &User| user.id.clone(),
            move |start| {
                let query = self.clone();
                async move { query.fetch(start.offset).await }
            },
        );
        pager.max_items(max_items).filtered(is_filtered)
    }

    /// Returns one page, starting at an offset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a page size or a filter that cannot be sent; else as [`Users::get`](super::Users::get).
    pub async fn page(&self, offset: u64) -> Result<Page<User>> {
        let list = self.fetch(offset).await?;
        Ok(page(list, User::read))
    }

    async fn fetch(&self, offset: u64) -> Result<List<wire::User2>> {
        let query = wire::GetUsersQuery {
            filter_by: self.selection.filters()?,
            search: self.selection.text(),
            sort_by: self.selection.sort_by(),
            sort_order: self.selection.sort_order(),
            offset: Some(offset),
            limit: Some(check_page_size(self.page_size)?.into()),
            ..wire::GetUsersQuery::default()
        };
        self.admin.list(wire::get_users(&query)).await
    }

    /// Returns the number of results.
    ///
    /// # Errors
    /// As [`UserQuery::page`].
    pub async fn count(&self) -> Result<u64> {
        let query = wire::CountUsersQuery {
            filter_by: self.selection.filters()?,
            search: self.selection.text(),
        };
        counted(self.admin.read(wire::count_users(&query)).await?.count)
    }
}
