//! A checked base URL: https unless loopback or told otherwise, no user info, no query, path prefix kept.

use std::fmt;

use http::Uri;
use url::{Host, Url};

use crate::error::{Error, Result};

/// Where a vendor lives: the URL that request paths are appended to, and the origin that may be sent a token.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    /// The URL as text without a slash at its end.
    text: String,
}

impl BaseUrl {
    /// Checks a URL that came from a setting; `setting` is its name, for the error's message.
    ///
    /// `allow_http` permits plain http to hosts other than loopback.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the text is no http(s) URL with a host, holds user info, a query or a fragment,
    /// or is plain http to a host that is neither loopback nor allowed.
    pub fn parse(setting: &str, text: &str, allow_http: bool) -> Result<Self> {
        // The text itself is never repeated: a URL with user info holds a password.
        let refuse = |problem: &str| Err(Error::config(format!("{setting} {problem}")));
        if text.trim() != text || text.chars().any(char::is_control) {
            return refuse("holds white space at an end or a control character: remove it");
        }
        let Ok(url) = Url::parse(text) else {
            return refuse("is not a URL: write it as https://host or https://host/prefix");
        };
        if !matches!(url.scheme(), "https" | "http") {
            return refuse("is not an http URL: start it with https://");
        }
        // `https:host` and `https:///host` parse like `https://host`; a typo is better refused than guessed.
        let after_scheme = &text[url.scheme().len()..];
        if !after_scheme.starts_with("://") || after_scheme[3..].starts_with('/') {
            return refuse("has no host: write it as https://host or https://host/prefix");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("holds a user name or a password: remove everything between // and @");
        }
        if url.query().is_some() {
            return refuse("holds a query: remove everything from the ? on");
        }
        if url.fragment().is_some() {
            return refuse("holds a fragment: remove everything from the # on");
        }
        if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
            return refuse(
                "is plain http to another machine: use https, or opt in with allow_http",
            );
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    /// Returns the URL without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends a path, which starts with a slash and may hold a query, keeping the base's own path prefix.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the path does not start with a single slash, climbs with `..` in any spelling, or holds characters that must be percent-encoded.
    pub fn join(&self, path_and_query: &str) -> Result<Uri> {
        let path = path_and_query.split(['?', '#']).next().unwrap_or_default();
        // Two slashes would name another host; a path that climbs would leave the prefix, and so would one whose dots are
        // percent-encoded or whose slashes lean the other way once a server or an HTTP stack has normalised it.
        let plain = path.to_ascii_lowercase().replace("%2e", ".");
        let climbs = plain
            .split('/')
            .any(|segment| matches!(segment, "." | ".."));
        if !path.starts_with('/') || path.starts_with("//") || climbs || path.contains('\\') {
            return Err(Error::config(
                "a request path must start with a single slash and hold no backslash and no . or .. segment",
            ));
        }
        format!("{}{path_and_query}", self.text)
            .parse()
            .map_err(|_| {
                Error::config("a request path holds characters that must be percent-encoded")
            })
    }

    /// As [`BaseUrl::join`], for a path that is a base of its own, such as a token endpoint.
    ///
    /// # Errors
    /// As [`BaseUrl::join`].
    pub fn join_base(&self, path: &str) -> Result<Self> {
        // The scheme has been checked; the path only adds to it.
        Self::parse("path", &self.join(path)?.to_string(), true)
    }

    /// Returns true if `uri` has this URL's scheme, host and port.
    pub fn is_same_origin(&self, uri: &Uri) -> bool {
        uri.authority()
            .is_none_or(|authority| !authority.as_str().contains('@'))
            && Url::parse(&uri.to_string()).is_ok_and(|url| url.origin() == self.url.origin())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BaseUrl").field(&self.text).finish()
    }
}

/// Returns true for hosts that never leave this machine: 127.0.0.0/8, ::1, localhost and its subdomains (RFC 6761 section 6.3).
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Returns scheme, host and port of a URL and nothing else of it, for messages.
pub(crate) fn origin_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    url.has_host().then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests;
