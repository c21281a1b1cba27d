//! Reports how much of an upload's body was taken.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use crate::error::Result;
use crate::http::BodyStream;

/// Receives the number of bytes so far.
pub(super) type OnProgress = Arc<dyn Fn(u64) + Send + Sync>;

/// A body whose pieces are counted.
pub(super) struct Progress {
    body: BodyStream,
    taken: u64,
    on_progress: OnProgress,
}

impl Progress {
    pub(super) fn new(body: BodyStream, on_progress: OnProgress) -> Self {
        Self {
            body,
            taken: 0,
            on_progress,
        }
    }
}

impl Stream for Progress {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = Pin::new(&mut self.body).poll_next(context);
        if let Poll::Ready(Some(Ok(piece))) = &piece {
            self.taken += piece.len() as u64;
            (self.on_progress)(self.taken);
        }
        piece
    }
}
