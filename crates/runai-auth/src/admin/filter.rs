//! Filters and sort orders of lists, in the API's query syntax.

use std::fmt;

use auth_core::{Error, Result};

use super::call::named;

/// How a filter compares a field with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilterOperator {
    /// `==`
    Equals,
    /// `!=`, not of users.
    Differs,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `=@`
    Contains,
    /// `!@`, not of users.
    Lacks,
    /// `=^`, not of users.
    StartsWith,
    /// `=$`, not of users.
    EndsWith,
}

impl FilterOperator {
    fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "==",
            Self::Differs => "!=",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Contains => "=@",
            Self::Lacks => "!@",
            Self::StartsWith => "=^",
            Self::EndsWith => "=$",
        }
    }
}

/// The direction of a sort order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SortOrder {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// The filters and the sort order of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    filters: Vec<String>,
    search: Option<String>,
    include_deleted: bool,
    order: Option<(String, SortOrder)>,
    /// The first invalid part; reported when the list is requested.
    fault: Option<Error>,
}

impl Selection {
    pub(super) fn filter(
        &mut self,
        field: &str,
        operator: FilterOperator,
        value: &dyn fmt::Display,
    ) {
        let value = value.to_string();
        // The list is joined by commas, and the API has no way to quote one.
        if value.is_empty() || value.contains(',') {
            let fault = Error::config(format!(
                "the filter on {field} has a value that is empty or holds a comma, which the API cannot tell from the next filter: use search"
            ));
            self.fault.get_or_insert_with(|| named(fault));
        }
        self.filters
            .push(format!("{field}{}{value}", operator.as_str()));
    }

    pub(super) fn search(&mut self, text: String) {
        self.search = Some(text);
    }

    pub(super) fn include_deleted(&mut self, include_deleted: bool) {
        self.include_deleted = include_deleted;
    }

    pub(super) fn sort(&mut self, field: String, direction: SortOrder) {
        self.order = Some((field, direction));
    }

    /// Returns true if the list is filtered.
    pub(super) fn narrows(&self) -> bool {
        !self.filters.is_empty() || self.search.is_some()
    }

    /// Returns the filters.
    pub(super) fn filters(&self) -> Result<&[String]> {
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(&self.filters),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.search.as_deref()
    }

    /// Returns whether deleted things are included, which the API has as a parameter that is set or absent.
    pub(super) fn with_deleted(&self) -> Option<bool> {
        self.include_deleted.then_some(true)
    }

    /// Returns the field to sort by.
    pub(super) fn sort_by(&self) -> Option<&str> {
        self.order.as_ref().map(|(field, _)| field.as_str())
    }

    pub(super) fn sort_order(&self) -> Option<&'static str> {
        self.order.as_ref().map(|(_, order)| match order {
            SortOrder::Ascending => "asc",
            SortOrder::Descending => "desc",
        })
    }
}
