//! Adapters between our streamed bodies and reqwest's: uploads that record their progress, downloads within the limits.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use super::BodyStream;
use super::body_stream::FAR;
use super::coding::Pieces;
use super::failure::{failed, of_body, paused};
use super::runtime::poll_or_error;
use crate::error::{Error, Result, Sent};

/// The time at which the connection last took a piece of an upload.
#[derive(Debug, Clone)]
pub(super) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    pub(super) fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs an exchange; returns `None` once there was no progress for `limit`.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        exchange: impl Future<Output = T>,
    ) -> Option<T> {
        let mut exchange = std::pin::pin!(exchange);
        let limit = limit.min(FAR);
        loop {
            let seen = self.last();
            match timeout_at(seen + limit, exchange.as_mut()).await {
                Ok(outcome) => return Some(outcome),
                Err(_) if self.last() > seen => {}
                Err(_) => return None,
            }
        }
    }
}

/// The body of an upload.
pub(super) struct Upload {
    body: BodyStream,
    sent: u64,
    /// The piece that reaches the length, kept until the end of the body is seen, since the stack reads nothing after it.
    last: Option<Bytes>,
    progress: Progress,
}

impl Upload {
    pub(super) fn new(body: BodyStream, progress: Progress) -> Self {
        Self {
            body,
            sent: 0,
            last: None,
            progress,
        }
    }

    /// Returns where its progress is noted.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Returns the next piece once it is certain that the body does not exceed its length; the stack would truncate it silently.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        loop {
            let piece = match Pin::new(&mut self.body).poll_next(context) {
                Poll::Ready(piece) => piece.transpose()?,
                Poll::Pending => return Poll::Pending,
            };
            if piece.as_ref().is_some_and(Bytes::is_empty) {
                // It is no progress, and a source that has nothing else must not occupy the thread.
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.progress.note();
            let Some(length) = self.body.length() else {
                return Poll::Ready(Ok(piece));
            };
            let Some(piece) = piece else {
                let last = self.last.take();
                return Poll::Ready(match self.sent == length {
                    true => Ok(last),
                    false => Err(other_length()),
                });
            };
            self.sent += piece.len() as u64;
            if self.sent < length {
                return Poll::Ready(Ok(Some(piece)));
            }
            if self.sent > length {
                return Poll::Ready(Err(other_length()));
            }
            self.last = Some(piece);
        }
    }
}

pub(super) fn other_length() -> Error {
    Error::config(
        "the upload's length differs from the one that was set: correct with_length, or omit it",
    )
    .with_sent(Sent::Maybe)
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        let piece = self.poll(context);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)).transpose())
    }

    fn size_hint(&self) -> SizeHint {
        match self.body.length() {
            Some(length) => SizeHint::with_exact(length),
            None => SizeHint::default(),
        }
    }
}

/// The body of a response, with a limit on each pause and on its size.
pub(super) struct Download {
    /// `None` after the end, so that the connection is released or closed.
    body: Option<reqwest::Body>,
    pieces: Pieces,
    idle_timeout: Duration,
    /// Runs while waiting for the server, but not while the reader is slow.
    pause: Option<Pin<Box<Sleep>>>,
    origin: String,
}

impl Download {
    /// Creates the stream of a response's body, and removes headers that no longer describe it.
    pub(super) fn open(
        body: reqwest::Body,
        status: StatusCode,
        headers: &mut HeaderMap,
        limits: super::RequestLimits,
        origin: String,
    ) -> Result<BodyStream> {
        let length = body.size_hint().exact();
        if length.is_some_and(|length| length > limits.max_body() as u64) {
            // The status of an unsuccessful response matters more than its body.
            return match status.is_success() {
                true => Err(super::body_stream::too_large(limits.max_body())),
                false => Ok(BodyStream::from(Bytes::new())),
            };
        }
        let before = headers.len();
        let pieces = Pieces::new(status, headers, limits.max_body())?;
        let is_coded = headers.len() < before;
        let stream = BodyStream::new(Self {
            body: Some(body),
            pieces,
            idle_timeout: limits.idle_timeout(),
            pause: None,
            origin,
        });
        Ok(match length {
            Some(length) if !is_coded => stream.with_length(length),
            _ => stream,
        })
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        loop {
            match self.pieces.next()? {
                Some(piece) if !piece.is_empty() => return Poll::Ready(Ok(Some(piece))),
                Some(_) => continue,
                None => {}
            }
            let Some(body) = &mut self.body else {
                return Poll::Ready(Ok(None));
            };
            let frame = match Pin::new(body).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending => return self.poll_pause(context),
            };
            self.pause = None;
            match frame {
                Some(Ok(frame)) => {
                    // Trailers are not part of the body.
                    if let Ok(chunk) = frame.into_data() {
                        self.pieces.push(chunk);
                    }
                }
                Some(Err(error)) => {
                    let error = failed(&error.without_url(), &self.origin, Duration::ZERO);
                    return Poll::Ready(Err(error.with_sent(Sent::Answered)));
                }
                None => {
                    self.body = None;
                    let rest = self.pieces.finish()?;
                    return Poll::Ready(Ok((!rest.is_empty()).then_some(rest)));
                }
            }
        }
    }

    fn poll_pause(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let limit = self.idle_timeout;
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(limit)));
        match pause.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(paused(&self.origin, limit))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = poll_or_error(|| self.poll(context));
        if matches!(piece, Poll::Ready(Err(_))) {
            self.body = None;
        }
        piece.map(Result::transpose)
    }
}

/// The error for a failed request with a stream.
pub(super) fn failed_transfer(error: reqwest::Error, origin: &str, elapsed: Duration) -> Error {
    match of_body((&error).into()) {
        Some(error) => error,
        None => failed(&error.without_url(), origin, elapsed),
    }
}

#[cfg(test)]
mod tests;
