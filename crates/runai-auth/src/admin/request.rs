//! The requests that the generated functions return: each knows its operation and the type of its response.

pub(crate) mod generated;

use std::fmt;
use std::marker::PhantomData;

use auth_core::{ApiRequest, Secret};
use http::Method;
use serde::Serialize;

/// One operation of the admin API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in the vendor's descriptions.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// The path below the base URL, with its parameters in braces.
    pub(crate) path: &'static str,
    /// The first control plane that has it.
    pub(crate) since: &'static str,
    /// The first one that no longer has it.
    pub(crate) removed: Option<&'static str>,
    /// The alternative for a control plane that lacks it.
    pub(crate) replacement: Option<&'static str>,
    /// The members that may contain its list, if the list is not the response itself.
    pub(crate) list: &'static [&'static str],
}

/// A request of one operation, whose success is read as a `T`.
#[derive(Debug)]
pub(crate) struct Request<T> {
    operation: &'static Operation,
    request: ApiRequest,
    answer: PhantomData<fn() -> T>,
}

// Private, so that only the generated functions can pair paths, parameters and types.
impl<T> Request<T> {
    fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            request: ApiRequest::new(operation.method.clone(), operation.path),
            answer: PhantomData,
        }
    }

    fn parameter(self, name: &'static str, value: impl fmt::Display) -> Self {
        self.with(|request| request.parameter(name, value))
    }

    fn query(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        self.with(|request| request.maybe_query(name, value))
    }

    /// Adds the items of a list as one parameter; an empty list is omitted.
    fn query_list(self, name: &'static str, items: &[String]) -> Self {
        self.query(name, (!items.is_empty()).then(|| items.join(",")))
    }

    fn json(self, body: &impl Serialize) -> Self {
        self.with(|request| request.json(body))
    }

    /// Names a secret in the body, which is removed from error messages of the API.
    fn secret(self, secret: &Secret) -> Self {
        self.with(|request| request.secret(secret))
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    pub(crate) fn request(&self) -> &ApiRequest {
        &self.request
    }

    fn with(self, change: impl FnOnce(ApiRequest) -> ApiRequest) -> Self {
        Self {
            request: change(self.request),
            ..self
        }
    }
}
