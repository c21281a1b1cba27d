//! A query of access rules: filtered, sorted, and then streamed, counted, or read page by page.

use std::fmt;

use auth_core::Result;
use auth_core::vendor::{MAX_LIST_ITEMS, Page};
use futures_core::Stream;

use super::AccessRule;
use crate::admin::Admin;
use crate::admin::call::counted;
use crate::admin::filter::{FilterOperator, Selection, SortOrder};
use crate::admin::generated::access_rules as wire;
use crate::admin::model::{AccessScope, RoleId, Subject};
use crate::admin::paging::{MAX_PAGE, check_page_size, page, pages};
use crate::admin::wire::List;

/// A query of access rules: filtered, sorted, and then streamed, counted, or read page by page.
#[derive(Debug, Clone)]
#[must_use]
pub struct AccessRuleQuery {
    admin: Admin,
    selection: Selection,
    include_deleted: bool,
    page_size: u32,
    max_items: u64,
}

impl AccessRuleQuery {
    pub(super) fn new(admin: Admin) -> Self {
        Self {
            admin,
            selection: Selection::default(),
            include_deleted: false,
            page_size: MAX_PAGE,
            max_items: MAX_LIST_ITEMS,
        }
    }

    /// Filters by a field: `subjectId`, `subjectType`, `roleId`, `roleName`, `scopeId`, `scopeType`, `scopeName`,
    /// `createdAt`, `deletedAt`, `createdBy` or `phase`.
    pub fn filter(
        mut self,
        field: &str,
        operator: FilterOperator,
        value: impl fmt::Display,
    ) -> Self {
        self.selection.filter(field, operator, &value);
        self
    }

    /// Filters by subject.
    pub fn subject(self, subject: &Subject) -> Self {
        self.filter("subjectType", FilterOperator::Equals, &subject.subject_type)
            .filter("subjectId", FilterOperator::Equals, &subject.id)
    }

    /// Filters by scope, without the scopes above or below it.
    pub fn scope(self, scope: &AccessScope) -> Self {
        self.filter("scopeType", FilterOperator::Equals, &scope.scope_type)
            .filter("scopeId", FilterOperator::Equals, &scope.id)
    }

    /// Filters by role.
    pub fn role(self, role: impl Into<RoleId>) -> Self {
        self.filter("roleId", FilterOperator::Equals, role.into())
    }

    /// Filters by text that the rule contains.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.selection.search(text.into());
        self
    }

    /// Sets whether to include deleted rules.
    pub fn include_deleted(mut self, include_deleted: bool) -> Self {
        self.include_deleted = include_deleted;
        self
    }

    /// Sorts by one of the fields of [`AccessRuleQuery::filter`].
    pub fn sort_by(mut self, field: impl Into<String>, direction: SortOrder) -> Self {
        self.selection.sort(field.into(), direction);
        self
    }

    /// Sets the page size, 1 to 500; 500 by default.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Sets how many [`AccessRuleQuery::stream`] returns at most; more are an error. [`MAX_LIST_ITEMS`] by default.
    pub fn max_items(mut self, max_items: u64) -> Self {
        self.max_items = max_items;
        self
    }

    /// Streams all results, each once; an error is the last item.
    ///
    /// # Errors
    /// As [`AccessRuleQuery::page`], and [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a list that is incomplete or repeats itself,
    /// or has more than [`AccessRuleQuery::max_items`] items.
    pub fn stream(self) -> impl Stream<Item = Result<AccessRule>> + Send + Unpin + 'static {
        let (size, max_items) = (self.page_size, self.max_items);
        let is_filtered = self.selection.narrows();
        let pager = pages(size, AccessRule::read, AccessRule::key, move |start| {
            let query = self.clone();
            async move { query.fetch(start.offset).await }
        });
        pager.max_items(max_items).filtered(is_filtered)
    }

    /// Returns one page, starting at an offset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a page size or a filter that cannot be sent; else as
    /// [`Client::execute_json`](crate::Client::execute_json).
    pub async fn page(&self, offset: u64) -> Result<Page<AccessRule>> {
        let list = self.fetch(offset).await?;
        Ok(page(list, AccessRule::read))
    }

    async fn fetch(&self, offset: u64) -> Result<List<wire::AccessRule>> {
        let query = wire::GetAccessRulesQuery {
            filter_by: self.selection.filters()?,
            search: self.selection.text(),
            include_deleted: self.include_deleted.then_some(true),
            sort_by: self.selection.sort_by(),
            sort_order: self.selection.sort_order(),
            offset: Some(offset),
            limit: Some(check_page_size(self.page_size)?.into()),
            ..wire::GetAccessRulesQuery::default()
        };
        self.admin.list(wire::get_access_rules(&query)).await
    }

    /// Returns the number of results.
    ///
    /// # Errors
    /// As [`AccessRuleQuery::page`].
    pub async fn count(&self) -> Result<u64> {
        let query = wire::CountAccessRulesQuery {
            filter_by: self.selection.filters()?,
            search: self.selection.text(),
            include_deleted: self.include_deleted.then_some(true),
        };
        let request = wire::count_access_rules(&query);
        counted(self.admin.read(request).await?.count)
    }
}
