//! The settings of a client with its secret, as a document in the format that a program reads.

mod read;

use std::path::Path;

use auth_core::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::arguments::runai::{BootstrapArguments, CredentialsFormat};
use crate::failure::Failure;
use crate::quoting::Syntax;

/// What a document contains beside the client id and the secret.
#[derive(Debug)]
pub(super) struct Document {
    format: CredentialsFormat,
    base_url: String,
    secret_name: String,
    namespace: Option<String>,
}

impl Document {
    /// Checks the arguments; returns none if the secret alone is to be delivered.
    pub(super) fn prepare(
        arguments: &BootstrapArguments,
        base_url: &str,
    ) -> Result<Option<Self>, Failure> {
        let is_kubernetes = arguments.format == Some(CredentialsFormat::K8sSecret);
        let names = [
            ("--secret-name", &arguments.secret_name, MAX_NAME),
            ("--namespace", &arguments.namespace, MAX_NAMESPACE),
        ];
        for (option, name, max) in names {
            let Some(name) = name else { continue };
            if !is_kubernetes {
                return Err(Failure::Usage(format!(
                    "{option} applies to --format k8s-secret only"
                )));
            }
            let (separator, letters) = match max {
                MAX_NAME => (".", "a-z, 0-9, - and ."),
                _ => ("", "a-z, 0-9 and -"),
            };
            if !is_valid_name(name, max, separator) {
                return Err(Failure::Usage(format!(
                    "{option} is not a valid Kubernetes name: use at most {max} of {letters}, with a letter or digit at both ends",
                )));
            }
        }
        let Some(format) = arguments.format else {
            return Ok(None);
        };
        let secret_name = match &arguments.secret_name {
            Some(name) => name.clone(),
            None => arguments
                .name
                .replace('_', "-")
                .trim_matches('-')
                .to_owned(),
        };
        if is_kubernetes && !is_valid_name(&secret_name, MAX_NAME, ".") {
            return Err(Failure::Usage(
                "the account's name is not a valid Kubernetes name: pass --secret-name".to_owned(),
            ));
        }
        Ok(Some(Self {
            format,
            base_url: base_url.to_owned(),
            secret_name,
            namespace: arguments.namespace.clone(),
        }))
    }

    /// Returns the document, which is as secret as its secret.
    pub(super) fn render(&self, client_id: &str, secret: &Secret) -> Secret {
        let settings = [
            (BASE_URL, self.base_url.as_str()),
            (CLIENT_ID, client_id),
            (CLIENT_SECRET, secret.expose_secret()),
        ];
        let assigned = |syntax: Syntax| {
            let lines = settings.map(|(name, value)| syntax.assign(name, value));
            let lines: Result<String, _> = lines.into_iter().collect();
            // Few secrets cannot be assigned, and then one in another format is better than none.
            lines.unwrap_or_else(|_| json(settings.map(|(_, value)| value)))
        };
        Secret::from(match self.format {
            CredentialsFormat::Env => assigned(Syntax::Sh),
            CredentialsFormat::Dotenv => assigned(Syntax::Dotenv),
            CredentialsFormat::K8sSecret => self.manifest(settings),
            CredentialsFormat::Json => json(settings.map(|(_, value)| value)),
        })
    }

    /// Reads the secret from a document that an earlier run wrote.
    pub(super) fn read(&self, path: &Path) -> Result<Secret, Failure> {
        let text = read::bounded(path)?;
        let found = match self.format {
            CredentialsFormat::Env => read::sh(&text, CLIENT_SECRET),
            CredentialsFormat::Dotenv => read::dotenv(&text, CLIENT_SECRET),
            CredentialsFormat::K8sSecret => read::manifest(&text, CLIENT_SECRET),
            CredentialsFormat::Json => read::json(&text, "client_secret"),
        };
        // As it is written where the format has no line for it.
        let found = found.or_else(|| read::json(&text, "client_secret"));
        found.map(Secret::from).ok_or_else(|| {
            Failure::Usage(format!(
                "{} exists, but contains no secret in this format: choose another file, or pass --regenerate-secret",
                path.display()
            ))
        })
    }

    /// All values are quoted or Base64, so that none of them can be read as other YAML.
    fn manifest(&self, settings: [(&str, &str); 3]) -> String {
        let mut text = String::from("apiVersion: v1\nkind: Secret\nmetadata:\n");
        let namespace = self.namespace.as_deref().map(|it| ("namespace", it));
        let name = ("name", self.secret_name.as_str());
        for (key, value) in std::iter::once(name).chain(namespace) {
            text.push_str(&["  ", key, ": \"", value, "\"\n"].concat());
        }
        text.push_str("type: Opaque\ndata:\n");
        for (key, value) in settings {
            text.push_str(&["  ", key, ": \"", &STANDARD.encode(value), "\"\n"].concat());
        }
        text
    }
}

#[derive(Serialize)]
struct Json<'a> {
    base_url: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
}

fn json([base_url, client_id, client_secret]: [&str; 3]) -> String {
    let object = Json {
        base_url,
        client_id,
        client_secret,
    };
    // Texts can always be written as JSON.
    serde_json::to_string(&object).unwrap_or_default() + "\n"
}

/// Applies the rules of RFC 1123 as Kubernetes does.
fn is_valid_name(name: &str, max: usize, separator: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let mut labels: Box<dyn Iterator<Item = &str>> = match separator {
        "" => Box::new(std::iter::once(name)),
        separator => Box::new(name.split(separator)),
    };
    name.len() <= max && labels.all(is_label)
}

/// The variables that a program's client reads.
const BASE_URL: &str = "RUNAI_BASE_URL";
const CLIENT_ID: &str = "RUNAI_CLIENT_ID";
const CLIENT_SECRET: &str = "RUNAI_CLIENT_SECRET";

/// The lengths of a DNS subdomain and of a DNS label.
const MAX_NAME: usize = 253;
const MAX_NAMESPACE: usize = 63;

#[cfg(test)]
mod tests;
