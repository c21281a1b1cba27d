//! Where a request goes: a path below the API's base URL, whatever name the caller used for the server.

use std::sync::LazyLock;

use auth_core::BaseUrl;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Method, StatusCode, Uri};

use crate::server::{Refusal, Transport, is_own_url};

/// The API's base URL as a target.
#[derive(Debug, Clone)]
pub(super) struct Target {
    base: BaseUrl,
    /// The path of the base URL, without a slash at its end.
    prefix: String,
}

impl Target {
    pub(super) fn new(base: BaseUrl) -> Self {
        let uri = base.as_str().parse::<Uri>().unwrap_or_default();
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Self { base, prefix }
    }

    /// Returns the URL for a request.
    pub(super) fn url(&self, head: &Parts, transport: Transport) -> Result<Uri, Refusal> {
        check_method(&head.method)?;
        check_upgrade(head)?;
        let is_path = head.uri.authority().is_none();
        let url = if !is_path && self.base.is_same_origin(&head.uri) {
            // A client that uses the server as its proxy sends the whole URL of the API.
            self.base.join(self.below_prefix(&head.uri)?)
        } else if is_path || is_own_url(&head.uri, transport) {
            self.base.join_parsed(path_of(&head.uri))
        } else {
            return Err(Refusal::new(
                StatusCode::MISDIRECTED_REQUEST,
                "origin",
                "only requests to one API are forwarded: send a path, or a URL of that API",
            ));
        };
        url.map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, "path", error.to_string()))
    }

    /// Returns what follows the prefix in the path of a whole URL.
    fn below_prefix<'u>(&self, uri: &'u Uri) -> Result<&'u str, Refusal> {
        let rest = path_of(uri).as_str().strip_prefix(&self.prefix);
        rest.filter(|rest| rest.starts_with('/')).ok_or_else(|| {
            Refusal::new(
                StatusCode::BAD_REQUEST,
                "path",
                "the path is not below the API's base URL",
            )
        })
    }
}

fn path_of(uri: &Uri) -> &PathAndQuery {
    static ROOT: LazyLock<PathAndQuery> = LazyLock::new(|| PathAndQuery::from_static("/"));
    uri.path_and_query().unwrap_or(&ROOT)
}

fn check_method(method: &Method) -> Result<(), Refusal> {
    let is = |name: &str| method.as_str().eq_ignore_ascii_case(name);
    let problem = if is("CONNECT") {
        "CONNECT opens a tunnel, which would not be authorized: send requests"
    } else if is("TRACE") || is("TRACK") {
        // The response repeats the request with the token; some servers know it by the second name, and some ignore case.
        "TRACE returns the request with its token: use another method"
    } else {
        return Ok(());
    };
    Err(Refusal::method(
        "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        problem,
    ))
}

/// Fails for other protocols; the offer of HTTP/2, which some clients send with each first request, is ignored instead.
fn check_upgrade(head: &Parts) -> Result<(), Refusal> {
    let offers = head.headers.get_all(http::header::UPGRADE).iter();
    let mut protocols = offers.flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    if protocols.all(|protocol| protocol.trim_ascii().eq_ignore_ascii_case(b"h2c")) {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::NOT_IMPLEMENTED,
        "upgrade",
        "upgrades to other protocols, such as WebSocket, are not supported",
    ))
}

#[cfg(test)]
mod tests;
