//! How a request finds its reply: a fault, a described endpoint or route, or the vendor's own.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use http::StatusCode;
use wiremock::{Request, ResponseTemplate};

use crate::engine::Engine;
use crate::error::{EmulatedError, phrase};
use crate::fault::{Fault, Instead};
use crate::model::Model;
use crate::reading::{Bearer, Form, Presented};
use crate::records::Place;
use crate::reply::Reply;
use crate::request::ReceivedRequest;
use crate::route::{self, Route};
use crate::token_endpoint::EmulatedTokenEndpoint;

/// Formats an error of the API.
pub(crate) type ApiError = Arc<dyn Fn(&EmulatedError) -> Reply + Send + Sync>;

/// An emulated vendor while it runs.
pub(crate) struct Emulation {
    pub(crate) engine: Engine,
    pub(crate) model: Box<dyn Model>,
    pub(crate) name: Option<String>,
    pub(crate) endpoints: Vec<EmulatedTokenEndpoint>,
    pub(crate) routes: Vec<Route>,
    pub(crate) api_error: Option<ApiError>,
}

/// Where a request arrived.
pub(crate) struct Host {
    pub(crate) number: usize,
    pub(crate) base_url: String,
}

/// What a request meets.
enum Target<'a> {
    Endpoint(&'a EmulatedTokenEndpoint),
    Route(&'a Route),
    Vendor(Place),
}

impl Emulation {
    /// Returns the vendor's name.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.model.name())
    }

    /// Returns the path of the token endpoint.
    pub(crate) fn token_path(&self) -> &str {
        let described = self.endpoints.first().map(EmulatedTokenEndpoint::path);
        self.model.token_path().or(described).unwrap_or("/")
    }

    /// Records and counts a request, applies its fault if one is queued, and creates the regular response otherwise.
    pub(crate) fn respond(&self, host: &Host, request: &Request) -> ResponseTemplate {
        let request = ReceivedRequest::new(&host.base_url, request, self.engine.clock.now());
        let owner = self.model.host_of(request.path());
        if owner.is_some_and(|owner| owner != host.number) {
            // Of no vendor's place: it is recorded, and otherwise as if nothing was there.
            self.engine.live().records.add(Place::Open, request);
            self.engine.unscripted.fetch_add(1, SeqCst);
            let page = Reply::gateway_page(StatusCode::NOT_FOUND);
            return page.into_template(self.engine.clock.now(), Duration::ZERO);
        }
        let (target, parameters) = self.target(&request);
        let client_id = self.client_id(&target, &request);
        let request = request
            .with_parameters(parameters)
            .with_client_id(client_id);
        let place = target.place();
        let (fault, delay) = self.receive(place, &request);
        // Closures of a test run in here. One that panics must not end the connection without a response.
        let reply = catch_unwind(AssertUnwindSafe(|| {
            let reply = self.reply(&target, &request, fault.as_ref());
            self.formatted(reply, request.path())
        }));
        let reply = reply.unwrap_or_else(|_| {
            let text = "a closure of the emulator panicked";
            Reply::text(StatusCode::INTERNAL_SERVER_ERROR, text)
        });
        if place == Place::Api && reply.is_invalid_token() {
            self.engine.unauthorized.fetch_add(1, SeqCst);
        }
        if reply.is_unscripted() {
            self.engine.unscripted.fetch_add(1, SeqCst);
        }
        reply.into_template(self.engine.clock.now(), delay)
    }

    fn target(&self, request: &ReceivedRequest) -> (Target<'_>, Vec<(String, String)>) {
        let path = request.path();
        let mut endpoints = self.endpoints.iter();
        if let Some(endpoint) = endpoints.find(|endpoint| endpoint.path() == path) {
            return (Target::Endpoint(endpoint), Vec::new());
        }
        match route::find(&self.routes, request.method(), path) {
            Some((route, parameters)) => (Target::Route(route), parameters),
            None => (Target::Vendor(self.model.place(path)), Vec::new()),
        }
    }

    /// Returns the client that a token was issued to, or that a token request names.
    fn client_id(&self, target: &Target<'_>, request: &ReceivedRequest) -> Option<String> {
        match target {
            Target::Endpoint(endpoint) => endpoint.client_id(request),
            Target::Vendor(Place::Token) => {
                let basic = Presented::by_basic(request).map(|basic| basic.form_decoded());
                let form = || Presented::by_form(&Form::of(request)?);
                basic.or_else(form).map(|presented| presented.id)
            }
            Target::Route(_) | Target::Vendor(_) => {
                let token = Bearer::of(request).token()?;
                self.engine.owner(token)?.client_id
            }
        }
    }

    /// Records and counts a request, and returns its fault and how much later than at once it is replied to.
    fn receive(&self, place: Place, request: &ReceivedRequest) -> (Option<Fault>, Duration) {
        let mut live = self.engine.live();
        live.records.add(place, request.clone());
        let (fault, latency) = match place {
            Place::Token => {
                self.engine.token_requests.fetch_add(1, SeqCst);
                (live.token_faults.take(), live.token_latency)
            }
            Place::Api => {
                self.engine.api_requests.fetch_add(1, SeqCst);
                (live.api_faults.take(), live.api_latency)
            }
            Place::Open => (None, Duration::ZERO),
        };
        let slower = fault.as_ref().map_or(Duration::ZERO, Fault::delay);
        let delay = latency.saturating_add(slower);
        match place {
            Place::Token => live.token_concurrency.begin(Instant::now(), delay),
            Place::Api => live.api_concurrency.begin(Instant::now(), delay),
            Place::Open => {}
        }
        (fault, delay)
    }

    fn reply(
        &self,
        target: &Target<'_>,
        request: &ReceivedRequest,
        fault: Option<&Fault>,
    ) -> Reply {
        let path = request.path();
        let Some(fault) = fault else {
            return self.proper(target, request);
        };
        let reply = match fault.instead() {
            Instead::Proper => self.proper(target, request),
            Instead::Failure(status) => match target {
                Target::Endpoint(endpoint) => {
                    let error = EmulatedError::of_token_endpoint(status);
                    endpoint.format_error(&error).with_status_code(status)
                }
                Target::Route(_) => {
                    let error = EmulatedError::of_api(status, phrase(status));
                    let reply = self.formatted(Reply::unformatted(error), path);
                    reply.with_status_code(status)
                }
                Target::Vendor(place) => self.model.failure(*place, path, status),
            },
            Instead::InvalidToken(status) => match target {
                Target::Vendor(place) => self.model.invalid_token(*place, path, status),
                Target::Endpoint(_) | Target::Route(_) => {
                    let error = EmulatedError::invalid_token(status);
                    let reply = self.formatted(Reply::unformatted(error), path);
                    reply.with_status_code(status)
                }
            },
            Instead::FrontEnd => Reply::front_end(self.title()),
            Instead::Reply(reply) => reply,
        };
        fault.with_retry_after(reply)
    }

    fn proper(&self, target: &Target<'_>, request: &ReceivedRequest) -> Reply {
        if request.body().len() > self.model.max_body(request.path()) {
            return Reply::gateway_page(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let reply = match target {
            Target::Endpoint(endpoint) => endpoint.reply(request, &self.engine),
            Target::Route(route) => {
                let token = Bearer::of(request).token();
                let is_welcome = token.is_some_and(|token| self.engine.accepts(token));
                if route.requires_token() && !is_welcome {
                    let error = EmulatedError::invalid_token(StatusCode::UNAUTHORIZED);
                    return Reply::unformatted(error);
                }
                route.respond(request)
            }
            Target::Vendor(Place::Token) => self.model.token(request, &self.engine),
            Target::Vendor(Place::Api) => self.model.api(request, &self.engine),
            Target::Vendor(Place::Open) => self.model.open(request),
        };
        if reply.is_unscripted() && route::has_path(&self.routes, request.path()) {
            let error = EmulatedError::of_api(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("no route for {} here", request.method()),
            );
            return Reply::unformatted(error).unscripted();
        }
        reply
    }

    /// Formats an error as the test describes it, or as the vendor does.
    fn formatted(&self, reply: Reply, path: &str) -> Reply {
        let Some(error) = reply.pending_error() else {
            return reply;
        };
        let described = self.api_error.as_ref().map(|format| format(error));
        let formatted = match described {
            // A closure that only changes the error leaves its format to the vendor.
            Some(described) => match described.pending_error() {
                Some(error) => described.clone().formatted(self.model.error(path, error)),
                None => described,
            },
            None => self.model.error(path, error),
        };
        reply.formatted(formatted)
    }

    fn title(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.model.title())
    }
}

impl Target<'_> {
    fn place(&self) -> Place {
        match self {
            Self::Endpoint(_) => Place::Token,
            Self::Route(route) if route.requires_token() => Place::Api,
            Self::Route(_) => Place::Open,
            Self::Vendor(place) => *place,
        }
    }
}

impl fmt::Debug for Emulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulation")
            .field("name", &self.name())
            .field("engine", &self.engine)
            .field("model", &self.model)
            .field("endpoints", &self.endpoints)
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
