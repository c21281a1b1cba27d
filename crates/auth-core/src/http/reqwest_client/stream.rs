//! The default client's requests with streams as bodies.

use std::time::Instant;

use http::header::CONTENT_LENGTH;
use http::{Request, Response};
use tokio::runtime::Handle;

use super::ReqwestHttpClient;
use crate::error::{Error, Result};
use crate::http::connections::watch;
use crate::http::exchange::{outgoing, url_of, was_closed};
use crate::http::failure::timed_out;
use crate::http::pools::Reuse;
use crate::http::runtime::or_error;
use crate::http::transfer::{Download, Progress, Upload, failed_transfer};
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
        let (head, body) = request.into_parts();
        let request = Request::from_parts(head, body.as_bytes().cloned().unwrap_or_default());
        let target = url_of(request.uri())?;
        let route = self.0.settings.route(&target)?;
        let origin = self.described(request.uri());
        let progress = Progress::new();
        let mut first = outgoing(&request, target);
        let is_whole = body.as_bytes().is_some();
        if !is_whole {
            first.headers_mut().remove(CONTENT_LENGTH);
            let upload = Upload::new(body, progress.clone());
            *first.body_mut() = Some(reqwest::Body::wrap(upload));
        }
        let exchange = async {
            // A stream cannot be resent if a pooled connection turns out to be closed.
            if !is_whole {
                return Ok(self.execute(runtime, route, Reuse::Never, first)?.await);
            }
            let sent = self.execute(runtime, route, Reuse::Kept, first)?;
            if !request.method().is_idempotent() {
                return Ok(sent.await);
            }
            let (outcome, is_new) = watch(sent).await;
            if is_new || !was_closed(&outcome) {
                return Ok(outcome);
            }
            drop(outcome);
            self.repeat(&request, runtime, route).await
        };
        let limited = async {
            match progress.within(limits.timeout(), exchange).await {
                Some(outcome) => outcome,
                None => Err(timed_out(&origin, started.elapsed())),
            }
        };
        let response = or_error(Box::pin(limited).as_mut())
            .await?
            .map_err(|error| failed_transfer(error, &origin, started.elapsed()))?;
        let (mut head, body) = Response::<reqwest::Body>::from(response).into_parts();
        let body = Download::open(body, head.status, &mut head.headers, limits, origin)?;
        Ok(Response::from_parts(head, body))
    }
}
