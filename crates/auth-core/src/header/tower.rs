//! The 401 rules as a `tower` layer, for hyper, tonic, kube and everything else that is built of services.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::AUTHORIZATION;
use http::{Request, Response, Uri};
use tower_layer::Layer;
use tower_service::Service;

use super::{other_origin, refuses_token};
use crate::error::Result;
use crate::http::BaseUrl;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// Adds the token of a source to every request that passes through.
///
/// Requests whose URI names no host go where the inner service is connected; those that name one must name an allowed origin.
/// After a refusal the source is told. The request is sent once more if [`TokenLayer::with_resend`] can copy its body;
/// otherwise the 401 is returned, and the next request has another token.
pub struct TokenLayer<S, B> {
    shared: Arc<Shared<S, B>>,
}

/// What [`TokenLayer`] makes of an inner service.
pub struct TokenService<S, B, I> {
    shared: Arc<Shared<S, B>>,
    inner: I,
}

struct Shared<S, B> {
    source: S,
    origins: Vec<BaseUrl>,
    copy_body: Option<fn(&B) -> Option<B>>,
}

impl<S: TokenSource, B> TokenLayer<S, B> {
    /// Makes a layer over a source, best a cache.
    pub fn new(source: S) -> Self {
        Self::of(source, Vec::new(), None)
    }

    /// Allows requests whose URI names this origin.
    #[must_use]
    pub fn with_origin(self, origin: BaseUrl) -> Self
    where
        S: Clone,
    {
        let mut origins = self.shared.origins.clone();
        origins.push(origin);
        Self::of(self.shared.source.clone(), origins, self.shared.copy_body)
    }

    /// Sets how a body is copied for the one resend; `None` for a body that cannot be sent twice.
    #[must_use]
    pub fn with_resend(self, copy_body: fn(&B) -> Option<B>) -> Self
    where
        S: Clone,
    {
        Self::of(
            self.shared.source.clone(),
            self.shared.origins.clone(),
            Some(copy_body),
        )
    }

    fn of(source: S, origins: Vec<BaseUrl>, copy_body: Option<fn(&B) -> Option<B>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                source,
                origins,
                copy_body,
            }),
        }
    }
}

impl<S, B, I> Layer<I> for TokenLayer<S, B> {
    type Service = TokenService<S, B, I>;

    fn layer(&self, inner: I) -> Self::Service {
        TokenService {
            shared: Arc::clone(&self.shared),
            inner,
        }
    }
}

impl<S, B, I, R> Service<Request<B>> for TokenService<S, B, I>
where
    S: TokenSource + 'static,
    B: Send + 'static,
    I: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    I::Error: Into<BoxError>,
    I::Future: Send,
    R: Send + 'static,
{
    type Response = Response<R>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The clone that was polled ready is the one to call; the fresh one waits for the next request.
        let fresh = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, fresh);
        Box::pin(Arc::clone(&self.shared).send(ready, request))
    }
}

impl<S: TokenSource, B: Send> Shared<S, B> {
    async fn send<I, R>(
        self: Arc<Self>,
        mut service: I,
        request: Request<B>,
    ) -> Result<Response<R>, BoxError>
    where
        I: Service<Request<B>, Response = Response<R>>,
        I::Error: Into<BoxError>,
    {
        self.check(request.uri())?;
        let copy = self.copy(&request);
        let token = self.token().await?;
        let response = service
            .call(authorized(request, &token))
            .await
            .map_err(Into::into)?;
        if !refuses_token(&response) {
            return Ok(response);
        }
        self.source.invalidate(&token);
        let Some(copy) = copy else {
            return Ok(response);
        };
        let next = self.token().await?;
        if next.is_same_token(&token) {
            return Ok(response);
        }
        // An unread body would keep the connection, and the resend waiting for it.
        drop(response);
        poll_fn(|context| service.poll_ready(context))
            .await
            .map_err(Into::into)?;
        service
            .call(authorized(copy, &next))
            .await
            .map_err(Into::into)
    }

    fn check(&self, uri: &Uri) -> Result<()> {
        let is_allowed = uri.authority().is_none()
            || self.origins.iter().any(|origin| origin.is_same_origin(uri));
        if is_allowed {
            Ok(())
        } else {
            Err(other_origin())
        }
    }

    fn copy(&self, request: &Request<B>) -> Option<Request<B>> {
        let body = self.copy_body.and_then(|copy| copy(request.body()))?;
        let mut copy = Request::new(body);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.version_mut() = request.version();
        *copy.headers_mut() = request.headers().clone();
        *copy.extensions_mut() = request.extensions().clone();
        Some(copy)
    }

    /// A failed sign-in means that the request itself was never sent.
    async fn token(&self) -> Result<AccessToken> {
        self.source
            .token()
            .await
            .map_err(|error| error.with_sent(false))
    }
}

impl<S, B> Clone for TokenLayer<S, B> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<S, B, I: Clone> Clone for TokenService<S, B, I> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            inner: self.inner.clone(),
        }
    }
}

impl<S: fmt::Debug, B> fmt::Debug for TokenLayer<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenLayer")
            .field("source", &self.shared.source)
            .field("origins", &self.shared.origins)
            .finish_non_exhaustive()
    }
}

impl<S: fmt::Debug, B, I> fmt::Debug for TokenService<S, B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenService")
            .field("source", &self.shared.source)
            .finish_non_exhaustive()
    }
}

fn authorized<B>(mut request: Request<B>, token: &AccessToken) -> Request<B> {
    request
        .headers_mut()
        .insert(AUTHORIZATION, token.authorization());
    request
}

type BoxError = Box<dyn StdError + Send + Sync>;

#[cfg(test)]
mod tests;
