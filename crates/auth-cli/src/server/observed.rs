//! One line in the access log and the metrics for each request, once its response is complete or abandoned.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::{Buf as _, Bytes};
use http::request::Parts;
use http::{Method, StatusCode};
use http_body::{Body, Frame, SizeHint};

use super::metrics::Metrics;

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Observation {
    metrics: Arc<Metrics>,
    started: Instant,
    /// Only if the log is read; the query may contain anything and is left out.
    target: Option<(Method, String)>,
    /// None while there is no response.
    status: Option<StatusCode>,
    sent: u64,
    is_complete: bool,
}

impl Observation {
    pub(super) fn start(metrics: &Arc<Metrics>, head: &Parts) -> Self {
        metrics.in_flight.increment(1);
        let is_logged = tracing::enabled!(target: "vauth::access", tracing::Level::INFO);
        Self {
            metrics: Arc::clone(metrics),
            started: Instant::now(),
            target: is_logged.then(|| (head.method.clone(), head.uri.path().to_owned())),
            status: None,
            sent: 0,
            is_complete: false,
        }
    }

    /// Continues with the body of the response.
    pub(super) fn respond<B: Body>(mut self, status: StatusCode, inner: B) -> ObservedBody<B> {
        self.status = Some(status);
        self.is_complete = inner.is_end_stream();
        ObservedBody {
            inner,
            observation: self,
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.metrics.in_flight.decrement(1);
        self.metrics.sent_bytes.increment(self.sent);
        let elapsed = self.started.elapsed();
        if let Some(status) = self.status {
            self.metrics.completed(status, elapsed);
        }
        if let Some((method, path)) = &self.target {
            // A caller that went away before there was a response gets none.
            let status = self.status.map_or(0, |status| status.as_u16());
            tracing::info!(
                target: "vauth::access",
                method = method.as_str(),
                path,
                status,
                bytes = self.sent,
                ?elapsed,
                complete = self.is_complete,
                "request served"
            );
        }
    }
}

/// The body of a response, whose end completes the observation.
#[derive(Debug)]
pub(super) struct ObservedBody<B> {
    inner: B,
    observation: Observation,
}

impl<B: Body<Data = Bytes> + Unpin> Body for ObservedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, |data| data.remaining());
                self.observation.sent += length as u64;
                self.observation.is_complete = self.inner.is_end_stream();
            }
            Poll::Ready(None) => self.observation.is_complete = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
