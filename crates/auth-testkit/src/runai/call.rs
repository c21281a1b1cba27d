//! One request to Run:ai's API, after authentication and routing.

use std::time::Duration;

use crate::request::ReceivedRequest;
use http::StatusCode;
use serde_json::{Value, json};

use super::tenant::{Principal, Tenant};
use crate::engine::Engine;
use crate::reading::JsonFields;
use crate::reply::Reply;

/// Holds what an operation needs: the request, who sent it, and the tenant that it acts on.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a ReceivedRequest,
    pub(crate) engine: &'a Engine,
    pub(crate) tenant: &'a mut Tenant,
    pub(crate) caller: Principal,
    /// The id in the path; empty where the path has none.
    pub(crate) id: String,
    /// The emulator's wall clock, in time since 1970.
    pub(crate) now: Duration,
}

/// The response, on one side or the other, so that `?` can return an error response.
pub(crate) type Outcome = Result<Reply, Reply>;

impl Call<'_> {
    /// Reads the body.
    pub(crate) fn fields(&self) -> Result<JsonFields, Reply> {
        JsonFields::of(self.request)
            .ok_or_else(|| error(StatusCode::BAD_REQUEST, "the body is not a JSON object"))
    }

    /// Returns a query parameter that is not empty.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.request.query(name).filter(|value| !value.is_empty())
    }
}

/// Returns a text of the body that must be there.
pub(crate) fn required(fields: &JsonFields, name: &str) -> Result<String, Reply> {
    fields
        .text(&[name])
        .map(str::to_owned)
        .ok_or_else(|| bad_request(&format!("{name} is required")))
}

/// Returns the name of a new client or key, as the specification's pattern `^[a-z][-_a-z0-9]*[a-z0-9]$` has it.
pub(crate) fn client_name(fields: &JsonFields) -> Result<String, Reply> {
    let name = required(fields, "name")?;
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let matches = bytes.len() >= 2
        && bytes[0].is_ascii_lowercase()
        && is_alphanumeric(bytes[bytes.len() - 1])
        && bytes
            .iter()
            .all(|&byte| is_alphanumeric(byte) || matches!(byte, b'-' | b'_'));
    if matches {
        Ok(name)
    } else {
        Err(bad_request("name must match ^[a-z][-_a-z0-9]*[a-z0-9]$"))
    }
}

/// The error object of everything but version 2's token API.
pub(crate) fn error(status: StatusCode, message: &str) -> Reply {
    Reply::json_with(
        status,
        &json!({ "code": status.as_u16(), "message": message }),
    )
}

pub(crate) fn bad_request(message: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, message)
}

/// Converts an error response for an operation whose specification has no 400: of the others, only 500 fits.
pub(crate) fn without_400(answer: Reply) -> Reply {
    match answer.code_and_message() {
        (400, message) => error(StatusCode::INTERNAL_SERVER_ERROR, &message),
        _ => answer,
    }
}

/// Converts an error response for an operation whose specification has no 409.
pub(crate) fn without_409(answer: Reply) -> Reply {
    match answer.code_and_message() {
        (409, message) => bad_request(&message),
        _ => answer,
    }
}

pub(crate) fn not_found(noun: &str) -> Reply {
    error(StatusCode::NOT_FOUND, &format!("{noun} not found"))
}

pub(crate) fn conflict(message: &str) -> Reply {
    error(StatusCode::CONFLICT, message)
}

pub(crate) fn ok(body: &Value) -> Outcome {
    Ok(Reply::json_with(StatusCode::OK, body))
}

pub(crate) fn created(body: &Value) -> Outcome {
    Ok(Reply::json_with(StatusCode::CREATED, body))
}

pub(crate) fn empty(status: StatusCode) -> Outcome {
    Ok(Reply::status_only(status))
}

/// What both token APIs say of credentials that no client has.
pub(crate) const INVALID_CLIENT: &str = "invalid client credentials";
