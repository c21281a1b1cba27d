//! The steps that need credentials: a token, and one read-only API call.

use auth_core::{ApiRequest, Error, ErrorKind, Result};
use http::{Method, StatusCode};
use serde::de::IgnoredAny;

use super::step::Outcome;
use crate::failure::{chain, is_token_rejected, of_set_token};
use crate::names::SettingNames;
use crate::vendor::Client;

pub(super) async fn sign_in(client: &Client, names: &SettingNames, host: &str) -> Outcome {
    match client.token().await {
        Ok(token) => Outcome::ok(format!(
            "a new token of {host}, not a stored one, is valid for {} s",
            token.lifetime().as_secs()
        )),
        Err(error) => Outcome::failed_with(&error, names),
    }
}

pub(super) async fn call(client: &Client, names: &SettingNames) -> Outcome {
    let called = match client {
        Client::Datasaur(client) => client
            .me()
            .await
            .map(|me| format!("signed in as member {}", me.id())),
        Client::Maia(client) => {
            let page = client.projects().page_size(1).page(0).await;
            page.map(|page| match page.total() {
                Some(total) => format!("{total} project(s) are accessible"),
                None => "projects can be listed".to_owned(),
            })
        }
        Client::Runai(client) => runai(client).await,
    };
    called.map_or_else(|error| failed(&error, names), Outcome::ok)
}

/// Requests the caller's access rules, or the applications if the control plane does not support that.
async fn runai(client: &runai_auth::Client) -> Result<String> {
    let own = ApiRequest::new(Method::GET, OWN_ACCESS_RULES).query("limit", 1);
    match client.execute_json::<IgnoredAny>(&own).await {
        Err(error) if is_missing(&error) => {
            let applications = ApiRequest::new(Method::GET, APPLICATIONS);
            client.execute_json::<IgnoredAny>(&applications).await?;
            Ok("applications can be listed".to_owned())
        }
        Err(error) => Err(error),
        Ok(_) => Ok("the caller's access rules can be listed".to_owned()),
    }
}

/// An older control plane returns a 404 or its web interface for an unknown path.
fn is_missing(error: &Error) -> bool {
    error.status() == Some(StatusCode::NOT_FOUND) || error.kind() == ErrorKind::InvalidResponse
}

fn failed(error: &Error, names: &SettingNames) -> Outcome {
    if let Some(token) = names.token()
        && is_token_rejected(error)
    {
        return Outcome::failed(chain(error, names), of_set_token(token));
    }
    let advice = match error.status().map(|status| status.as_u16()) {
        _ if error.kind() != ErrorKind::ApiStatus => return Outcome::failed_with(error, names),
        Some(401) => "check that the credentials and the base URL belong to the same installation",
        Some(403) => {
            "grant the credentials a role that permits this, and check the account's IP allow list"
        }
        Some(404) => "check the base URL and its path prefix",
        Some(429 | 500..) => {
            let advice = error.retry_after().map_or_else(
                || "try again later".to_owned(),
                // Rounded up: a second too early would be rejected again.
                |wait| format!("try again in {} s", wait.as_secs_f64().ceil()),
            );
            return Outcome::failed(chain(error, names), advice);
        }
        _ => "check that the credentials belong to this installation, and their permissions",
    };
    Outcome::failed(chain(error, names), advice)
}

const OWN_ACCESS_RULES: &str = "/api/v1/authorization/me/access-rules";

const APPLICATIONS: &str = "/api/v1/apps";
