//! What a vendor's module must say for the emulator to speak for it.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use wiremock::Request;

use crate::answer::Answer;
use crate::datasaur::Datasaur;
use crate::maia::Maia;
use crate::runai::Runai;
use crate::state::State;
use crate::vendor::Vendor;

/// Where a request goes, which decides its counter, its faults and its latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The token endpoint, whatever the method.
    Token,
    /// A path of the API that wants a token.
    Api,
    /// Everything else: health, the web front end, unknown paths.
    Open,
}

/// Answers requests as one vendor does.
pub(crate) trait Behaviour: fmt::Debug + Send + Sync {
    /// Returns the path of the token endpoint that the emulator prints.
    fn token_path(&self, state: &State) -> &'static str;

    /// Returns how long the vendor's tokens live.
    fn token_lifetime(&self) -> Duration;

    /// Returns the user name of the administrator unless another is set, where the vendor signs in people too.
    fn username(&self) -> Option<&'static str>;

    /// Returns the title of the vendor's web front end.
    fn title(&self) -> &'static str;

    /// Sorts a path.
    fn place(&self, path: &str) -> Place;

    /// Answers a request to the token endpoint.
    fn token(&self, request: &Request, state: &State) -> Answer;

    /// Answers a request to the API.
    fn api(&self, request: &Request, state: &State) -> Answer;

    /// Answers every other request.
    fn open(&self, request: &Request) -> Answer;

    /// Makes the answer that an injected status of 400 or above calls for at this place.
    fn failure(&self, place: Place, path: &str, status: StatusCode) -> Answer;

    /// Makes the answer that refuses the caller's token at this place, with any status.
    fn refusal(&self, place: Place, path: &str, status: StatusCode) -> Answer {
        self.failure(place, path, status).refusing_token()
    }
}

/// Returns the module that speaks for a vendor.
pub(crate) fn of(vendor: Vendor) -> &'static dyn Behaviour {
    match vendor {
        Vendor::Datasaur => &Datasaur,
        Vendor::Maia => &Maia,
        Vendor::Runai => &Runai,
    }
}

/// Returns true if `path` is `prefix` or lies below it.
pub(crate) fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
