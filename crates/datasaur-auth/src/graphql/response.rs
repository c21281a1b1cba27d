//! A GraphQL response: data, errors, or both, unchanged until they are read.

use std::fmt;

use auth_core::{ApiErrorBody, ApiResponse, Error, ErrorReason, Result};
use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::wire;

/// A response of the GraphQL API: data, errors, or both. `Debug` never prints its content.
///
/// # Examples
/// ```
/// use datasaur_auth::auth_core::Result;
/// use datasaur_auth::{Client, Query};
///
/// async fn id(client: &Client) -> Result<serde_json::Value> {
///     let response = client.graphql(&Query::new("{ me { id } }")).await?;
///     // An error if the response lists one, whatever else it contains.
///     response.data()
/// }
/// ```
pub struct GraphqlResponse {
    answer: ApiResponse,
    /// A part of the body.
    data: Option<Bytes>,
    errors: Vec<GraphqlError>,
}

/// One entry of a response's `errors`, with all its members.
#[derive(Clone, PartialEq, Eq)]
pub struct GraphqlError {
    json: String,
    message: String,
    kind: Option<String>,
}

impl GraphqlResponse {
    /// Distinguishes GraphQL responses from everything else that can be returned instead.
    pub(crate) fn read(answer: ApiResponse) -> Result<Self> {
        let status = answer.status();
        let body = wire::GraphqlBody::read(answer.body());
        let Some(body) = body.filter(|body| body.is_answer(status)) else {
            return Err(no_answer(answer));
        };
        if wire::refuses_graphql(answer.body()) {
            let explanation = ApiErrorBody::new(Some("the token is rejected".to_owned()))
                .with_code(Some(wire::AUTHENTICATION_ERROR.to_owned()))
                .with_hint(Some(
                    "a new token is tried once, unless the current one is only a few seconds old: check that the credentials belong to this installation",
                ));
            let error = answer.error(&explanation);
            return Err(error.with_reason(ErrorReason::TokenRejected));
        }
        let data = body.data();
        let data = data.map(|json| answer.body().slice_ref(json.as_bytes()));
        let errors = body.errors().map(GraphqlError::read).collect();
        Ok(Self {
            answer,
            data,
            errors,
        })
    }

    /// Returns the HTTP status, which says little about GraphQL's errors.
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// Reads the data of a response without errors.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if there is any error, quoting the first one; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the data does not have the expected form.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T> {
        if let Some(error) = self.errors.first() {
            let explanation = ApiErrorBody::new(Some(error.message.clone()))
                .with_code(error.kind.clone())
                .with_hint((self.errors.len() > 1).then_some("and more errors"));
            return Err(self.error(&explanation));
        }
        self.partial_data()?
            .ok_or_else(|| unusable("no data", self.status()))
    }

    /// Reads the data even if there are errors; `None` if there is none.
    ///
    /// The type must permit `null` where an error caused one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the data does not have the expected form.
    pub fn partial_data<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let data = self.data.as_ref();
        data.map(|data| serde_json::from_slice(data))
            .transpose()
            // The parser's message may quote the body.
            .map_err(|_| unusable("data that does not have the expected form", self.status()))
    }

    /// Returns the data's JSON unchanged; `None` if it is absent or `null`.
    pub fn data_json(&self) -> Option<&str> {
        // The parser has seen it, so it is UTF-8.
        self.data
            .as_deref()
            .and_then(|data| std::str::from_utf8(data).ok())
    }

    /// Returns the errors, in the API's order.
    pub fn errors(&self) -> &[GraphqlError] {
        &self.errors
    }

    /// Returns each error's JSON with every text made safe to show: one line, shortened, and without the token, which the API may repeat.
    ///
    /// Use it for display and logs; [`GraphqlError::json`] is unchanged.
    pub fn displayed_errors(&self) -> impl Iterator<Item = String> {
        self.errors.iter().map(|error| {
            // Invalid JSON would not have been accepted as a response.
            let value = serde_json::from_str(&error.json).unwrap_or_default();
            self.displayed(value).to_string()
        })
    }

    /// Makes each of the response's texts one shortened line without the token.
    pub(crate) fn clean_all<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) {
        self.answer.clean_all(texts, MAX_DISPLAYED);
    }

    /// Removes the token from ids.
    pub(crate) fn redact_all<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) {
        self.answer.redact_all(texts);
    }

    fn displayed(&self, value: Value) -> Value {
        let clean = |text: &str| self.answer.clean(text, MAX_DISPLAYED);
        match value {
            Value::String(text) => Value::String(clean(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.displayed(item)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, member)| (clean(&name), self.displayed(member)))
                .collect(),
            other => other,
        }
    }

    /// Creates an error from this response.
    pub(crate) fn error(&self, body: &ApiErrorBody) -> Error {
        self.answer.error(body)
    }
}

impl fmt::Debug for GraphqlResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphqlResponse")
            .field("status", &self.status())
            .field("has_data", &self.data.is_some())
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}

impl GraphqlError {
    fn read(json: &str) -> Self {
        let (message, kind) = wire::read_graphql_error(json);
        Self {
            json: json.to_owned(),
            message: message.unwrap_or_default(),
            kind,
        }
    }

    /// Returns the message; empty if there is none.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns `extensions.type`, which identifies this API's kinds of errors.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Returns the complete JSON of the entry, with `locations`, `path` and `extensions`.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Parses the complete entry into your own type.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if it does not have the expected form.
    pub fn read_as<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.json).map_err(|_| {
            Error::invalid_response("the GraphQL error does not have the expected form")
                .with_retryable(false)
                .with_vendor(wire::VENDOR)
        })
    }
}

impl fmt::Debug for GraphqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphqlError").finish_non_exhaustive()
    }
}

/// The error for a web page, a redirect, an HTTP error, invalid JSON, or JSON with neither data nor errors.
fn no_answer(answer: ApiResponse) -> Error {
    let status = answer.status();
    match answer.json::<serde::de::IgnoredAny>() {
        Ok(_) => unusable("neither data nor errors", status),
        Err(error) => error,
    }
}

fn unusable(what: &str, status: StatusCode) -> Error {
    let message = format!("the API answered POST {} with {what}", wire::GRAPHQL_PATH);
    // A mutation may have been executed nevertheless.
    Error::invalid_response(message)
        .with_status(status)
        .with_retryable(false)
        .with_vendor(wire::VENDOR)
}

/// Enough for a parser's message that quotes a line of the query.
const MAX_DISPLAYED: usize = 1_000;
