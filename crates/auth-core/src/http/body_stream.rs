//! A body that is sent or received in pieces, so that it is never completely in memory.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::time::timeout;

use super::RequestLimits;
use crate::clock::{Clock as _, SystemClock};
use crate::error::{Error, Result, Sent};

/// A body that is sent or received in pieces.
///
/// It is a [`Stream`], and [`BodyStream::chunk`] reads it without a stream library. The first error ends it.
/// Dropping a response's body before its end closes the connection.
pub struct BodyStream {
    pieces: Pieces,
    length: Option<u64>,
    /// The request that the errors of a response are about.
    vendor: Option<&'static str>,
    is_idempotent: bool,
}

/// The source of the pieces.
pub(crate) type Boxed = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

enum Pieces {
    Whole(Bytes),
    /// Never locked: the mutex makes it `Sync`, which HTTP stacks require.
    Stream(Mutex<Boxed>),
    Ended,
}

impl BodyStream {
    /// Creates a body from a stream of pieces.
    pub fn new(pieces: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Self {
        Self::of(Pieces::Stream(Mutex::new(Box::pin(pieces))))
    }

    fn of(pieces: Pieces) -> Self {
        Self {
            pieces,
            length: None,
            vendor: None,
            is_idempotent: true,
        }
    }

    /// Sets the length of the body in bytes.
    #[must_use]
    pub fn with_length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    /// Sets the request that the errors of a response are about.
    pub(crate) fn of_request(mut self, vendor: Option<&'static str>, is_idempotent: bool) -> Self {
        self.vendor = vendor;
        self.is_idempotent = is_idempotent;
        self
    }

    /// Returns the length of the body in bytes, if it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the body if it is completely in memory; an HTTP client may then send it as one piece, and again.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.pieces {
            Pieces::Whole(bytes) => Some(bytes),
            Pieces::Stream(_) | Pieces::Ended => None,
        }
    }

    /// Returns the next piece, or `None` at the end.
    ///
    /// # Errors
    /// The errors of its source; for a response [`ErrorKind::Transport`](crate::ErrorKind::Transport) if the connection
    /// broke, [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the server paused for too long, and
    /// [`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse) for a body over the limit.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }

    /// Reads the complete body, within the time limit and the body limit.
    pub(crate) async fn collect(mut self, limits: RequestLimits) -> Result<Bytes> {
        if let Some(bytes) = self.as_bytes() {
            return Ok(bytes.clone());
        }
        // Without timers there is no limit to keep.
        if !SystemClock::new().can_sleep() {
            return self.whole(limits.max_body()).await;
        }
        let limit = limits.timeout().min(FAR);
        match timeout(limit, self.whole(limits.max_body())).await {
            Ok(whole) => whole,
            Err(_) => {
                let message = format!("the response was not complete within {limit:?}");
                Err(self.named(Error::timeout(message).with_sent(Sent::Answered)))
            }
        }
    }

    async fn whole(&mut self, limit: usize) -> Result<Bytes> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            if piece.len() > limit.saturating_sub(whole.len()) {
                return Err(self.named(too_large(limit)));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    fn named(&self, error: Error) -> Error {
        let error = error.of_request(self.is_idempotent);
        match self.vendor {
            Some(vendor) => error.with_vendor(vendor),
            None => error,
        }
    }
}

impl From<Bytes> for BodyStream {
    fn from(body: Bytes) -> Self {
        let length = body.len() as u64;
        Self::of(Pieces::Whole(body)).with_length(length)
    }
}

impl Stream for BodyStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = match &mut self.pieces {
            Pieces::Ended => None,
            Pieces::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                self.pieces = Pieces::Ended;
                return Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes)));
            }
            Pieces::Stream(stream) => {
                let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                match stream.as_mut().poll_next(context) {
                    Poll::Ready(piece) => piece,
                    Poll::Pending => return Poll::Pending,
                }
            }
        };
        if !matches!(piece, Some(Ok(_))) {
            self.pieces = Pieces::Ended;
        }
        let this = &*self;
        Poll::Ready(piece.map(|piece| piece.map_err(|error| this.named(error))))
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyStream")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// The error for a body over the limit.
pub(super) fn too_large(limit: usize) -> Error {
    Error::invalid_response(format!("the response is larger than {limit} bytes"))
}

/// Longer than any program runs, and short enough to be added to any time.
pub(super) const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests;
