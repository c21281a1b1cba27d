//! A checked base URL: https unless loopback or explicitly allowed, no user info, no query, path prefix kept.

use std::fmt;
use std::sync::Arc;

use http::Uri;
use http::uri::{Authority, PathAndQuery};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::error::{Error, Result, is_invisible};

/// A vendor's base URL: request paths are appended to it, and tokens may be sent to its origin.
///
/// # Examples
/// ```
/// use auth_core::BaseUrl;
///
/// let api = BaseUrl::parse("https://api.example.com/prefix")?;
/// assert_eq!(api.join("/v1/users?limit=1")?, "https://api.example.com/prefix/v1/users?limit=1");
/// assert!(BaseUrl::parse("http://api.example.com").is_err());
/// # Ok::<(), auth_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Arc<Parts>);

/// Shared, so that the clients of many tenants have one copy.
#[derive(PartialEq, Eq)]
struct Parts {
    url: Url,
    /// The URL as text, without a trailing slash.
    text: String,
    /// The same as a URI, which requests extend; `None` if it is not a valid URI.
    target: Option<Uri>,
}

impl BaseUrl {
    /// Checks an API's base URL: https, or plain http to this machine.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the text is not an http(s) URL with a host, contains user info, a query or a fragment,
    /// or is plain http to another machine.
    pub fn parse(text: &str) -> Result<Self> {
        Self::of_setting("the base URL", text, false)
    }

    /// As [`BaseUrl::parse`], with plain http to other machines permitted: every token is then readable on the way.
    ///
    /// # Errors
    /// As [`BaseUrl::parse`], plain http aside.
    pub fn parse_allowing_http(text: &str) -> Result<Self> {
        Self::of_setting("the base URL", text, true)
    }

    /// As [`BaseUrl::parse`], for a token endpoint, whose URL may contain a query (RFC 6749 section 3.2).
    ///
    /// # Errors
    /// As [`BaseUrl::parse`], except that a query is allowed.
    pub fn parse_endpoint(text: &str) -> Result<Self> {
        Self::endpoint_of_setting("the token endpoint", text, false)
    }

    /// As [`BaseUrl::parse`], for text that came from a setting, which errors name.
    pub(crate) fn of_setting(setting: &str, text: &str, allow_http: bool) -> Result<Self> {
        let url = Self::endpoint_of_setting(setting, text, allow_http)?;
        if url.0.url.query().is_some() {
            return Err(Error::config(format!(
                "{setting} contains a query: remove everything from the ? on"
            )));
        }
        Ok(url)
    }

    /// As [`BaseUrl::parse_endpoint`], for text that came from a setting, which errors name.
    pub(crate) fn endpoint_of_setting(setting: &str, text: &str, allow_http: bool) -> Result<Self> {
        // The text itself is never repeated: a URL with user info contains a password.
        let refuse = |problem: &str| Err(Error::config(format!("{setting} {problem}")));
        if text.trim() != text || text.chars().any(char::is_control) {
            return refuse(
                "starts or ends with white space or contains a control character: remove it",
            );
        }
        let Ok(url) = Url::parse(text) else {
            return refuse("is not a URL: write it as https://host or https://host/prefix");
        };
        if !matches!(url.scheme(), "https" | "http") {
            return refuse("is not an http URL: start it with https://");
        }
        // `https:host` and `https:///host` parse like `https://host`; rejecting a typo is better than guessing.
        let after_scheme = &text[url.scheme().len()..];
        if !after_scheme.starts_with("://") || after_scheme[3..].starts_with('/') {
            return refuse("has no host: write it as https://host or https://host/prefix");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "contains a user name or a password: remove everything between // and @",
            );
        }
        let path = after_scheme[3..].split('?').next().unwrap_or_default();
        if path.contains('\\') || climbs(path) {
            return refuse(
                "contains a backslash or a . or .. segment: write the path without them",
            );
        }
        if url.fragment().is_some() {
            return refuse("contains a fragment: remove everything from the # on");
        }
        if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
            return refuse(
                "is plain http to another machine: use https, or opt in with allow_http",
            );
        }
        // A query may contain anything, and this text is shown.
        let text = url.as_str().split('?').next().unwrap_or_default();
        let text = text.trim_end_matches('/').to_owned();
        let target = text.parse().ok();
        Ok(Self(Arc::new(Parts { url, text, target })))
    }

    /// Returns the URL without a trailing slash and without a query.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Returns the original URL, including any trailing slash or query.
    pub(crate) fn to_uri(&self) -> Option<Uri> {
        self.0.url.as_str().parse().ok()
    }

    /// Appends a path, which starts with a slash and may contain a query, keeping the base's own path prefix.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the path does not start with a single slash, climbs with `..` in any encoding,
    /// contains a fragment, or contains characters that must be percent-encoded.
    pub fn join(&self, path_and_query: &str) -> Result<Uri> {
        if path_and_query.contains('#') {
            return Err(Error::config(
                "a request path contains a #, which starts a fragment and is never sent: percent-encode it as %23",
            ));
        }
        check_path(path_and_query.split('?').next().unwrap_or_default())?;
        format!("{}{path_and_query}", self.0.text)
            .parse()
            .map_err(|_| not_encoded())
    }

    /// As [`BaseUrl::join`], for a path and query that are already parsed, such as those of a request to forward; nothing is parsed again.
    ///
    /// # Errors
    /// As [`BaseUrl::join`]; a fragment is not part of what was parsed.
    pub fn join_parsed(&self, target: &PathAndQuery) -> Result<Uri> {
        check_path(target.path())?;
        let base = self.0.target.as_ref().ok_or_else(not_encoded)?;
        let mut parts = base.clone().into_parts();
        parts.path_and_query = Some(match base.path().trim_end_matches('/') {
            "" => target.clone(),
            prefix => format!("{prefix}{target}")
                .try_into()
                .map_err(|_| not_encoded())?,
        });
        Uri::from_parts(parts).map_err(|_| not_encoded())
    }

    /// As [`BaseUrl::join`], for a path that becomes another base URL, such as a token endpoint.
    ///
    /// # Errors
    /// As [`BaseUrl::join`].
    pub fn join_base(&self, path: &str) -> Result<Self> {
        // The scheme has been checked; the path only adds to it.
        Self::of_setting("path", &self.join(path)?.to_string(), true)
    }

    /// Returns true if `uri` has this URL's scheme, host and port.
    pub fn is_same_origin(&self, uri: &Uri) -> bool {
        let is_spelled_the_same = self.0.target.as_ref().is_some_and(|own| {
            uri.authority().is_some()
                && own.scheme_str() == uri.scheme_str()
                && own.authority().map(Authority::as_str) == uri.authority().map(Authority::as_str)
        });
        if is_spelled_the_same {
            return true;
        }
        uri.authority()
            .is_none_or(|authority| !authority.as_str().contains('@'))
            && Url::parse(&uri.to_string()).is_ok_and(|url| url.origin() == self.0.url.origin())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BaseUrl").field(&self.0.text).finish()
    }
}

