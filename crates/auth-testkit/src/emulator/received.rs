//! What a running emulator has received, for a test to assert on.

use http::Method;

use super::Emulator;
use crate::path_template::PathTemplate;
use crate::records::Place;
use crate::request::ReceivedRequest;

impl Emulator {
    /// Returns the requests that were received, in order, whatever the responses were.
    ///
    /// The oldest are forgotten once all take up 16 MiB; the counters, such as
    /// [`token_requests`](Self::token_requests), forget nothing.
    pub fn received_requests(&self) -> Vec<ReceivedRequest> {
        self.recorded(|_, _| true)
    }

    /// Returns the requests that the token endpoint received, in order.
    pub fn received_token_requests(&self) -> Vec<ReceivedRequest> {
        self.recorded(|place, _| place == Place::Token)
    }

    /// Returns the requests with this method whose path matches the template, such as `/users/{id}`, in order.
    ///
    /// # Panics
    ///
    /// If the template is not one that a route could have.
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "a template that cannot match is a mistake in the test that wrote it"
    )]
    pub fn received_requests_to(&self, method: &Method, path: &str) -> Vec<ReceivedRequest> {
        let template = match PathTemplate::parse(path) {
            Ok(template) => template,
            Err(message) => panic!("the path template {path:?} is invalid: {message}"),
        };
        self.recorded(|_, request| {
            request.method() == method && template.parameters(request.path()).is_some()
        })
    }

    /// Forgets the requests that were received so far; the counters stay as they are.
    pub fn clear_received_requests(&self) {
        self.engine().live().records.clear();
    }

    fn recorded(
        &self,
        is_wanted: impl Fn(Place, &ReceivedRequest) -> bool,
    ) -> Vec<ReceivedRequest> {
        let live = self.engine().live();
        let wanted = live
            .records
            .iter()
            .filter(|(place, request)| is_wanted(*place, request));
        wanted.map(|(_, request)| request.clone()).collect()
    }
}
