//! Datasaur's spellings: its token path, and how its API says that a token is no good.

use auth_core::Explanation;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The token endpoint's path below the base URL.
pub(crate) const TOKEN_PATH: &str = "/api/oauth/token";

/// The GraphQL API refuses a token with an error of type `AuthenticationError`, probably with status 200; its REST API with a 401.
///
/// Answers that hold data as well are handed through: part of the request was served.
pub(crate) fn refuses_token(response: &Response<Bytes>) -> bool {
    auth_core::refuses_token(response) || is_graphql_refusal(response.body())
}

/// Reads the REST API's error object, `{message}`; the GraphQL API's errors are read where its answers are.
pub(crate) fn explain(_status: StatusCode, body: &[u8]) -> Explanation {
    #[derive(Deserialize)]
    struct Body {
        message: Option<String>,
    }
    let body = serde_json::from_slice::<Body>(body).ok();
    Explanation::new(body.and_then(|body| body.message))
}

fn is_graphql_refusal(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Answer {
        data: Option<IgnoredAny>,
        #[serde(default)]
        errors: Vec<Failure>,
    }
    #[derive(Deserialize)]
    struct Failure {
        extensions: Option<Extensions>,
    }
    #[derive(Deserialize)]
    struct Extensions {
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    // Large answers are the rule here, and parsing each one twice is not free.
    if !contains(body, AUTHENTICATION_ERROR.as_bytes()) {
        return false;
    }
    serde_json::from_slice::<Answer>(body).is_ok_and(|answer| {
        let first = answer
            .errors
            .first()
            .and_then(|failure| failure.extensions.as_ref());
        answer.data.is_none()
            && first
                .is_some_and(|extensions| extensions.kind.as_deref() == Some(AUTHENTICATION_ERROR))
    })
}

fn contains(body: &[u8], needle: &[u8]) -> bool {
    body.windows(needle.len()).any(|window| window == needle)
}

const AUTHENTICATION_ERROR: &str = "AuthenticationError";

#[cfg(test)]
mod tests;
