//! A response body that reports what its gRPC trailers, or its JSON, say about the token.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::response::Parts;
use http::{HeaderMap, Response};
use http_body::{Body, Frame, SizeHint};

use super::{Check, grpc};
use crate::source::{TokenSource, Verdict};
use crate::token::AccessToken;

pin_project_lite::pin_project! {
    /// The body of a response that passed through a [`BearerTokenLayer`](super::BearerTokenLayer): the inner service's, unchanged.
    ///
    /// For a gRPC stream, the status is in the trailers, and is reported to the source when they pass; what a body says about its token, when it ends.
    pub struct BearerTokenBody<R> {
        #[pin]
        inner: R,
        // Boxed, since most responses have none.
        pending: Option<Box<Pending>>,
    }
}

/// The token of a response whose verdict is not in its head.
struct Pending {
    source: Arc<dyn TokenSource>,
    token: AccessToken,
    /// None if the verdict is in the trailers.
    copy: Option<Copied>,
}

/// A copy of a response so far, for a check of the whole.
pub(super) struct Copied {
    response: Response<Vec<u8>>,
    check: Check,
    /// Unless the check finds that the token is invalid.
    verdict: Option<Verdict>,
}

/// Returns true for JSON that is not encoded.
pub(super) fn may_be_checked(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    let is_json = kind.is_some_and(|kind| {
        kind.windows(4)
            .any(|part| part.eq_ignore_ascii_case(b"json"))
    });
    is_json && !headers.contains_key(CONTENT_ENCODING)
}

impl Copied {
    pub(super) fn of(head: &Parts, verdict: Option<Verdict>, check: Check) -> Self {
        let mut response = Response::new(Vec::new());
        *response.status_mut() = head.status;
        *response.headers_mut() = head.headers.clone();
        Self {
            response,
            check,
            verdict,
        }
    }

    /// Adds a piece; returns false if the whole is not small.
    fn add(&mut self, piece: &impl Buf) -> bool {
        let bytes = piece.chunk();
        let text = self.response.body_mut();
        if bytes.len() < piece.remaining() || text.len() + bytes.len() > MAX_CHECKED {
            return false;
        }
        text.extend_from_slice(bytes);
        true
    }

    fn verdict(self) -> Option<Verdict> {
        match (self.check)(&self.response.map(Bytes::from)) {
            // As a 401 without a challenge: the body says no more.
            true => Some(Verdict::Unauthorized),
            false => self.verdict,
        }
    }
}

impl<R> BearerTokenBody<R> {
    /// A body whose verdict was already in the head.
    pub(super) fn plain(inner: R) -> Self {
        Self {
            inner,
            pending: None,
        }
    }

    /// A gRPC stream that was requested with `token`.
    pub(super) fn watched(inner: R, source: Arc<dyn TokenSource>, token: AccessToken) -> Self {
        let pending = Some(Box::new(Pending {
            source,
            token,
            copy: None,
        }));
        Self { inner, pending }
    }

    /// Returns the inner service's body; a verdict in its trailers or in the body is then not reported.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Body> BearerTokenBody<R> {
    /// A response to a request with `token` that is checked as a whole.
    pub(super) fn checked(
        inner: R,
        source: Arc<dyn TokenSource>,
        token: AccessToken,
        copy: Copied,
    ) -> Self {
        let mut pending = Some(Box::new(Pending {
            source,
            token,
            copy: Some(copy),
        }));
        if inner.is_end_stream() {
            end(&mut pending);
        }
        Self { inner, pending }
    }
}

impl Pending {
    fn report(self, verdict: Option<Verdict>) {
        if let Some(verdict) = verdict {
            self.source.report(&self.token, verdict);
        }
    }
}

/// Reports what the whole body says.
fn end(pending: &mut Option<Box<Pending>>) {
    if let Some(mut pending) = pending.take_if(|pending| pending.copy.is_some()) {
        let verdict = pending.copy.take().and_then(Copied::verdict);
        pending.report(verdict);
    }
}

impl<R: Body> Body for BearerTokenBody<R> {
    type Data = R::Data;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let mut this = self.project();
        let frame = this.inner.as_mut().poll_frame(context);
        let Some(pending) = this.pending.as_mut() else {
            return frame;
        };
        match (&frame, &mut pending.copy) {
            (Poll::Ready(Some(Ok(frame))), None) => {
                if let Some(trailers) = frame.trailers_ref()
                    && let Some(pending) = this.pending.take()
                {
                    pending.report(grpc::verdict(trailers));
                }
            }
            (Poll::Ready(Some(Ok(frame))), Some(copy)) => {
                let is_copied = frame.data_ref().is_none_or(|piece| copy.add(piece));
                if !is_copied {
                    let verdict = copy.verdict;
                    if let Some(pending) = this.pending.take() {
                        pending.report(verdict);
                    }
                } else if this.inner.is_end_stream() {
                    end(this.pending);
                }
            }
            (Poll::Ready(None), Some(_)) => end(this.pending),
            _ => {}
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

impl<R: Default> Default for BearerTokenBody<R> {
    fn default() -> Self {
        Self::plain(R::default())
    }
}

impl<R: fmt::Debug> fmt::Debug for BearerTokenBody<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerTokenBody")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

/// Far above an error object, and little memory for each response.
const MAX_CHECKED: usize = 64 * 1024;
