//! A `tower` service with the settings of the default client, through which bodies pass frame by frame.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy::{Error as ClientError, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::{self, Handle};
use tower_service::Service;

use super::{Inner, ReqwestHttpClient, Settings};
use crate::error::{Error, Result, Sent};
use crate::http::connections::{MAX_IDLE, is_hang_up, watch};
use crate::http::connector::Connector;
use crate::http::duplex::BoxError;
use crate::http::exchange::{is_farewell, url_of};
use crate::http::failure::{failed, of_body};
use crate::http::log::Pending;
use crate::http::pools::{Reuse, Route};

/// hyper's own client below the settings of the default client.
///
/// reqwest adds headers and copies requests for redirects and retries, which a program that forwards does not want;
/// `cargo xtask bench` shows what that would cost.
pub(super) type Client = hyper_util::client::legacy::Client<Connector, reqwest::Body>;

impl ReqwestHttpClient {
    /// Returns a `tower` service for a program that forwards requests, with this client's TLS, proxy and time limit on connecting: feature `tower`.
    ///
    /// Unlike [`HttpClient::send_stream`](crate::HttpClient::send_stream) it changes nothing: no header is added but `host`, bodies pass frame by frame
    /// with their trailers, and a content coding stays as it is. It has connections of its own. It has no limits on time and size but the one on connecting, so the program sets its own.
    /// Put a [`BearerTokenLayer`](crate::BearerTokenLayer) around it for the token.
    ///
    /// # Examples
    /// ```
    /// use auth_core::{BearerTokenLayer, ReqwestHttpClient, StaticTokenSource};
    /// use http_body_util::Empty;
    /// use tower_layer::Layer as _;
    ///
    /// let source = StaticTokenSource::new("not-a-real-token")?;
    /// let layer = BearerTokenLayer::<_, Empty<bytes::Bytes>>::new(source);
    /// let service = layer.layer(ReqwestHttpClient::builder().build()?.service());
    /// # drop(service);
    /// # Ok::<(), auth_core::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
    pub fn service(&self) -> ForwardingService {
        ForwardingService(self.clone())
    }
}

/// Forwards requests with the settings of a [`ReqwestHttpClient`]: see [`ReqwestHttpClient::service`].
///
/// Its requests need whole URLs. A request without a body and with an idempotent method is resent once, on a new connection, if the server
/// had closed the pooled one.
#[derive(Debug, Clone)]
pub struct ForwardingService(ReqwestHttpClient);

/// A request, which can be sent twice if it is idempotent and has no body.
///
/// Only this is kept during an exchange, since each request moves its futures several times.
struct Outgoing {
    method: Method,
    target: Uri,
    headers: HeaderMap,
    body: reqwest::Body,
    is_repeatable: bool,
}

/// The body of a response of a [`ForwardingService`], as it arrives; dropping it closes the connection.
pub struct ForwardingBody {
    inner: Incoming,
    /// For the message of an error.
    client: ReqwestHttpClient,
    target: Uri,
}

impl<B> Service<Request<B>> for ForwardingService
where
    B: Body<Data = Bytes> + Send + Sync + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ForwardingBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let client = self.0.clone();
        let pending = Pending::start(&request);
        let mut outgoing = Outgoing::of(request);
        Box::pin(async move {
            let outcome = client.current().await.forward(&mut outgoing).await;
            Pending::end(pending, &outcome);
            outcome
        })
    }
}

impl ReqwestHttpClient {
    async fn forward(&self, outgoing: &mut Outgoing) -> Result<Response<ForwardingBody>> {
        let runtime = Handle::try_current()
            .map_err(|_| {
                Error::config("no tokio runtime is running here: call this from within one")
            })?
            .id();
        let started = Instant::now();
        let route = self.route_of(&outgoing.target)?;
        let request = outgoing.request();
        let (mut outcome, is_new) =
            watch(self.execute_forwarded(runtime, route, Reuse::Kept, request)?).await;
        if outgoing.is_repeatable && !is_new && has_ended(&outcome) {
            tracing::debug!("the server had closed the connection, resending");
            let request = outgoing.request();
            outcome = self
                .execute_forwarded(runtime, route, Reuse::Never, request)?
                .await;
        }
        let response = outcome.map_err(|error| {
            let described = self.described(&outgoing.target);
            let error = of_body((&error).into())
                .unwrap_or_else(|| failed(&error, &described, started.elapsed()));
            error.of_request(outgoing.method.is_idempotent())
        })?;
        Ok(response.map(|inner| ForwardingBody {
            inner,
            client: self.clone(),
            target: outgoing.target.clone(),
        }))
    }