fn check_path(path: &str) -> Result<()> {
    // Two slashes would name another host, and so may a backslash.
    if !path.starts_with('/') || path.starts_with("//") || path.contains('\\') || climbs(path) {
        return Err(Error::config(
            "a request path must start with a single slash and contain no backslash and no . or .. segment, even encoded",
        ));
    }
    Ok(())
}

fn not_encoded() -> Error {
    Error::config("a request path contains characters that must be percent-encoded")
}

/// Returns true if a path has a `.` or `..` segment, as it is or after decoding by a server or an HTTP stack on the way.
///
/// Such a path would leave the prefix. Servers differ in what they decode, how often, and what they strip from a segment, so all variants are tried.
fn climbs(path: &str) -> bool {
    // Most paths have no dot, in any spelling: every odd one below begins with a percent sign or is not ASCII.
    if path
        .bytes()
        .all(|byte| byte.is_ascii() && !matches!(byte, b'.' | b'%'))
    {
        return false;
    }
    let mut path = path.to_owned();
    for _ in 0..MAX_DECODINGS {
        if has_dots(&path) {
            return true;
        }
        let decoded = decode_once(&path);
        if decoded == path {
            return false;
        }
        path = decoded;
    }
    // Text that is encoded this often is not a name.
    true
}

/// Returns true if a path has such a segment without decoding.
fn has_dots(path: &str) -> bool {
    let is_dots = |segment: &str| {
        // Some servers treat text after a semicolon as parameters, and drop white space; a decoded ? or # ends a path.
        let name = segment.split([';', '?', '#']).next().unwrap_or_default();
        let mut letters = name
            .chars()
            .filter(|letter| !is_invisible(*letter) && !letter.is_whitespace());
        let (first, second, third) = (letters.next(), letters.next(), letters.next());
        first == Some('.') && matches!(second, None | Some('.')) && third.is_none()
    };
    path.split(['/', '\\']).any(is_dots)
}

fn decode_once(path: &str) -> String {
    let mut path = path.to_ascii_lowercase();
    // Encodings that are not valid UTF-8 or percent-encoding, but that some servers accept for the character.
    for (spelling, character) in ODD_SPELLINGS {
        path = path.replace(spelling, character);
    }
    percent_decode_str(&path).decode_utf8_lossy().into_owned()
}

/// Returns true for hosts that never leave this machine: 127.0.0.0/8, `::1` and exactly `localhost`.
///
/// The default client connects `localhost` to loopback addresses without looking it up. Names below `localhost` are left to
/// the resolver on many systems, so they do not count as loopback.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == LOCALHOST,
        None => false,
    }
}

/// Returns only the scheme, host and port of a URL, for messages.
pub(crate) fn origin_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    url.has_host().then(|| url.origin().ascii_serialization())
}

/// The only name that counts as loopback (RFC 6761 section 6.3).
pub(super) const LOCALHOST: &str = "localhost";

/// A gateway, a proxy and a server decode three times at most.
const MAX_DECODINGS: usize = 8;

/// Overlong UTF-8, the escapes of JavaScript, and compatibility characters of Unicode, for a dot and for both slashes.
const ODD_SPELLINGS: &[(&str, &str)] = &[
    ("%c0%ae", "."),
    ("%c0%2e", "."),
    ("%c0%af", "/"),
    ("%c0%2f", "/"),
    ("%c1%9c", "\\"),
    ("%e0%80%ae", "."),
    ("%e0%80%af", "/"),
    ("%f0%80%80%ae", "."),
    ("%f0%80%80%af", "/"),
    ("%u2044", "/"),
    ("%u002e", "."),
    ("%u002f", "/"),
    ("%u005c", "\\"),
    ("%u2215", "/"),
    ("%u2216", "\\"),
    ("\u{2024}", "."),
    ("\u{2025}", ".."),
    ("\u{2044}", "/"),
    ("\u{2215}", "/"),
    ("\u{2216}", "\\"),
    ("\u{fe52}", "."),
    ("\u{ff0e}", "."),
    ("\u{ff0f}", "/"),
    ("\u{ff3c}", "\\"),
];

#[cfg(test)]
mod tests;
