//! Bodies that follow each other as one, each opened only when it is due.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::UploadBody;
use crate::error::{Error, Result, Sent};
use crate::http::BodyStream;

/// One of the bodies.
pub(in crate::client) struct Part(pub(in crate::client) UploadBody);

impl Part {
    pub(super) fn length(&self) -> Option<u64> {
        self.0.length()
    }

    pub(super) fn is_intact(&self) -> bool {
        self.0.is_intact()
    }
}

/// The pieces of all bodies.
pub(super) struct Sequence {
    parts: Arc<[Part]>,
    /// The number of the body that is being read.
    at: usize,
    open: Option<Open>,
}

/// A body that is being read.
struct Open {
    body: BodyStream,
    taken: u64,
}

impl Sequence {
    pub(super) fn new(parts: Arc<[Part]>) -> Self {
        Self {
            parts,
            at: 0,
            open: None,
        }
    }
}

impl Stream for Sequence {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let Some(part) = this.parts.get(this.at) else {
                return Poll::Ready(None);
            };
            let open = this.open.get_or_insert_with(|| Open {
                body: part.0.open(),
                taken: 0,
            });
            match Pin::new(&mut open.body).poll_next(context) {
                Poll::Ready(None) => {}
                Poll::Ready(Some(Ok(piece))) => {
                    open.taken += piece.len() as u64;
                    return match open.body.length() {
                        Some(length) if open.taken > length => {
                            Poll::Ready(Some(Err(other_length())))
                        }
                        _ => Poll::Ready(Some(Ok(piece))),
                    };
                }
                other => return other,
            }
            // A part of another length would shift the rest, even if the whole had the right one.
            if open
                .body
                .length()
                .is_some_and(|length| length != open.taken)
            {
                return Poll::Ready(Some(Err(other_length())));
            }
            this.at += 1;
            this.open = None;
        }
    }
}

fn other_length() -> Error {
    Error::config("the length of a part of the upload differs from the one that was set: correct with_length, or omit it")
        .with_sent(Sent::Maybe)
}
