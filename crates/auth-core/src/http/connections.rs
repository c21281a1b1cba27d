//! Distinguishes a pooled connection that the server has closed from every other failure.

use std::cell::Cell;
use std::error::Error as StdError;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tower_layer::Layer;
use tower_service::Service;

/// How long an idle connection is kept: half of the 60 s after which common load balancers close theirs silently.
pub(super) const MAX_IDLE: Duration = Duration::from_secs(30);

tokio::task_local! {
    static OPENED: Cell<bool>;
}

/// Runs one exchange, and reports whether it used a connection that was opened for it.
///
/// A connection that is opened for it while it takes a pooled one instead is finished by another task, and not counted.
pub(super) async fn watch<T>(exchange: impl Future<Output = T>) -> (T, bool) {
    let watched = async {
        let outcome = exchange.await;
        (outcome, OPENED.with(Cell::get))
    };
    OPENED.scope(Cell::new(false), watched).await
}

/// Notes for [`watch`] that a connection was opened.
pub(super) fn note_opened() {
    // Another task finishes a connection that is no longer needed.
    let _ = OPENED.try_with(|opened| opened.set(true));
}

/// A layer around the connector, for [`watch`].
#[derive(Debug, Clone)]
pub(super) struct NoteOpened;

/// The connector with that layer, shared because the stack clones its connector for every request and rarely connects.
#[derive(Debug)]
pub(super) struct Connector<S>(Arc<S>);

impl<S> Clone for Connector<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Layer<S> for NoteOpened {
    type Service = Connector<S>;

    fn layer(&self, connector: S) -> Self::Service {
        Connector(Arc::new(connector))
    }
}

impl<S, T> Service<T> for Connector<S>
where
    S: Service<T, Future: Send> + Clone + Send + Sync + 'static,
    T: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // `call` polls the clone that connects.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: T) -> Self::Future {
        let mut connector = S::clone(&self.0);
        Box::pin(async move {
            poll_fn(|context| connector.poll_ready(context)).await?;
            let connection = connector.call(target).await?;
            note_opened();
            Ok(connection)
        })
    }
}

/// Returns true if the connection ended before the head of a response was complete.
pub(super) fn is_hang_up(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        let of_http = cause.downcast_ref().is_some_and(|error: &hyper::Error| {
            error.is_incomplete_message() || error.is_canceled() || error.is_closed()
        });
        let of_system = cause.downcast_ref().is_some_and(|error: &io::Error| {
            matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::NotConnected
                    | io::ErrorKind::UnexpectedEof
            )
        });
        of_http || of_system || is_http2_hang_up(cause)
    })
}

/// Returns true if an HTTP/2 server was about to close the connection, and did not process the request (RFC 9113 section 8.7), or broke it.
#[cfg(feature = "http2")]
fn is_http2_hang_up(cause: &(dyn StdError + 'static)) -> bool {
    cause.downcast_ref().is_some_and(|error: &h2::Error| {
        error.is_io()
            || error.reason() == Some(h2::Reason::REFUSED_STREAM)
            || error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR)
    })
}

#[cfg(not(feature = "http2"))]
fn is_http2_hang_up(_cause: &(dyn StdError + 'static)) -> bool {
    false
}

/// Returns true if the connection ended before the request was written.
pub(super) fn is_unsent(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_canceled))
}

/// The error and all its sources, including those inside an I/O error, which its `source` skips.
pub(super) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        let inside = error.downcast_ref().and_then(io::Error::get_ref);
        match inside {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}
