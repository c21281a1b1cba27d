//! The default client's requests with streams as bodies.

use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response};
use tokio::runtime::{Handle, Id};

use super::ReqwestHttpClient;
use crate::error::{Error, Result, Sent};
use crate::http::connections::watch;
use crate::http::exchange::{outgoing, url_of, was_closed};
use crate::http::failure::timed_out;
use crate::http::pools::{Reuse, Route};
use crate::http::release::{Releasable, Release, Tied, WINDOW};
use crate::http::runtime::or_error;
use crate::http::transfer::{Download, Progress, Upload, failed_transfer, other_length};
use crate::http::{BodyStream, RequestLimits};

impl ReqwestHttpClient {
    pub(super) async fn stream(
        &self,
        request: Request<BodyStream>,
        limits: RequestLimits,
    ) -> Result<Response<BodyStream>> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::config("no tokio runtime is running here: call this from within one")
        })?;
        let runtime = runtime.id();
        let started = Instant::now();
        let (head, mut body) = request.into_parts();
        check_length(&head.method, &mut body).await?;
        let request = Request::from_parts(head, body.as_bytes().cloned().unwrap_or_default());
        let target = url_of(request.uri())?;
        let route = self.0.settings.route(&target)?;
        let origin = self.described(request.uri());
        let progress = Progress::new();
        let mut first = outgoing(&request, target);
        let is_whole = body.as_bytes().is_some();
        if !is_whole {
            first.headers_mut().remove(CONTENT_LENGTH);
        }
        let exchange = async {
            // A stream cannot be resent if a pooled connection turns out to be closed.
            if !is_whole {
                let (body, release) = Releasable::new(Upload::new(body, progress.clone()));
                *first.body_mut() = Some(reqwest::Body::wrap(body));
                let sent = self.execute(runtime, route, Reuse::Never, first)?;
                let (outcome, release) = Tied::new(sent, release).await;
                return Ok((outcome, Some(release)));
            }
            if request.body().len() > WINDOW {
                let sent = self.send_large(&request, runtime, route, Reuse::Kept, &progress);
                return sent
                    .await
                    .map(|(outcome, release)| (outcome, Some(release)));
            }
            let sent = self.execute(runtime, route, Reuse::Kept, first)?;
            if !request.method().is_idempotent() {
                return Ok((sent.await, None));
            }
            let (outcome, is_new) = watch(sent).await;
            if is_new || !was_closed(&outcome) {
                return Ok((outcome, None));
            }
            drop(outcome);
            let again = self.repeat(&request, runtime, route).await?;
            Ok((again, None))
        };
        let limited = async {
            match progress.within(limits.timeout(), exchange).await {
                Some(outcome) => outcome,
                None => Err(timed_out(&origin, started.elapsed())),
            }
        };
        let (outcome, release) = or_error(Box::pin(limited).as_mut()).await?;
        let response =
            outcome.map_err(|error| failed_transfer(error, &origin, started.elapsed()))?;
        let (mut head, body) = Response::<reqwest::Body>::from(response).into_parts();
        let body = Download::open(body, head.status, &mut head.headers, limits, origin)?;
        let body = match release {
            Some(release) => release.with(body),
            None => body,
        };
        Ok(Response::from_parts(head, body))
    }

    /// Sends a body that is too large for the system's buffers, such that it is released with the call; notes in `progress` what is sent.
    pub(super) async fn send_large(
        &self,
        request: &Request<Bytes>,
        runtime: Id,
        route: Route,
        reuse: Reuse,
        progress: &Progress,
    ) -> Result<(reqwest::Result<reqwest::Response>, Release)> {
        let attempt = |reuse| {
            let mut outgoing = outgoing(request, url_of(request.uri())?);
            let source = BodyStream::from(request.body().clone());
            let (body, release) = Releasable::new(Upload::new(source, progress.clone()));
            *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
            let sent = self.execute(runtime, route, reuse, outgoing)?;
            Ok::<_, Error>(Tied::new(sent, release))
        };
        let (sent, is_new) = watch(attempt(reuse)?).await;
        let may_repeat = reuse == Reuse::Kept && request.method().is_idempotent();
        if !may_repeat || is_new || !was_closed(&sent.0) {
            return Ok(sent);
        }
        drop(sent);
        tracing::debug!("the server had closed the connection, resending");
        Ok(attempt(Reuse::Never)?.await)
    }
}

/// Rejects bodies that the stack would silently leave out: one without a length for methods that rarely have a body, and one whose
/// length is said to be zero, which it would not read.
async fn check_length(method: &Method, body: &mut BodyStream) -> Result<()> {
    if body.as_bytes().is_some() {
        return Ok(());
    }
    match body.length() {
        None if matches!(*method, Method::GET | Method::HEAD | Method::CONNECT) => {
            Err(Error::config(format!(
                "the length of a streamed {method} body is unknown: set it with with_length, or use another method"
            )))
        }
        Some(0) if body.chunk().await?.is_some() => Err(other_length().with_sent(Sent::No)),
        _ => Ok(()),
    }
}
