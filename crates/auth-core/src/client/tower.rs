//! The 401 rules as a `tower` layer, for hyper, tonic, kube and other stacks built from services.

mod body;
mod grpc;

pub use body::BearerTokenBody;

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, TE};
use http::{Request, Response, Uri};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::attempt::{another, fetch};
use super::forward::{ForwardHeaders, remove_local};
use super::{other_origin, verdict};
use crate::error::Result;
use crate::http::BaseUrl;
use crate::source::{TokenSource, Verdict};
use crate::token::AccessToken;

/// Adds a source's token to every request.
///
/// Requests whose URI has no host go where the inner service is connected; a host in the URI must belong to an allowed origin.
/// The inner service decides where that is, which HTTP version is used, and how redirects are handled: connect it only to the API.
///
/// The layer replaces `authorization` and removes the headers that [`ForwardHeaders`] lists, with two exceptions: `te: trailers`, which
/// gRPC requires, and a `host` that names an allowed origin. For a service that writes its own `host` or upgrades its connections, name
/// these headers with [`BearerTokenLayer::with_forwarded_headers`] or in the request's extensions.
///
/// A rejection is reported to the source. The request is resent once if [`BearerTokenLayer::with_resend`] can copy its body;
/// otherwise the 401 is returned, and the next request has another token. A gRPC response counts as rejected if its status is
/// `UNAUTHENTICATED`. If that is in the trailers, after the stream has started, it is reported to the source then, and nothing is resent.
/// For this, the body of every response is a [`BearerTokenBody`]; the frames of grpc-web, which contain its trailers, are not read.
///
/// # Examples
/// ```
/// use std::convert::Infallible;
/// use std::pin::Pin;
/// use std::task::{Context, Poll};
///
/// use auth_core::{BearerTokenLayer, StaticTokenSource, TokenCache};
/// use http::{HeaderMap, Request, Response};
/// use tower_layer::Layer as _;
/// use tower_service::Service as _;
///
/// /// Where the requests go, such as a connection of hyper or a channel of tonic.
/// #[derive(Clone)]
/// struct Api;
///
/// impl tower_service::Service<Request<String>> for Api {
///     type Response = Response<http_body_util::Full<bytes::Bytes>>;
///     type Error = Infallible;
///     type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;
///
///     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
///         Poll::Ready(Ok(()))
///     }
///
///     fn call(&mut self, request: Request<String>) -> Self::Future {
///         assert!(request.headers().contains_key("authorization"));
///         Box::pin(async { Ok(Response::default()) })
///     }
/// }
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let cache = TokenCache::new(StaticTokenSource::new("not-a-real-token")?);
///     let layer = BearerTokenLayer::new(cache).with_resend(|body: &String| Some(body.clone()));
///     let mut service = layer.layer(Api);
///     std::future::poll_fn(|context| service.poll_ready(context)).await.map_err(|_| "not ready")?;
///     let response = service.call(Request::get("/v1/status").body(String::new())?).await;
///     assert!(response.is_ok());
///     Ok(())
/// }
/// ```
pub struct BearerTokenLayer<S, B> {
    shared: Arc<Shared<S, B>>,
}

/// The service that [`BearerTokenLayer`] creates around an inner service.
pub struct BearerTokenService<S, B, I> {
    shared: Arc<Shared<S, B>>,
    inner: I,
}

struct Shared<S, B> {
    source: Arc<S>,
    settings: Settings<B>,
}

struct Settings<B> {
    origins: Vec<BaseUrl>,
    forward: ForwardHeaders,
    copy_body: Option<fn(&B) -> Option<B>>,
    is_invalid_token: Option<Check>,
}

impl<S: TokenSource, B> BearerTokenLayer<S, B> {
    /// Creates a layer with a source, usually a cache.
    pub fn new(source: S) -> Self {
        let settings = Settings {
            origins: Vec::new(),
            forward: ForwardHeaders::default(),
            copy_body: None,
            is_invalid_token: None,
        };
        let source = Arc::new(source);
        Self {
            shared: Arc::new(Shared { source, settings }),
        }
    }

