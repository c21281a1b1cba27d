//! The body of the API's response, as it arrives, limited in how long it may pause.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::{BearerTokenBody, Error, ForwardingBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::fields;
use crate::server::Stall;

#[derive(Debug)]
pub(crate) struct ResponseBody {
    inner: BearerTokenBody<ForwardingBody>,
    pause: Stall,
    broken: Option<ResponseBodyError>,
}

/// The response cannot be completed; the caller's connection is closed.
#[derive(Debug)]
pub(crate) enum ResponseBodyError {
    Stalled,
    Api(Error),
}

impl ResponseBody {
    pub(super) fn new(inner: BearerTokenBody<ForwardingBody>, limit: Duration) -> Self {
        Self {
            inner,
            pause: Stall::new(limit),
            broken: None,
        }
    }

    /// Returns an error at the next call: until then the server writes what there is, and the caller learns the status.
    fn broken(
        &mut self,
        error: ResponseBodyError,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResponseBodyError>>> {
        self.broken = Some(error);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = ResponseBodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResponseBodyError>>> {
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) else {
            let stalled = self.pause.poll_over(context);
            return stalled.map(|()| Some(Err(ResponseBodyError::Stalled)));
        };
        self.pause.progress();
        match frame {
            Some(Err(error)) => self.broken(ResponseBodyError::Api(error), context),
            Some(Ok(mut frame)) => {
                if let Some(trailers) = frame.trailers_mut() {
                    fields::keep_those_of_the_message(trailers);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl fmt::Display for ResponseBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stalled => "the API paused for too long within its response",
            Self::Api(_) => "the API's response broke off",
        })
    }
}

impl std::error::Error for ResponseBodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Stalled => None,
            Self::Api(error) => Some(error),
        }
    }
}
