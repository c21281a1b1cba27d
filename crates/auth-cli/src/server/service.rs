//! What a server does with one request: checks its caller, answers it or passes it on, and observes the response.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, Version};
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};

use super::admin;
use super::caller_body::CallerBody;
use super::callers::{Callers, Transport};
use super::metrics::Metrics;
use super::observed::{Observation, ObservedBody};
use super::refusal::{Format, Refusal};
use crate::vendor::Client;

/// The response of a server itself on the left, one that is passed on on the right.
pub(crate) type Handled<B> = Result<Response<Either<Full<Bytes>, B>>, Refusal>;

/// What a server does with the requests of its callers.
pub(crate) trait Handler: fmt::Debug + Send + Sync + 'static {
    type Body: Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Unpin + Send + 'static;

    const FORMAT: Format;

    /// Answers a request of a permitted caller.
    fn handle(
        &self,
        request: Request<CallerBody>,
        transport: Transport,
    ) -> impl Future<Output = Handled<Self::Body>> + Send;
}

/// A server, for all of its connections.
#[derive(Debug)]
pub(super) struct Server<H> {
    pub(super) handler: H,
    pub(super) callers: Callers,
    pub(super) client: Client,
    pub(super) metrics: Arc<Metrics>,
    /// How long a body may pause in either direction.
    pub(super) timeout: Duration,
    pub(super) role: Role,
}

/// What a listener serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The handler, with `/healthz` and `/metrics` if there is no other listener for them.
    Main {
        has_admin: bool,
    },
    Admin,
}

impl<H: Handler> Server<H> {
    pub(super) async fn respond(
        &self,
        request: Request<Incoming>,
        transport: Transport,
    ) -> Response<ServerBody<H::Body>> {
        let (head, body) = request.into_parts();
        let observation = Observation::start(&self.metrics, &head);
        let outcome = match self.admit(&head, transport) {
            Ok(None) => {
                let received = self.metrics.received_bytes.clone();
                let body = CallerBody::new(body, self.timeout, received);
                let request = Request::from_parts(head, body);
                self.handler.handle(request, transport).await
            }
            Ok(Some(response)) => Ok(own(response)),
            Err(refusal) => Err(refusal),
        };
        let mut response = outcome.unwrap_or_else(|refusal| {
            self.metrics.refused(refusal.kind);
            tracing::debug!(kind = refusal.kind, "a request was refused");
            own(refusal.response(H::FORMAT))
        });
        *response.version_mut() = Version::HTTP_11;
        let status = response.status();
        response.map(|body| Either::Left(observation.respond(status, body)))
    }

    /// Checks who sends a request; returns the response if it is the server's own.
    fn admit(
        &self,
        head: &Parts,
        transport: Transport,
    ) -> Result<Option<Response<Bytes>>, Refusal> {
        let path = head.uri.path();
        let is_admin = match self.role {
            Role::Main { has_admin } => {
                has_admin && head.uri.authority().is_none() && admin::is_admin(path)
            }
            Role::Admin => true,
        };
        if is_admin && path == admin::HEALTH {
            // A probe has neither the secret nor, in a cluster, a name of this machine, and learns a word.
            Callers::check_page(&head.headers)?;
        } else {
            self.callers.check(head, transport)?;
        }
        if is_admin {
            return admin::respond(&head.method, path, &self.client, &self.metrics).map(Some);
        }
        Ok(None)
    }

    /// Returns a refusal before there is a request.
    pub(super) fn refusal(&self, refusal: &Refusal) -> Response<ServerBody<H::Body>> {
        self.metrics.refused(refusal.kind);
        let response = refusal.response(H::FORMAT);
        response.map(|body| Either::Right(Full::new(body)))
    }
}

/// The body of any response, and that of a refusal before there was a request.
pub(super) type ServerBody<B> = Either<ObservedBody<Either<Full<Bytes>, B>>, Full<Bytes>>;

/// A response of the server itself.
fn own<B>(response: Response<Bytes>) -> Response<Either<Full<Bytes>, B>> {
    response.map(|body| Either::Left(Full::new(body)))
}
