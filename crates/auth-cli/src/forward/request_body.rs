//! The body of a forwarded request: held if it is small, so that it can be resent with another token, and streamed otherwise.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::{Method, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;

use super::fields;
use crate::server::{CallerBody, CallerBodyError, Progress, Refusal};

#[derive(Debug)]
pub(super) enum RequestBody {
    Held(Option<Bytes>),
    /// Boxed, since most requests have a small body or none.
    Streamed(Box<CallerBody>),
}

impl RequestBody {
    /// Reads a small body; a large one stays a stream.
    pub(super) async fn read(method: &Method, body: CallerBody) -> Result<Self, Refusal> {
        if body.is_end_stream() {
            return Ok(Self::Held(None));
        }
        match body.size_hint().exact() {
            Some(length) if length <= MAX_HELD => {
                // Boxed, so that requests without a body need no room for it.
                match Box::pin(whole(body)).await {
                    Ok(held) => Ok(Self::Held(Some(held))),
                    Err(CallerBodyError::Broken(_)) => Err(broken_body()),
                    Err(CallerBodyError::Stalled) => Err(stalled_body()),
                }
            }
            // The HTTP stack would leave the body out.
            None if matches!(*method, Method::GET | Method::HEAD) => Err(Refusal::new(
                StatusCode::LENGTH_REQUIRED,
                "length_required",
                "a GET or HEAD request with a body needs a content-length",
            )),
            _ => Ok(Self::Streamed(Box::new(body))),
        }
    }

    /// Returns a copy to resend; a stream has none.
    pub(super) fn copy(&self) -> Option<Self> {
        match self {
            Self::Held(bytes) => Some(Self::Held(bytes.clone())),
            Self::Streamed(_) => None,
        }
    }

    /// Returns the progress of a stream.
    pub(super) fn progress(&mut self) -> Option<Arc<Progress>> {
        match self {
            Self::Held(_) => None,
            Self::Streamed(body) => Some(body.progress()),
        }
    }
}

/// The response to a body that did not arrive in time.
pub(super) fn stalled_body() -> Refusal {
    refusal(StatusCode::REQUEST_TIMEOUT, CallerBodyError::STALLED)
}

/// The response to a body that could not be read; if the connection is broken, nobody reads it.
pub(super) fn broken_body() -> Refusal {
    refusal(StatusCode::BAD_REQUEST, CallerBodyError::BROKEN)
}

fn refusal(status: StatusCode, message: &str) -> Refusal {
    Refusal::new(status, "request_body", message.to_owned())
}

fn without_private(frame: Frame<Bytes>) -> Frame<Bytes> {
    frame
        .into_trailers()
        .map_or_else(std::convert::identity, |mut trailers| {
            fields::keep_those_for_the_api(&mut trailers);
            Frame::trailers(trailers)
        })
}

async fn whole(mut body: CallerBody) -> Result<Bytes, CallerBodyError> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // With a length there are no trailers.
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        if first.is_empty() {
            first = data;
        } else {
            rest.extend_from_slice(&data);
        }
    }
    // Most bodies arrive in one piece, which is not copied.
    if rest.is_empty() {
        return Ok(first);
    }
    Ok([first, rest.freeze()].concat().into())
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = CallerBodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CallerBodyError>>> {
        match self.get_mut() {
            Self::Held(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Streamed(body) => {
                let frame = ready!(Pin::new(&mut **body).poll_frame(context));
                Poll::Ready(frame.map(|frame| frame.map(without_private)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Held(bytes) => bytes.is_none(),
            Self::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Held(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Streamed(body) => body.size_hint(),
        }
    }
}

/// Far more than most API calls need; all connections together hold at most 64 MiB by default.
const MAX_HELD: u64 = 64 * 1024;