    fn route_of(&self, target: &Uri) -> Result<Route> {
        match target.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP && target.authority().is_some() => {
                Ok(Route::Plain)
            }
            Some(scheme) if *scheme == Scheme::HTTPS => self.0.settings.route(&url_of(target)?),
            _ => Err(Error::config(
                "a request to forward has no whole URL: give it the API's, with scheme and host",
            )),
        }
    }

    fn execute_forwarded(
        &self,
        runtime: runtime::Id,
        route: Route,
        reuse: Reuse,
        request: Request<reqwest::Body>,
    ) -> Result<ResponseFuture> {
        let Inner {
            settings,
            forwarding,
            ..
        } = &*self.0;
        let make = || settings.forwarding_client(route, reuse);
        forwarding.with_client(runtime, route, reuse, make, |client| {
            client.request(request)
        })
    }
}

impl Settings {
    fn forwarding_client(&self, route: Route, reuse: Reuse) -> Result<Client> {
        let proxy = match (route, &self.proxy) {
            (Route::Proxied, Ok(proxy)) => proxy.matcher(),
            (Route::Proxied, Err(error)) => return Err(error.clone()),
            (Route::Plain | Route::Direct, _) => None,
        };
        let mut builder = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(MAX_IDLE);
        if reuse == Reuse::Never {
            builder.pool_max_idle_per_host(0);
        }
        let connector = Connector::new(Arc::clone(&self.tls), proxy, self.connect_timeout);
        Ok(builder.build(connector))
    }
}

impl Outgoing {
    fn of<B>(request: Request<B>) -> Self
    where
        B: Body<Data = Bytes> + Send + Sync + 'static,
        B::Error: Into<BoxError>,
    {
        let (mut head, body) = request.into_parts();
        let is_empty = body.is_end_stream();
        if is_empty && has_length(&head.method) {
            // The stack sets the length only for a non-empty body; some servers reject a POST without a length (RFC 9110 section 8.6).
            let none = HeaderValue::from_static("0");
            head.headers.insert(CONTENT_LENGTH, none);
        }
        if let Some(host) = host_of(&head.uri) {
            head.headers.entry(HOST).or_insert(host);
        }
        Self {
            is_repeatable: is_empty && head.method.is_idempotent(),
            body: match is_empty {
                true => reqwest::Body::default(),
                false => reqwest::Body::wrap(body),
            },
            method: head.method,
            target: head.uri,
            headers: head.headers,
        }
    }

    /// Returns the request to send; once, unless it is repeatable.
    fn request(&mut self) -> Request<reqwest::Body> {
        let mut request = Request::new(mem::take(&mut self.body));
        *request.headers_mut() = match self.is_repeatable {
            true => self.headers.clone(),
            false => mem::take(&mut self.headers),
        };
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.clone();
        request
    }
}

/// Returns the `host` header for most targets; the stack, which sets it for the others, would format it anew for every request.
fn host_of(target: &Uri) -> Option<HeaderValue> {
    let authority = target.authority()?.as_str();
    // The stack leaves out user info and a default port.
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    let is_sent_whole = !authority.contains('@') && !matches!(port, Some("" | "80" | "443"));
    is_sent_whole.then(|| HeaderValue::from_str(authority).ok())?
}

/// Returns true if an exchange on a kept connection met its end.
fn has_ended(outcome: &std::result::Result<Response<Incoming>, ClientError>) -> bool {
    match outcome {
        Ok(response) => is_farewell(response.status(), response.headers()),
        Err(error) => is_hang_up(error),
    }
}

impl Body for ForwardingBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        frame.map(|frame| {
            frame.map(|frame| {
                frame.map_err(|error| {
                    let origin = self.client.described(&self.target);
                    let error = failed(&error, &origin, Duration::ZERO);
                    error.with_sent(Sent::Answered)
                })
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl fmt::Debug for ForwardingBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The target's query may contain anything.
        f.debug_struct("ForwardingBody").finish_non_exhaustive()
    }
}

/// Returns true for methods whose requests usually have a body.
fn has_length(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

#[cfg(test)]
mod tests;
