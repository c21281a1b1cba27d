//! Request bodies that are released with their call, even if the server does not read them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;

use super::BodyStream;
use super::transfer::{Progress, Upload};
use crate::error::{Error, Result, Sent};

/// How many bytes the stack may have that it has not written yet; it does not read the body while it has more of its own than about six times this.
pub(super) const WINDOW: usize = 64 << 10;

/// The same in pieces, of which the stack holds at most 16.
const MAX_PIECES: usize = 8;

/// How long the stack may take to notice that a body was released.
const GRACE: Duration = Duration::from_secs(1);

/// A request body whose source can be dropped from outside.
///
/// The stack's connection task blocks as long as the server does not read, and looks at nothing but the body then. So the body never lets it
/// have more than a window of unwritten bytes, which keeps it reading the body, and an error of the body closes the connection immediately.
pub(super) struct Releasable {
    shared: Arc<Shared>,
    /// What is left of the last piece of the source.
    rest: Bytes,
    is_over: bool,
    size: SizeHint,
    progress: Progress,
}

struct Shared {
    /// `None` once it was released.
    source: Mutex<Option<Upload>>,
    is_released: AtomicBool,
    /// The stack has begun to read the body.
    is_started: AtomicBool,
    /// The stack has dropped the body.
    is_gone: AtomicBool,
    waker: Mutex<Option<Waker>>,
    unwritten_bytes: AtomicUsize,
    unwritten_pieces: AtomicUsize,
}

/// Releases a body when it is dropped.
pub(super) struct Release(Arc<Shared>);

impl Releasable {
    pub(super) fn new(source: Upload) -> (Self, Release) {
        let size = source.size_hint();
        let progress = source.progress();
        let shared = Arc::new(Shared {
            source: Mutex::new(Some(source)),
            is_released: AtomicBool::new(false),
            is_started: AtomicBool::new(false),
            is_gone: AtomicBool::new(false),
            waker: Mutex::new(None),
            unwritten_bytes: AtomicUsize::new(0),
            unwritten_pieces: AtomicUsize::new(0),
        });
        let body = Self {
            shared: Arc::clone(&shared),
            rest: Bytes::new(),
            is_over: false,
            size,
            progress,
        };
        (body, Release(shared))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let shared = &self.shared;
        shared.is_started.store(true, Ordering::SeqCst);
        // First, so that no call is lost.
        *lock(&shared.waker) = Some(context.waker().clone());
        if shared.is_released.load(Ordering::SeqCst) {
            self.rest = Bytes::new();
            return Poll::Ready(Err(ended()));
        }
        let unwritten = shared.unwritten_bytes.load(Ordering::SeqCst);
        if unwritten >= WINDOW || shared.unwritten_pieces.load(Ordering::SeqCst) >= MAX_PIECES {
            return Poll::Pending;
        }
        if self.rest.is_empty() && !self.is_over {
            match shared.poll_source(context) {
                Poll::Ready(Ok(Some(piece))) => self.rest = piece,
                Poll::Ready(Ok(None)) => self.is_over = true,
                other => return other,
            }
        }
        if self.is_over {
            // The stack does not come back after the end.
            return match unwritten {
                0 => Poll::Ready(Ok(None)),
                _ => Poll::Pending,
            };
        }
        // A source may have it all in one piece.
        self.progress.note();
        let piece = self.rest.split_to(self.rest.len().min(WINDOW));
        Poll::Ready(Ok(Some(shared.counted(piece))))
    }
}

impl Body for Releasable {
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
        self.size
    }
}

impl Drop for Releasable {
    fn drop(&mut self) {
        self.shared.is_gone.store(true, Ordering::SeqCst);
        self.shared.drop_source();
    }
}

