//! The settings of the token store: their names, and which of their values are secrets.

use std::path::Path;

use url::Url;

/// A setting of the store, which every vendor has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoreSetting {
    pub(crate) name: &'static str,
    pub(crate) variable: &'static str,
    /// Of its value, in help texts; none if it has no option.
    pub(crate) value: Option<&'static str>,
    pub(crate) help: &'static str,
}

pub(crate) const STORE: &str = "store";
pub(crate) const URL_FILE: &str = "store_url_file";
pub(crate) const KEY: &str = "store_key";
pub(crate) const KEY_FILE: &str = "store_key_file";

pub(crate) const SETTINGS: [StoreSetting; 4] = [
    StoreSetting {
        name: STORE,
        variable: "VAUTH_STORE",
        value: Some("STORE"),
        help: "Keep tokens in this store between runs: 'file' (the default: a folder in the user's cache folder), 'file:PATH', 'none', or a Redis or Valkey server such as redis://HOST:PORT, rediss://HOST:PORT with TLS; overrides VAUTH_STORE",
    },
    StoreSetting {
        name: URL_FILE,
        variable: "VAUTH_STORE_URL_FILE",
        value: Some("PATH"),
        help: "Read the store's URL, which may contain a password, from this file; overrides VAUTH_STORE_URL_FILE",
    },
    StoreSetting {
        name: KEY,
        variable: "VAUTH_STORE_KEY",
        value: None,
        help: "",
    },
    StoreSetting {
        name: KEY_FILE,
        variable: "VAUTH_STORE_KEY_FILE",
        value: Some("PATH"),
        help: "Encrypt stored tokens with the key in this file, which a user's token needs; overrides VAUTH_STORE_KEY_FILE",
    },
];

/// Returns true for the name of a setting of the store.
pub(crate) fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name)
}

/// Returns true if a setting's value must be readable only by its owner, and is never shown.
pub(crate) fn holds_secret(name: &str, value: &str) -> bool {
    name == KEY || (name == STORE && has_password(value))
}

fn has_password(value: &str) -> bool {
    if value == "none" || value == "file" || value.starts_with("file:") {
        return false;
    }
    // Where it is no URL, or one with a mistake, the password may be anywhere.
    parse(value).is_none_or(|url| {
        !url.username().is_empty() || url.password().is_some() || url.query().is_some()
    })
}

/// Returns the URL of a server, if nothing that it contains after its host can be a misplaced password.
fn parse(value: &str) -> Option<Url> {
    let url = Url::parse(value).ok().filter(|_| value.contains("://"))?;
    let is_socket = url.scheme().contains("unix");
    let is_plain = is_socket || !url.path().contains('@');
    (is_plain && url.fragment().is_none()).then_some(url)
}

/// Returns a value of the setting `store` without its password.
pub(crate) fn shown_value(value: &str) -> String {
    if !holds_secret(STORE, value) {
        return value.to_owned();
    }
    parse(value).map_or_else(|| "(hidden)".to_owned(), |url| without_credentials(&url))
}

/// A user may be a password that lost its colon, and a socket's URL has both in its query.
pub(crate) fn without_credentials(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{}://{host}{port}{path}", url.scheme())
}

/// Makes the path of a folder absolute: below `base`, or below the current folder.
pub(crate) fn absolute(value: &str, base: Option<&Path>) -> String {
    let Some(path) = value
        .strip_prefix("file:")
        .filter(|path| !path.starts_with("//"))
    else {
        return value.to_owned();
    };
    let path = match base {
        Some(base) => Ok(base.join(path)),
        None => std::path::absolute(path),
    };
    let path = path
        .ok()
        .and_then(|path| path.into_os_string().into_string().ok());
    path.map_or_else(|| value.to_owned(), |path| format!("file:{path}"))
}

#[cfg(test)]
mod tests;
