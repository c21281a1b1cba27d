//! Roster's spellings: its paths, its parameters, and its error object.

use auth_core::{ApiErrorBody, ApiResponse};
use serde::Deserialize;

pub(crate) const TOKEN_PATH: &str = "/oauth2/v1/token";

pub(crate) const USERS_PATH: &str = "/api/v1/users";

pub(crate) const USER_PATH: &str = "/api/v1/users/{userId}";

pub(crate) const AUDIENCE: &str = "audience";

/// The error object; the summary is general, and the causes say what is wrong.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    error_code: String,
    error_summary: String,
    #[serde(default)]
    error_causes: Vec<Cause>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cause {
    error_summary: String,
}

pub(crate) fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
    let failure: Failure = response.parse()?;
    let mut message = failure.error_summary;
    for cause in failure.error_causes {
        message = format!("{message}: {}", cause.error_summary);
    }
    Some(ApiErrorBody::new(Some(message)).with_code(Some(failure.error_code)))
}
