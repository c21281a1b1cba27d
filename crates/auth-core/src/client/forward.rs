//! Which headers of the caller's request are forwarded to the API.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, HOST, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderName, Request};

use crate::error::{Error, Result};

/// Headers that are sent to the API although they are removed by default.
///
/// A program that forwards requests must not forward headers about the original connection, or cookies,
/// and especially not `Host`: with it, the token would go to a virtual host chosen by the outsider. So these headers are removed:
/// `host`, `cookie`, `proxy-authorization`, and the hop-by-hop headers of RFC 9110 section 7.6.1, which are `connection` and every header
/// that it names, `keep-alive`, `proxy-connection`, `proxy-authenticate`, `te`, `trailer`, `transfer-encoding`, `upgrade`,
/// and `http2-settings`. `content-length` and `expect` are removed too, because the HTTP client writes its own.
///
/// To send one of them, put this into the extensions of one request, or pass it to
/// [`AuthorizedClient::with_forwarded_headers`](crate::AuthorizedClient::with_forwarded_headers) for all of them.
///
/// # Examples
/// ```
/// use auth_core::ForwardHeaders;
/// use http::header::COOKIE;
///
/// # fn example() -> auth_core::Result<()> {
/// let mut request = http::Request::get("/v1/things").header(COOKIE, "theme=dark").body(bytes::Bytes::new()).unwrap_or_default();
/// request.extensions_mut().insert(ForwardHeaders::new([COOKIE])?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForwardHeaders(Vec<HeaderName>);

impl ForwardHeaders {
    /// Creates it from header names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for `authorization`, which contains the token, and for `content-length`,
    /// `transfer-encoding` and `expect`: if they disagree with the body, the server interprets the rest of it as another request.
    pub fn new(names: impl IntoIterator<Item = HeaderName>) -> Result<Self> {
        let names: Vec<_> = names.into_iter().collect();
        let owned = [AUTHORIZATION, CONTENT_LENGTH, TRANSFER_ENCODING, EXPECT];
        match names.iter().find(|name| owned.contains(name)) {
            Some(name) => Err(Error::config(format!(
                "{name} cannot be forwarded: the client writes it itself"
            ))),
            None => Ok(Self(names)),
        }
    }

    fn contains(&self, name: &HeaderName) -> bool {
        self.0.contains(name)
    }
}

/// Removes the headers that must not be forwarded, except those that `always` and the request's own [`ForwardHeaders`] name.
pub(super) fn remove_local<B>(request: &mut Request<B>, always: &ForwardHeaders) {
    // Most requests have none of these headers, and without `connection` no other header is hop-by-hop.
    if !request.headers().keys().any(|name| LOCAL.contains(name)) {
        return;
    }
    let asked = request.extensions().get::<ForwardHeaders>().cloned();
    let stays = |name: &HeaderName| {
        let asked = asked.as_ref();
        always.contains(name) || asked.is_some_and(|asked| asked.contains(name))
    };
    let headers = request.headers_mut();
    let named: Vec<_> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect();
    for name in named.iter().chain(&LOCAL) {
        if !stays(name) {
            headers.remove(name);
        }
    }
}

/// Returns true for a header that is about one connection, one site, or the length of one message.
pub(super) fn is_local(name: &HeaderName) -> bool {
    LOCAL.contains(name)
}

/// Headers about one connection, one site, or the length of one message.
static LOCAL: [HeaderName; 14] = [
    HOST,
    COOKIE,
    PROXY_AUTHORIZATION,
    PROXY_AUTHENTICATE,
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    CONTENT_LENGTH,
    EXPECT,
];

#[cfg(test)]
mod tests;