    /// Allows requests whose URI has this origin.
    #[must_use]
    pub fn with_origin(self, origin: BaseUrl) -> Self {
        self.with(|settings| settings.origins.push(origin))
    }

    /// Forwards these headers of every request to the API, although they are removed by default.
    #[must_use]
    pub fn with_forwarded_headers(self, headers: ForwardHeaders) -> Self {
        self.with(|settings| settings.forward = headers)
    }

    /// Sets how a body is copied for the resend; `None` for a body that cannot be sent twice.
    #[must_use]
    pub fn with_resend(self, copy_body: fn(&B) -> Option<B>) -> Self {
        self.with(|settings| settings.copy_body = Some(copy_body))
    }

    /// Sets how an API reports an invalid token in its body, such as GraphQL in a response with status 200.
    ///
    /// Bodies of JSON up to 64 KiB are checked as they pass, and nothing is resent: the next request has another token.
    #[must_use]
    pub fn with_invalid_token_check(self, is_invalid_token: fn(&Response<Bytes>) -> bool) -> Self {
        self.with(|settings| settings.is_invalid_token = Some(is_invalid_token))
    }

    fn with(self, change: impl FnOnce(&mut Settings<B>)) -> Self {
        let mut settings = self.shared.settings.clone();
        change(&mut settings);
        let source = Arc::clone(&self.shared.source);
        Self {
            shared: Arc::new(Shared { source, settings }),
        }
    }
}

impl<S, B, I> Layer<I> for BearerTokenLayer<S, B> {
    type Service = BearerTokenService<S, B, I>;

    fn layer(&self, inner: I) -> Self::Service {
        BearerTokenService {
            shared: Arc::clone(&self.shared),
            inner,
        }
    }
}

impl<S, B, I, R> Service<Request<B>> for BearerTokenService<S, B, I>
where
    S: TokenSource + 'static,
    B: Send + 'static,
    I: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    I::Error: Into<BoxError>,
    I::Future: Send,
    R: Body + Send + 'static,
{
    type Response = Response<BearerTokenBody<R>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was polled ready must be called; its fresh clone waits for the next request.
        let fresh = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, fresh);
        Box::pin(Arc::clone(&self.shared).send(ready, request))
    }
}

