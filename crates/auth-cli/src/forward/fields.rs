//! Which header and trailer fields of a message pass: those about the message, not those about one of its connections.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName};

use crate::server::{MARK, SECRET_HEADER};

/// Removes the headers or trailers of a response about the connection to the API (RFC 9110 section 7.6.1), and the mark of this server's own responses.
///
/// `trailer` is about the message.
pub(super) fn keep_those_of_the_message(fields: &mut HeaderMap) {
    // Most responses have none of them, and without `connection` no other field is hop-by-hop.
    if !fields.keys().any(|name| OF_CONNECTION.contains(name)) {
        return;
    }
    // The length of the chunked body is another one (RFC 9112 section 6.3).
    if fields.contains_key(TRANSFER_ENCODING) {
        fields.remove(CONTENT_LENGTH);
    }
    let named: Vec<HeaderName> = fields
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect();
    for name in named.iter().chain(&OF_CONNECTION) {
        fields.remove(name);
    }
}

/// Removes the trailers of a request that would not pass as headers.
pub(super) fn keep_those_for_the_api(trailers: &mut HeaderMap) {
    keep_those_of_the_message(trailers);
    for name in &OF_CALLER {
        trailers.remove(name);
    }
}

static OF_CONNECTION: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    MARK,
];

/// What the API must not see, or gets from this server.
static OF_CALLER: [HeaderName; 6] = [
    AUTHORIZATION,
    CONTENT_LENGTH,
    COOKIE,
    HOST,
    PROXY_AUTHORIZATION,
    SECRET_HEADER,
];
