//! The body of a caller's request, counted, and limited in how long it may pause.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use metrics::Counter;

use super::stall::Stall;

#[derive(Debug)]
pub(crate) struct CallerBody {
    inner: Incoming,
    pause: Stall,
    received: Counter,
    /// Only if somebody waits for more than the body.
    progress: Option<Arc<Progress>>,
}

/// What has come of a body so far, for those who wait for the response.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    frames: AtomicU64,
    is_awaited: AtomicBool,
    is_stalled: AtomicBool,
    is_broken: AtomicBool,
}

/// The caller paused for too long, or its connection broke.
#[derive(Debug)]
pub(crate) enum CallerBodyError {
    Stalled,
    Broken(hyper::Error),
}

impl CallerBody {
    pub(super) fn new(inner: Incoming, limit: Duration, received: Counter) -> Self {
        Self {
            inner,
            pause: Stall::new(limit),
            received,
            progress: None,
        }
    }

    /// Returns what will have come of the body.
    pub(crate) fn progress(&mut self) -> Arc<Progress> {
        Arc::clone(self.progress.get_or_insert_default())
    }

    fn note(&self, note: impl FnOnce(&Progress)) {
        if let Some(progress) = &self.progress {
            note(progress);
        }
    }
}

impl Progress {
    /// Returns a number that grows with each part of the body.
    pub(crate) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Returns true if the caller paused for too long, which ended the body.
    pub(crate) fn is_stalled(&self) -> bool {
        self.is_stalled.load(Ordering::Relaxed)
    }

    /// Returns true if the body could not be read, which ended it.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    /// Returns true if the next part is to come from the caller, and has not arrived.
    pub(crate) fn is_awaited(&self) -> bool {
        self.is_awaited.load(Ordering::Relaxed)
    }
}

impl Body for CallerBody {
    type Data = Bytes;
    type Error = CallerBodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CallerBodyError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) else {
            self.note(|progress| progress.is_awaited.store(true, Ordering::Relaxed));
            let stalled = self.pause.poll_over(context);
            return stalled.map(|()| {
                self.note(|progress| progress.is_stalled.store(true, Ordering::Relaxed));
                Some(Err(CallerBodyError::Stalled))
            });
        };
        self.note(|progress| {
            progress.is_awaited.store(false, Ordering::Relaxed);
            progress.frames.fetch_add(1, Ordering::Relaxed);
        });
        self.pause.progress();
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.received.increment(data.len() as u64);
        }
        if let Some(Err(_)) = &frame {
            self.note(|progress| progress.is_broken.store(true, Ordering::Relaxed));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(CallerBodyError::Broken)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl CallerBodyError {
    pub(crate) const STALLED: &str = "the rest of the request's body did not arrive in time";
    pub(crate) const BROKEN: &str = "the request's body could not be read";
}

impl fmt::Display for CallerBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stalled => Self::STALLED,
            Self::Broken(_) => Self::BROKEN,
        })
    }
}

impl std::error::Error for CallerBodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Stalled => None,
            Self::Broken(error) => Some(error),
        }
    }
}
