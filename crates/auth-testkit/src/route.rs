//! The routes that a test describes: a method, a path template, and a closure that replies.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::path_template::PathTemplate;
use crate::reply::Reply;
use crate::request::ReceivedRequest;

/// Replies to the requests of one route.
pub(crate) type Respond = Arc<dyn Fn(&ReceivedRequest) -> Reply + Send + Sync>;

/// A method and a path that are replied to by a closure.
pub(crate) struct Route {
    method: Method,
    path: PathTemplate,
    requires_token: bool,
    respond: Respond,
}

impl Route {
    pub(crate) fn new(
        method: Method,
        path: PathTemplate,
        requires_token: bool,
        respond: Respond,
    ) -> Self {
        Self {
            method,
            path,
            requires_token,
            respond,
        }
    }

    /// Returns true if only a request with a valid access token is passed to the closure.
    pub(crate) fn requires_token(&self) -> bool {
        self.requires_token
    }

    pub(crate) fn respond(&self, request: &ReceivedRequest) -> Reply {
        (self.respond)(request)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("requires_token", &self.requires_token)
            .finish_non_exhaustive()
    }
}

/// Finds the route of a request and its parameters; a path with fewer parameters wins, then the one added first.
pub(crate) fn find<'a>(
    routes: &'a [Route],
    method: &Method,
    path: &str,
) -> Option<(&'a Route, Vec<(String, String)>)> {
    routes
        .iter()
        .filter(|route| route.method == *method)
        .filter_map(|route| Some((route, route.path.parameters(path)?)))
        .min_by_key(|(_, parameters)| parameters.len())
}

/// Returns true if a route has this path, whatever its method.
pub(crate) fn has_path(routes: &[Route], path: &str) -> bool {
    routes
        .iter()
        .any(|route| route.path.parameters(path).is_some())
}
