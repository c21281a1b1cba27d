//! The default client as a `tower` service, through which bodies pass frame by frame.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response, Uri};
use http_body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;
use tower_service::Service;

use super::ReqwestHttpClient;
use crate::error::{Error, Result, Sent};
use crate::http::connections::watch;
use crate::http::exchange::{url_of, was_closed};
use crate::http::failure::failed;
use crate::http::log::Pending;
use crate::http::pools::Reuse;
use crate::http::transfer::failed_transfer;

impl ReqwestHttpClient {
    /// Returns the client as a `tower` service for a program that forwards requests: feature `tower`.
    ///
    /// Unlike [`HttpClient::send_stream`](crate::HttpClient::send_stream) it changes nothing: bodies pass frame by frame with their trailers, and a
    /// content coding stays as it is. It has no limits on time and size but the one on connecting, so the program sets its own.
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
    pub fn service(&self) -> ReqwestHttpService {
        ReqwestHttpService(self.clone())
    }
}

/// A [`ReqwestHttpClient`] as a `tower` service: see [`ReqwestHttpClient::service`].
///
/// Its requests need whole URLs. A request without a body and with an idempotent method is resent once, on a new connection, if the server
/// had closed the pooled one.
#[derive(Debug, Clone)]
pub struct ReqwestHttpService(ReqwestHttpClient);

/// The body of a response of a [`ReqwestHttpService`], as it arrives; dropping it closes the connection.
pub struct ReqwestHttpBody {
    inner: reqwest::Body,
    /// For the message of an error.
    client: ReqwestHttpClient,
    target: Uri,
}

impl<B> Service<Request<B>> for ReqwestHttpService
where
    B: Body<Data = Bytes> + Send + Sync + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = Response<ReqwestHttpBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let client = self.0.clone();
        Box::pin(async move {
            let pending = Pending::start(&request);
            let outcome = client.current().await.pass(request).await;
            Pending::end(pending, &outcome);
            outcome
        })
    }
}

impl ReqwestHttpClient {
    async fn pass<B>(&self, request: Request<B>) -> Result<Response<ReqwestHttpBody>>
    where
        B: Body<Data = Bytes> + Send + Sync + 'static,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let runtime = Handle::try_current()
            .map_err(|_| {
                Error::config("no tokio runtime is running here: call this from within one")
            })?
            .id();
        let started = Instant::now();
        let (head, body) = request.into_parts();
        let target = url_of(&head.uri)?;
        let route = self.0.settings.route(&target)?;
        let is_idempotent = head.method.is_idempotent();
        let may_repeat = is_idempotent && body.is_end_stream();
        let mut outgoing = reqwest::Request::new(head.method, target);
        *outgoing.headers_mut() = head.headers;
        if !body.is_end_stream() {
            *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
        } else if has_length(outgoing.method()) {
            // The stack sets the length only for a non-empty body; some servers reject a POST without a length (RFC 9110 section 8.6).
            let none = HeaderValue::from_static("0");
            outgoing.headers_mut().insert(CONTENT_LENGTH, none);
        }
        let again = may_repeat.then(|| outgoing.try_clone()).flatten();
        let (mut outcome, is_new) =
            watch(self.execute(runtime, route, Reuse::Kept, outgoing)?).await;
        if let Some(again) = again
            && !is_new
            && was_closed(&outcome)
        {
            tracing::debug!("the server had closed the connection, resending");
            outcome = self.execute(runtime, route, Reuse::Never, again)?.await;
        }
        let response = outcome.map_err(|error| {
            let origin = self.described(&head.uri);
            failed_transfer(error, &origin, started.elapsed()).of_request(is_idempotent)
        })?;
        let response = Response::<reqwest::Body>::from(response);
        Ok(response.map(|inner| ReqwestHttpBody {
            inner,
            client: self.clone(),
            target: head.uri,
        }))
    }
}

impl Body for ReqwestHttpBody {
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
                    let error = failed(&error.without_url(), &origin, Duration::ZERO);
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

impl fmt::Debug for ReqwestHttpBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The target's query may contain anything.
        f.debug_struct("ReqwestHttpBody").finish_non_exhaustive()
    }
}

/// Returns true for methods whose requests usually have a body.
fn has_length(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}
