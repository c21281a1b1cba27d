//! An ExecCredential for kubectl's credential plugins, in the version that kubectl requests.

use auth_core::AccessToken;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::variables::Variables;

/// Returns the API version that kubectl requests in KUBERNETES_EXEC_INFO; without it, the stable one.
pub(super) fn requested_version(variables: &Variables) -> Result<&'static str, Failure> {
    match variables.raw(VARIABLE) {
        Some(info) => version_in(&info.to_string_lossy()),
        None => Ok(VERSIONS[0]),
    }
}

pub(super) fn render(token: &AccessToken, version: &'static str) -> Result<String, Failure> {
    let credential = ExecCredential {
        api_version: version,
        kind: KIND,
        status: Status {
            expiration_timestamp: humantime::format_rfc3339_seconds(token.expires_at()).to_string(),
            token: token.expose_secret(),
        },
    };
    serde_json::to_string(&credential)
        .map(|text| text + "\n")
        .map_err(|error| Failure::System("cannot write JSON", error.into()))
}

fn version_in(info: &str) -> Result<&'static str, Failure> {
    let Ok(Info { api_version, kind }) = serde_json::from_str(info) else {
        return Err(Failure::Usage(format!(
            "{VARIABLE} is not the JSON object that kubectl sets: unset it to use {}",
            VERSIONS[0]
        )));
    };
    if kind.is_some_and(|kind| kind != KIND) {
        return Err(Failure::Usage(format!(
            "{VARIABLE} does not contain an {KIND}: unset it to use {}",
            VERSIONS[0]
        )));
    }
    let version = VERSIONS.iter().find(|version| **version == api_version);
    version.copied().ok_or_else(|| {
        Failure::Usage(format!(
            "{VARIABLE} requests an API version that is not supported: set apiVersion to {} in the kubeconfig",
            VERSIONS.join(" or ")
        ))
    })
}

/// What kubectl passes to a plugin, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    api_version: String,
    kind: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExecCredential<'a> {
    api_version: &'a str,
    kind: &'a str,
    status: Status<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    /// RFC 3339, in UTC, to the second; kubectl runs the plugin again afterwards.
    expiration_timestamp: String,
    token: &'a str,
}

const VARIABLE: &str = "KUBERNETES_EXEC_INFO";
const KIND: &str = "ExecCredential";

/// The status of both has the same members.
const VERSIONS: [&str; 2] = [
    "client.authentication.k8s.io/v1",
    "client.authentication.k8s.io/v1beta1",
];

#[cfg(test)]
mod tests;
