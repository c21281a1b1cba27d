//! Run:ai's wire format: its token paths, the JSON of token API v1, and how its API rejects a token.

use auth_core::vendor::{ExpiresIn, TokenErrorResponse};
use auth_core::{ApiErrorBody, ApiResponse, Secret};
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};

/// The vendor's name in errors and logs.
pub(crate) const VENDOR: &str = "runai";

/// The grant of older control planes, with token API v1's name for it.
pub(crate) const APP_TOKEN: &str = "app_token";

/// Token API v1's path below the base URL.
pub(crate) const TOKEN_PATH_V1: &str = "/api/v1/token";

/// Token API v2's path below the base URL.
pub(crate) const TOKEN_PATH_V2: &str = "/api/v2/token";

/// The token request of API v1; each grant has its own fields.
#[derive(Serialize)]
#[serde(tag = "grantType", rename_all = "snake_case")]
pub(crate) enum TokenRequest<'a> {
    #[serde(rename_all = "camelCase")]
    ClientCredentials {
        /// The name in the API descriptions; other pages and old clients use `clientId` and `AppId`.
        #[serde(rename = "clientID")]
        client_id: &'a str,
        client_secret: &'a str,
    },
    Password {
        username: &'a str,
        password: &'a str,
    },
    #[serde(rename_all = "camelCase")]
    AppToken {
        #[serde(rename = "appID")]
        app_id: &'a str,
        app_secret: &'a str,
    },
    #[serde(rename_all = "camelCase")]
    RefreshToken { refresh_token: &'a str },
    #[serde(rename_all = "camelCase")]
    ExternalTokenExchange { external_token: &'a str },
}

/// The token response of API v1: everything but the token may be absent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OAuthTokenBody {
    #[serde(deserialize_with = "secret")]
    pub(crate) access_token: Secret,
    #[serde(default)]
    pub(crate) refresh_token: Option<String>,
    /// Zero means "unknown" here: the vendor's own sample signs in on every call because it takes it literally.
    #[serde(default)]
    pub(crate) expires_in: Option<ExpiresIn>,
    /// Not in the API description; absent means bearer.
    #[serde(default)]
    pub(crate) token_type: Option<String>,
}

/// Reads the API's error object, `{code, message, details?}`, where `code` repeats the status.
pub(crate) fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
    let status = response.status();
    let hint = (status == StatusCode::FORBIDDEN)
        .then_some("a client or user has no permissions until an access rule grants them");
    let body = ApiErrorBody::new(read_message(response.body())).with_hint(hint);
    (!status.is_success()).then_some(body)
}

/// Reads API v1's error object, `{code, message, details?}`; both 400 and 401 mean rejected credentials if the grant is correct.
pub(crate) fn read_refusal(status: StatusCode, body: &[u8]) -> TokenErrorResponse {
    match read_message(body) {
        Some(message) => {
            let blames_credentials =
                matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED);
            TokenErrorResponse::new(None, Some(message), blames_credentials)
        }
        // A gateway has its own error format.
        None if status == StatusCode::BAD_REQUEST => {
            TokenErrorResponse::from_body(body).with_blamed_credentials(true)
        }
        None => TokenErrorResponse::from_oauth(status, body),
    }
}

/// Returns true if a body is the API's own error object, and not a gateway's or a web page.
#[cfg(feature = "admin")]
pub(crate) fn is_error_object(body: &[u8]) -> bool {
    read_message(body).is_some()
}

fn read_message(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        message: String,
        #[serde(default)]
        details: Option<String>,
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let Body { message, details } = serde_json::from_slice(body).ok()?;
    Some(match details.filter(|details| !details.is_empty()) {
        Some(details) => format!("{message}: {details}"),
        None => message,
    })
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::from)
}

#[cfg(test)]
mod tests;
