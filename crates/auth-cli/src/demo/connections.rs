//! The demo's own `HttpClient`, which limits and counts its open connections.
//!
//! Common pools limit idle connections, not open ones: they may open another while one is being returned.
//! Here a connection has a permit for as long as its socket is open.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use auth_core::{Error, ErrorKind, HttpClient, RequestLimits, Result, Sent};
use bytes::Bytes;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many connections may be open at once.
pub(crate) const MAX_CONNECTIONS: usize = 64;

/// Speaks plain HTTP/1.1 to one server; clones share the connections.
#[derive(Debug, Clone)]
pub(crate) struct Connections(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    authority: Authority,
    host: HeaderValue,
    /// One for each running request, so that it finds an idle connection or a permit for a new one.
    turns: Semaphore,
    /// One for each open socket, until it is closed.
    sockets: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
    tally: Arc<Tally>,
}

type Connection = SendRequest<Full<Bytes>>;

#[derive(Debug, Default)]
struct Tally {
    open: AtomicUsize,
    peak: AtomicUsize,
}

impl Connections {
    /// Creates a client for the server at `base_url`, without connecting yet.
    pub(crate) fn to(base_url: &str) -> Result<Self> {
        let not_plain =
            || Error::config("the demo's HTTP client supports only plain http to a host and port");
        let uri: Uri = base_url.parse().map_err(|_| not_plain())?;
        let authority = uri
            .authority()
            .filter(|_| uri.scheme_str() == Some("http"))
            .ok_or_else(not_plain)?;
        Ok(Self(Arc::new(Pool {
            host: HeaderValue::from_str(authority.as_str()).map_err(|_| not_plain())?,
            authority: authority.clone(),
            turns: Semaphore::new(MAX_CONNECTIONS),
            sockets: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            idle: Mutex::default(),
            tally: Arc::default(),
        })))
    }

    /// Returns the maximum number of open connections, counted independently of the permits.
    pub(crate) fn peak(&self) -> usize {
        self.0.tally.peak.load(SeqCst)
    }
}

#[async_trait]
impl HttpClient for Connections {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        let exchange = self.0.exchange(request, limits.max_body());
        match timeout(limits.timeout(), exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::new(ErrorKind::Timeout, "no response in time")),
        }
    }
}

impl Pool {
    async fn exchange(&self, request: Request<Bytes>, max_body: usize) -> Result<Response<Bytes>> {
        let request = self.aim(request)?;
        let _turn = self.turns.acquire().await.map_err(|_| closed())?;
        let mut connection = match self.take_idle().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let response = connection
            .send_request(request.map(Full::new))
            .await
            .map_err(broken)?;
        let response = read(response, max_body).await?;
        // Only now, and before the turn ends: a connection with a partial response is closed instead.
        self.idle().push(connection);
        Ok(response)
    }

    /// HTTP/1.1 sends the path, and the host in a header.
    fn aim(&self, mut request: Request<Bytes>) -> Result<Request<Bytes>> {
        let uri = request.uri();
        if uri.scheme_str() != Some("http") || uri.authority() != Some(&self.authority) {
            return Err(Error::config(
                "the demo's HTTP client connects only to its own emulator",
            ));
        }
        let path = uri.path_and_query().cloned();
        *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
        request.headers_mut().insert(HOST, self.host.clone());
        Ok(request)
    }

    /// Takes the most recently used connection that the server has not closed.
    async fn take_idle(&self) -> Option<Connection> {
        loop {
            let mut connection = self.idle().pop()?;
            if connection.ready().await.is_ok() {
                return Some(connection);
            }
        }
    }

    async fn connect(&self) -> Result<Connection> {
        let permit = Arc::clone(&self.sockets)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let failed = |error| {
            Error::new(ErrorKind::Transport, "no connection to the server")
                .with_sent(Sent::No)
                .with_source(error)
        };
        let stream = TcpStream::connect(self.authority.as_str())
            .await
            .map_err(failed)?;
        // A request is written in one piece; waiting to fill a packet would only delay it.
        stream.set_nodelay(true).map_err(failed)?;
        let socket = Socket::opened(permit, &self.tally);
        let (connection, driver) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
        tokio::spawn(async move {
            // A failure is reported by the request, if there is one. The socket is closed when this ends.
            let _ = driver.await;
            drop(socket);
        });
        Ok(connection)
    }

    /// No code panics while it holds the lock.
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Represents an open socket: has its permit and is counted.
struct Socket {
    tally: Arc<Tally>,
    _permit: OwnedSemaphorePermit,
}

impl Socket {
    fn opened(permit: OwnedSemaphorePermit, tally: &Arc<Tally>) -> Self {
        let open = tally.open.fetch_add(1, SeqCst) + 1;
        tally.peak.fetch_max(open, SeqCst);
        Self {
            tally: Arc::clone(tally),
            _permit: permit,
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.tally.open.fetch_sub(1, SeqCst);
    }
}

async fn read(response: Response<Incoming>, max_body: usize) -> Result<Response<Bytes>> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, max_body).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() {
            let message = format!("the response is larger than {max_body} bytes");
            Error::new(ErrorKind::InvalidResponse, message)
        } else {
            Error::new(ErrorKind::Transport, BROKEN)
        }
    })?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

fn broken(error: hyper::Error) -> Error {
    Error::new(ErrorKind::Transport, BROKEN).with_source(error)
}

/// Nothing closes the semaphores; if something did, no connection could be obtained.
fn closed() -> Error {
    Error::new(ErrorKind::Transport, "the HTTP client was shut down").with_sent(Sent::No)
}

const BROKEN: &str = "the connection broke before the response was complete";

#[cfg(test)]
mod tests;
