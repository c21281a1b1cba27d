//! A response body that reports what its gRPC trailers say about the token.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

use super::grpc;
use crate::source::TokenSource;
use crate::token::AccessToken;

pin_project_lite::pin_project! {
    /// The body of a response that passed through a [`BearerTokenLayer`](super::BearerTokenLayer): the inner service's, unchanged.
    ///
    /// For a gRPC stream, the status is in the trailers, and is reported to the source when they pass.
    pub struct BearerTokenBody<R> {
        #[pin]
        inner: R,
        pending: Option<Pending>,
    }
}

/// The token of a response whose verdict is in the trailers.
struct Pending {
    source: Arc<dyn TokenSource>,
    token: AccessToken,
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
        let pending = Some(Pending { source, token });
        Self { inner, pending }
    }

    /// Returns the inner service's body; the verdict in its trailers is then not reported.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl Pending {
    fn report(self, trailers: &HeaderMap) {
        if let Some(verdict) = grpc::verdict(trailers) {
            self.source.report(&self.token, verdict);
        }
    }
}

impl<R: Body> Body for BearerTokenBody<R> {
    type Data = R::Data;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.project();
        let frame = this.inner.poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(trailers) = frame.trailers_ref()
            && let Some(pending) = this.pending.take()
        {
            pending.report(trailers);
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
