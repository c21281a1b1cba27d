//! The connections of a server: how many, for how long, and how they end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::callers::Transport;
use super::listener::Listener;
use super::refusal::Refusal;
use super::service::{Handler, Server};
use super::stream::LimitedStream;

/// The limits of one listener, and the signal to stop.
#[derive(Debug)]
pub(super) struct Connections {
    permits: Arc<Semaphore>,
    max: u32,
    /// For those that are only told that there are too many.
    refusals: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
}

impl Connections {
    pub(super) fn new(max: u32, stop: watch::Receiver<bool>) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(max as usize)),
            max,
            refusals: Arc::new(Semaphore::new(MAX_REFUSALS)),
            stop,
        }
    }

    /// Waits until all connections have ended.
    pub(super) async fn ended(&self) {
        // Fails only if the semaphore is closed, which nobody does.
        let _ = self.permits.acquire_many(self.max).await;
    }

    /// Returns the number of connections.
    pub(super) fn open(&self) -> usize {
        (self.max as usize).saturating_sub(self.permits.available_permits())
    }

    /// Accepts connections until the signal to stop; then the listener is closed, and its socket file removed.
    pub(super) async fn accept<H: Handler>(
        self: Arc<Self>,
        listener: Listener,
        server: Arc<Server<H>>,
    ) {
        let mut stop = self.stop.clone();
        loop {
            let accepted = tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                accepted = self.accept_one(&listener, &server) => accepted,
            };
            if let Err(error) = accepted {
                // Usually too many open files, which ends when other connections do.
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    async fn accept_one<H: Handler>(
        &self,
        listener: &Listener,
        server: &Arc<Server<H>>,
    ) -> std::io::Result<()> {
        match listener {
            Listener::Tcp(listener, address) => {
                let (stream, _) = listener.accept().await?;
                // Small responses must not wait for an acknowledgement.
                let _ = stream.set_nodelay(true);
                self.admit(stream, Transport::Tcp(*address), server).await;
            }
            #[cfg(unix)]
            Listener::Unix(listener, ..) => {
                let (stream, _) = listener.accept().await?;
                self.admit(stream, Transport::Unix, server).await;
            }
        }
        Ok(())
    }

    /// Serves a connection, or refuses it if there are too many; waits if there are too many even of those.
    async fn admit<S, H>(&self, stream: S, transport: Transport, server: &Arc<Server<H>>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        H: Handler,
    {
        let stream = LimitedStream::new(stream, server.timeout);
        let server = Arc::clone(server);
        let stop = self.stop.clone();
        // Neither semaphore is ever closed.
        tokio::select! {
            biased;
            Ok(permit) = Arc::clone(&self.permits).acquire_owned() => {
                tokio::spawn(serve(stream, transport, server, stop, permit));
            }
            Ok(permit) = Arc::clone(&self.refusals).acquire_owned() => {
                tokio::spawn(refuse(stream, server, permit));
            }
            else => {}
        }
    }
}

async fn serve<S, H>(
    stream: LimitedStream<S>,
    transport: Transport,
    server: Arc<Server<H>>,
    mut stop: watch::Receiver<bool>,
    permit: OwnedSemaphorePermit,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    let metrics = Arc::clone(&server.metrics);
    metrics.connections.increment(1);
    let service = service_fn(move |request: Request<Incoming>| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.respond(request, transport).await) }
    });
    let connection = builder(HEAD_LIMIT).serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        biased;
        outcome = connection.as_mut() => outcome,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended with an error");
    }
    metrics.connections.decrement(1);
    drop(permit);
}

/// Answers one request with 503, without reading its body.
async fn refuse<S, H>(
    stream: LimitedStream<S>,
    server: Arc<Server<H>>,
    permit: OwnedSemaphorePermit,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    let service = service_fn(move |_: Request<Incoming>| {
        let refusal = Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "connections",
            "too many connections at once: close some, or raise --max-connections",
        );
        let response = server.refusal(&refusal.retry_after(Some(Duration::from_secs(1))));
        async move { Ok::<_, Infallible>(response) }
    });
    let mut builder = builder(REFUSAL_LIMIT);
    let connection = builder
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let _ = tokio::time::timeout(REFUSAL_LIMIT, connection).await;
    drop(permit);
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Fails only if the server is gone, which is a stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

fn builder(head_limit: Duration) -> Builder {
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(head_limit)
        .max_header_size(MAX_HEAD)
        .max_buf_size(MAX_HEAD);
    builder
}

/// The time for the head of a request, and the life of a connection without requests.
const HEAD_LIMIT: Duration = Duration::from_secs(30);

/// The size of the head of a request, several times what servers accept; also that of a connection's buffers.
const MAX_HEAD: usize = 64 * 1024;

/// A refused connection should not live long.
const REFUSAL_LIMIT: Duration = Duration::from_secs(2);

const MAX_REFUSALS: usize = 64;

/// Long enough not to occupy a processor while there are too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
