//! `vauth token`: prints an access token.

use std::time::SystemTime;

use auth_core::AccessToken;
use serde::Serialize;

use crate::arguments::{Format, TokenArguments};
use crate::failure::Failure;
use crate::output::print;
use crate::settings::Settings;

pub(crate) async fn run(arguments: &TokenArguments, settings: &Settings) -> Result<(), Failure> {
    let token = settings.client()?.token().await?;
    let mut text = match arguments.format {
        Format::Token => token.expose_secret().to_owned(),
        Format::Header => format!("Authorization: Bearer {}", token.expose_secret()),
        Format::Json => json(&token, SystemTime::now())?,
    };
    text.push('\n');
    print(text.as_bytes())
}

/// The object of `--format json`; its keys are in the documented order.
#[derive(Serialize)]
struct Printed<'a> {
    token: &'a str,
    token_type: &'static str,
    /// RFC 3339, in UTC, to the second.
    expires_at: String,
    /// Whole seconds that are left.
    expires_in: u64,
    scope: Option<&'a str>,
}

fn json(token: &AccessToken, now: SystemTime) -> Result<String, Failure> {
    let expires_at = token.expires_at();
    let printed = Printed {
        token: token.expose_secret(),
        token_type: "Bearer",
        expires_at: humantime::format_rfc3339_seconds(expires_at).to_string(),
        expires_in: expires_at.duration_since(now).unwrap_or_default().as_secs(),
        scope: token.scope().map(|scope| scope.as_str()),
    };
    serde_json::to_string(&printed)
        .map_err(|error| Failure::System("cannot write JSON", error.into()))
}

#[cfg(test)]
mod tests;
