//! A GraphQL request: the document, its variables, and the operation to run.

use std::fmt;

use auth_core::{ApiRequest, Error, Result};
use http::Method;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::wire;

/// A GraphQL query or mutation.
///
/// `Debug` shows only the operation's name, since the document and the variables are the caller's.
///
/// # Examples
/// ```
/// use std::collections::BTreeMap;
/// use datasaur_auth::Query;
///
/// let query = Query::new("query Example($id: ID!) { project(id: $id) { name } }")
///     .variables(&BTreeMap::from([("id", "fake-id")]))
///     .operation_name("Example");
/// # let _ = query;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Query {
    document: String,
    variables: Option<Box<RawValue>>,
    operation_name: Option<String>,
    /// Why the variables cannot be sent; reported when the query is sent.
    fault: Option<Error>,
}

impl Query {
    /// Creates a query from the document's text, which is sent unchanged.
    pub fn new(document: impl Into<String>) -> Self {
        Self {
            document: document.into(),
            variables: None,
            operation_name: None,
            fault: None,
        }
    }

    /// Sets the variables: a map, or a struct with the same field names.
    pub fn variables(mut self, variables: &impl Serialize) -> Self {
        (self.variables, self.fault) = match serde_json::value::to_raw_value(variables) {
            Ok(json) if json.get().starts_with('{') => (Some(json), None),
            // Empty variables are absent, however they are written.
            Ok(json) if json.get() == "null" => (None, None),
            Ok(_) => (
                None,
                Some(Error::config(
                    "variables are not a JSON object: use a map or a struct with named fields",
                )),
            ),
            Err(_) => (
                None,
                Some(Error::config(
                    "variables cannot be written as JSON: use string keys",
                )),
            ),
        };
        self
    }

    /// Selects the operation to run, for a document that contains several.
    pub fn operation_name(mut self, operation_name: impl Into<String>) -> Self {
        self.operation_name = Some(operation_name.into());
        self
    }

    pub(crate) fn to_call(&self) -> Result<ApiRequest> {
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(ApiRequest::new(Method::POST, wire::GRAPHQL_PATH).json(
                &wire::GraphqlRequest {
                    query: &self.document,
                    variables: self.variables.as_deref(),
                    operation_name: self.operation_name.as_deref(),
                },
            )),
        }
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("operation_name", &self.operation_name)
            .finish_non_exhaustive()
    }
}