impl Shared {
    fn poll_source(&self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let mut source = lock(&self.source);
        let Some(upload) = source.as_mut() else {
            // An end here would complete a truncated body.
            return Poll::Ready(Err(ended()));
        };
        // A panic would end the task of the connection, which looks like a broken connection.
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(upload).poll_frame(context)));
        let polled = polled.unwrap_or_else(|_| {
            let error = Error::config("the upload's source panicked").with_sent(Sent::Maybe);
            Poll::Ready(Some(Err(error)))
        });
        drop(source);
        // It was locked while this was set.
        if self.is_released.load(Ordering::SeqCst) {
            self.drop_source();
        }
        polled.map(|frame| {
            let data = frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default()));
            data.transpose()
        })
    }

    /// Drops the source, unless it is being polled, which then drops it.
    fn drop_source(&self) {
        let source = match self.source.try_lock() {
            Ok(mut source) => source.take(),
            Err(TryLockError::Poisoned(source)) => source.into_inner().take(),
            Err(TryLockError::WouldBlock) => None,
        };
        drop(source);
    }

    fn release(&self) {
        self.is_released.store(true, Ordering::SeqCst);
        self.drop_source();
        self.wake();
    }

    fn wake(&self) {
        let waker = lock(&self.waker).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Counts a piece as unwritten until the stack drops it.
    fn counted(self: &Arc<Self>, piece: Bytes) -> Bytes {
        self.unwritten_bytes
            .fetch_add(piece.len(), Ordering::SeqCst);
        self.unwritten_pieces.fetch_add(1, Ordering::SeqCst);
        Bytes::from_owner(Unwritten {
            piece,
            shared: Arc::clone(self),
        })
    }
}

struct Unwritten {
    piece: Bytes,
    shared: Arc<Shared>,
}

impl AsRef<[u8]> for Unwritten {
    fn as_ref(&self) -> &[u8] {
        &self.piece
    }
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        let shared = &self.shared;
        shared
            .unwritten_bytes
            .fetch_sub(self.piece.len(), Ordering::SeqCst);
        shared.unwritten_pieces.fetch_sub(1, Ordering::SeqCst);
        shared.wake();
    }
}

impl Release {
    /// Releases the request's body at the end of the response's, or when that is dropped.
    pub(super) fn with(self, body: BodyStream) -> BodyStream {
        let length = body.length();
        let stream = BodyStream::new(Response {
            release: Some(self),
            body,
        });
        match length {
            Some(length) => stream.with_length(length),
            None => stream,
        }
    }

    fn is_needed(&self) -> bool {
        let Self(shared) = self;
        shared.is_started.load(Ordering::SeqCst) && !shared.is_gone.load(Ordering::SeqCst)
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// An exchange whose body is released when it is dropped, and which returns the right to release it when it is complete.
pub(super) struct Tied<F: Future<Output: Send> + Send + 'static> {
    parts: Option<(Pin<Box<F>>, Release)>,
    runtime: Handle,
}

impl<F: Future<Output: Send> + Send + 'static> Tied<F> {
    pub(super) fn new(exchange: F, release: Release) -> Self {
        Self {
            parts: Some((Box::pin(exchange), release)),
            runtime: Handle::current(),
        }
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for Tied<F> {
    type Output = (F::Output, Release);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some((exchange, _)) = &mut self.parts else {
            return Poll::Pending;
        };
        let Poll::Ready(outcome) = exchange.as_mut().poll(context) else {
            return Poll::Pending;
        };
        match self.parts.take() {
            Some((_, release)) => Poll::Ready((outcome, release)),
            None => Poll::Pending,
        }
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for Tied<F> {
    fn drop(&mut self) {
        let Some((exchange, release)) = self.parts.take() else {
            return;
        };
        let is_needed = release.is_needed();
        drop(release);
        if is_needed {
            // The stack would notice a dropped exchange before the released body, and then flush what it has before it closes.
            self.runtime.spawn(async move {
                let _ = tokio::time::timeout(GRACE, exchange).await;
            });
        }
    }
}

/// The body of a response, at the end of which what is left of the request is released.
struct Response {
    /// Dropped first, since the stack flushes what it has once the response is dropped.
    release: Option<Release>,
    body: BodyStream,
}

impl Stream for Response {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = Pin::new(&mut self.body).poll_next(context);
        if matches!(piece, Poll::Ready(None | Some(Err(_)))) {
            self.release = None;
        }
        piece
    }
}

fn ended() -> Error {
    Error::transport("the request has ended").with_sent(Sent::Maybe)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
