//! One admin call: its response, and the error for a control plane that lacks its operation.

use auth_core::{ApiResponse, Error, ErrorKind, Result};
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::Admin;
use super::request::{Operation, Request};
use super::wire::{List, read_list};
use crate::wire::{self, is_error_object};

impl Operation {
    /// An unknown path returns the web page, a removed one 404 without the API's error object, or 405.
    fn is_missing_in(&self, answer: &ApiResponse) -> bool {
        match answer.status() {
            StatusCode::METHOD_NOT_ALLOWED => true,
            // The API's own words are never replaced by ours; without them, a path with an id leaves open what is missing.
            StatusCode::NOT_FOUND => {
                let is_certain = !self.path.contains('{') || answer.is_html();
                is_certain && !is_error_object(answer.body())
            }
            // The web interface answers what it does not know with its start page, and never as if something were made.
            status => status == StatusCode::OK && answer.is_html(),
        }
    }

    /// A 404 with the API's error object is about a thing in the request; if the path contains no id, it may be about the path.
    fn may_be_missing_in(&self, answer: &ApiResponse) -> bool {
        answer.status() == StatusCode::NOT_FOUND && !self.path.contains('{')
    }

    fn missing(&self, status: StatusCode) -> Error {
        let mut message = format!(
            "this control plane has no {} {}, which exists since {}",
            self.method, self.path, self.since
        );
        if let Some(removed) = self.removed {
            message.push_str(&format!(" and was removed in {removed}"));
        }
        match self.replacement {
            Some(replacement) => message.push_str(&format!(": use {replacement} instead")),
            None => message.push_str(": check its version and the base URL"),
        }
        Error::new(ErrorKind::ApiStatus, message)
            .with_status(status)
            .with_error_code(MISSING)
            .with_retryable(false)
            .with_vendor(wire::VENDOR)
    }
}

impl Admin {
    /// Sends a request and reads its JSON.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: Request<T>) -> Result<T> {
        let answer = self.answer(&request).await?;
        answer.json()
    }

    /// Sends a request whose successful response is ignored.
    pub(super) async fn done(&self, request: Request<()>) -> Result<()> {
        let answer = self.answer(&request).await?;
        answer.error_for_status().map(drop)
    }

    /// Sends a request and reads the list in its response, which is the whole body or a member of it.
    pub(super) async fn list<T: DeserializeOwned + Default>(
        &self,
        request: Request<List<T>>,
    ) -> Result<List<T>> {
        let answer = self.answer(&request).await?;
        let bytes = answer.body().len();
        let body = answer.list_json()?;
        let members = request.operation().list;
        let list = read_list(body, members).ok_or_else(|| {
            let what = match members {
                [] => "is no list".to_owned(),
                [member, ..] => format!("lacks the list {member}"),
            };
            lacking(format!("the API's response {what}"))
        })?;
        Ok(List { bytes, ..list })
    }

    pub(super) async fn answer<T>(&self, request: &Request<T>) -> Result<ApiResponse> {
        let operation = request.operation();
        let answer = self.api.execute(request.request()).await?;
        tracing::debug!(
            operation = operation.id,
            status = answer.status().as_u16(),
            "the control plane answered"
        );
        if operation.is_missing_in(&answer) {
            return Err(operation.missing(answer.status()));
        }
        if operation.may_be_missing_in(&answer) {
            let body = wire::read_error(&answer)
                .unwrap_or_default()
                .with_hint(Some(
                    "if that is about the call itself, check the control plane's version and the base URL",
                ));
            return Err(answer.error(&body));
        }
        Ok(answer)
    }
}

/// Returns true if an error means that the control plane lacks the operation.
pub(super) fn is_missing(error: &Error) -> bool {
    error.error_code() == Some(MISSING)
}

/// Returns true if a list is not available: the control plane lacks the operation, or reports that.
pub(super) fn is_absent(error: &Error) -> bool {
    let is_not_found =
        error.kind() == ErrorKind::ApiStatus && error.status() == Some(StatusCode::NOT_FOUND);
    is_missing(error) || is_not_found
}

/// Takes a required member of a successful response.
pub(super) fn required<T>(value: Option<T>, member: &'static str) -> Result<T> {
    value.ok_or_else(|| lacking(format!("the API's answer lacks the member {member}")))
}

/// Takes the result of a count.
pub(super) fn counted(count: Option<i64>) -> Result<u64> {
    required(count.and_then(|count| count.try_into().ok()), "count")
}

/// Takes the required id of a single thing.
pub(super) fn identified<T>(thing: T, id: impl Fn(&T) -> bool) -> Result<T> {
    let is_identified = id(&thing);
    required(is_identified.then_some(thing), "id")
}

fn lacking(message: String) -> Error {
    named(Error::new(ErrorKind::InvalidResponse, message).with_retryable(false))
}

/// Checks a name against the pattern that the API documents: `^[a-z][-_a-z0-9]*[a-z0-9]$`.
pub(super) fn check_name(name: &str) -> Result<()> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let is_good = bytes.len() >= 2
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.last().is_some_and(|&last| is_plain(last))
        && bytes
            .iter()
            .all(|&byte| is_plain(byte) || matches!(byte, b'-' | b'_'));
    if is_good {
        return Ok(());
    }
    Err(named(Error::config(
        "name is not of the form that Run:ai takes: use two or more of a-z, 0-9, - and _, the first a letter, the last a letter or digit",
    )))
}

pub(super) fn named(error: Error) -> Error {
    error.with_vendor(wire::VENDOR)
}

/// Our own codes, since the API has none.
const MISSING: &str = "operation_missing";
