//! `vauth token`: prints an access token, in the format that its reader needs.

mod exec_credential;

use std::time::SystemTime;

use auth_core::AccessToken;
use serde::Serialize;

use crate::arguments::{Format, TokenArguments};
use crate::failure::Failure;
use crate::output::print;
use crate::quoting::Syntax;
use crate::settings::Settings;
use crate::variables::Variables;
use crate::vendor::Vendor;

pub(crate) async fn run(
    arguments: &TokenArguments,
    settings: &Settings,
    variables: &Variables,
) -> Result<(), Failure> {
    // Before the sign-in, since it may be an error.
    let version = match arguments.format {
        Format::ExecCredential => Some(exec_credential::requested_version(variables)?),
        _ => None,
    };
    let token = settings.client()?.token().await?;
    let text = match version {
        Some(version) => exec_credential::render(&token, version)?,
        None => render(&token, arguments.format, settings.vendor())?,
    };
    print(text.as_bytes())
}

fn render(token: &AccessToken, format: Format, vendor: Vendor) -> Result<String, Failure> {
    let syntax = match format {
        Format::Token | Format::ExecCredential => {
            return Ok([token.expose_secret(), "\n"].concat());
        }
        Format::Header => {
            return Ok(["Authorization: Bearer ", token.expose_secret(), "\n"].concat());
        }
        Format::Json => return Ok(json(token, SystemTime::now())? + "\n"),
        Format::Env => Syntax::Sh,
        Format::EnvNoExport => Syntax::ShNoExport,
        Format::Dotenv => Syntax::Dotenv,
        Format::Fish => Syntax::Fish,
        Format::Powershell => Syntax::Powershell,
        Format::WindowsCmd => Syntax::Cmd,
    };
    syntax.assign(&vendor.token_variable(), token.expose_secret())
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
