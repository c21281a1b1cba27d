//! What an emulated vendor must say: where its endpoints are, what they reply, and the format of its errors.

use std::fmt;
use std::time::Duration;

use auth_core::Secret;
use http::StatusCode;

use crate::engine::Engine;
use crate::error::EmulatedError;
use crate::records::Place;
use crate::reply::Reply;
use crate::request::ReceivedRequest;

/// Replies to requests as one vendor does, and owns what only that vendor keeps.
pub(crate) trait Model: fmt::Debug + Send + Sync {
    /// Returns the vendor's name in lower case.
    fn name(&self) -> &str;

    /// Returns the title of the vendor's web interface.
    fn title(&self) -> &str {
        self.name()
    }

    /// Returns the path of the token endpoint that the emulator prints, if the vendor has one of its own.
    fn token_path(&self) -> Option<&str>;

    /// Returns how long the vendor's tokens live.
    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    /// Returns the user who can sign in with a password.
    fn user(&self) -> Option<(&str, &Secret)> {
        None
    }

    /// Makes what the vendor keeps, once the clients and the clock are known.
    fn seed(&self, _engine: &Engine) {}

    /// Returns how many hosts there are beside the first one.
    fn further_hosts(&self) -> usize {
        0
    }

    /// Returns the number of the host that serves a path, and `None` if every host does.
    fn host_of(&self, path: &str) -> Option<usize> {
        let _ = path;
        None
    }

    /// Returns the path that files are uploaded to.
    fn upload_path(&self) -> Option<&str> {
        None
    }

    /// Returns how large a request's body may be; 1 MiB, as gateways have it by default, is more than most requests need.
    fn max_body(&self, path: &str) -> usize {
        let _ = path;
        1 << 20
    }

    /// Sorts a path.
    fn place(&self, path: &str) -> Place;

    /// Replies to a request to the token endpoint.
    fn token(&self, request: &ReceivedRequest, engine: &Engine) -> Reply;

    /// Replies to a request to the API.
    fn api(&self, request: &ReceivedRequest, engine: &Engine) -> Reply;

    /// Replies to every other request.
    fn open(&self, request: &ReceivedRequest) -> Reply;

    /// Creates the reply for an injected status of 400 or above on this path.
    fn failure(&self, place: Place, path: &str, status: StatusCode) -> Reply;

    /// Creates the reply that rejects the caller's token on this path, with any status.
    fn invalid_token(&self, place: Place, path: &str, status: StatusCode) -> Reply {
        self.failure(place, path, status).with_invalid_token()
    }

    /// Formats an error of a route that was added to the vendor's own.
    fn error(&self, path: &str, error: &EmulatedError) -> Reply {
        let status = error.status_code();
        if error.is_invalid_token() {
            self.invalid_token(Place::Api, path, status)
        } else {
            self.failure(Place::Api, path, status)
        }
    }
}

/// Returns true if `path` is `prefix` or lies below it.
pub(crate) fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