impl<S: TokenSource + 'static, B: Send> Shared<S, B> {
    #[expect(
        clippy::manual_async_fn,
        reason = "the future of an `async fn` has room for each argument twice"
    )]
    fn send<I, R>(
        self: Arc<Self>,
        mut service: I,
        mut request: Request<B>,
    ) -> impl Future<Output = Result<Response<BearerTokenBody<R>>, BoxError>> + Send
    where
        I: Service<Request<B>, Response = Response<R>> + Send,
        I::Error: Into<BoxError>,
        I::Future: Send,
        R: Body + Send,
    {
        async move {
            self.check(request.uri())?;
            self.strip(&mut request);
            let token = fetch(&self.source).await?;
            let copy = self.copy(&request);
            let response = service
                .call(authorized(request, &token))
                .await
                .map_err(Into::into)?;
            let (is_refused, response) = self.judge(&token, response);
            let next = match is_refused && copy.is_some() {
                true => another(&self.source, &token).await?,
                false => None,
            };
            let Some((copy, next)) = copy.zip(next) else {
                return Ok(response);
            };
            // An unread body would block the connection, and with it the resend.
            drop(response);
            poll_fn(|context| service.poll_ready(context))
                .await
                .map_err(Into::into)?;
            let response = service
                .call(authorized(copy, &next))
                .await
                .map_err(Into::into)?;
            Ok(self.judge(&next, response).1)
        }
    }

    /// Reports the verdict in a response's head to the source, and arranges for that in the trailers.
    fn judge<R: Body>(
        &self,
        token: &AccessToken,
        response: Response<R>,
    ) -> (bool, Response<BearerTokenBody<R>>) {
        let (status, headers) = (response.status(), response.headers());
        let is_grpc = status.is_success() && grpc::is_grpc(headers);
        if is_grpc && !grpc::has_status(headers) {
            let source: Arc<dyn TokenSource> = Arc::<S>::clone(&self.source);
            let watched = |body| BearerTokenBody::watched(body, source, token.clone());
            return (false, response.map(watched));
        }
        let verdict = if is_grpc {
            grpc::verdict(headers)
        } else {
            verdict(status, headers)
        };
        let is_refused = verdict.is_some_and(|verdict| verdict != Verdict::Accepted);
        if let (Some(check), false) = (self.settings.is_invalid_token, is_refused)
            && body::may_be_checked(headers)
        {
            let source: Arc<dyn TokenSource> = Arc::<S>::clone(&self.source);
            let (head, body) = response.into_parts();
            let copy = body::Copied::of(&head, verdict, check);
            let body = BearerTokenBody::checked(body, source, token.clone(), copy);
            return (false, Response::from_parts(head, body));
        }
        if let Some(verdict) = verdict {
            self.source.report(token, verdict);
        }
        (is_refused, response.map(BearerTokenBody::plain))
    }

    fn check(&self, uri: &Uri) -> Result<()> {
        let mut origins = self.settings.origins.iter();
        if uri.authority().is_none() || origins.any(|origin| origin.is_same_origin(uri)) {
            Ok(())
        } else {
            Err(other_origin())
        }
    }

    fn strip(&self, request: &mut Request<B>) {
        let headers = request.headers();
        let te = headers
            .get(TE)
            .filter(|&value| value == "trailers")
            .cloned();
        let host = headers.get(HOST).cloned();
        let host = host.filter(|host| host.to_str().is_ok_and(|host| self.names_origin(host)));
        remove_local(request, &self.settings.forward);
        let kept = [(TE, te), (HOST, host)];
        for (name, value) in kept {
            if let Some(value) = value {
                request.headers_mut().insert(name, value);
            }
        }
    }

    /// Returns true if a `Host` header belongs to an allowed origin.
    fn names_origin(&self, host: &str) -> bool {
        self.settings.origins.iter().any(|origin| {
            let scheme = origin.as_str().split("://").next().unwrap_or_default();
            let uri = format!("{scheme}://{host}/").parse::<Uri>();
            uri.is_ok_and(|uri| origin.is_same_origin(&uri))
        })
    }

    fn copy(&self, request: &Request<B>) -> Option<Request<B>> {
        let body = self
            .settings
            .copy_body
            .and_then(|copy| copy(request.body()))?;
        let mut copy = Request::new(body);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.version_mut() = request.version();
        *copy.headers_mut() = request.headers().clone();
        *copy.extensions_mut() = request.extensions().clone();
        Some(copy)
    }
}

impl<B> Clone for Settings<B> {
    fn clone(&self) -> Self {
        Self {
            origins: self.origins.clone(),
            forward: self.forward.clone(),
            copy_body: self.copy_body,
            is_invalid_token: self.is_invalid_token,
        }
    }
}

impl<S, B> Clone for BearerTokenLayer<S, B> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<S, B, I: Clone> Clone for BearerTokenService<S, B, I> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            inner: self.inner.clone(),
        }
    }
}

impl<S: fmt::Debug, B> fmt::Debug for BearerTokenLayer<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerTokenLayer")
            .field("source", &self.shared.source)
            .field("origins", &self.shared.settings.origins)
            .finish_non_exhaustive()
    }
}

impl<S: fmt::Debug, B, I> fmt::Debug for BearerTokenService<S, B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerTokenService")
            .field("source", &self.shared.source)
            .finish_non_exhaustive()
    }
}

fn authorized<B>(mut request: Request<B>, token: &AccessToken) -> Request<B> {
    request
        .headers_mut()
        .insert(AUTHORIZATION, token.authorization_header());
    request
}

/// Whether a whole response says that its token is invalid.
type Check = fn(&Response<Bytes>) -> bool;

type BoxError = Box<dyn StdError + Send + Sync>;

#[cfg(test)]
mod tests;
