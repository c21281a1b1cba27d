//! A raw listener that does to a connection what no well-behaved server does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// What happens to every connection once a whole request has arrived.
#[derive(Debug, Clone)]
pub(crate) enum Misbehaviour {
    /// These bytes are written, then the connection is closed.
    Write(Vec<u8>),
    /// The connection is closed without a word, unread bytes and all.
    Reset,
    /// Nothing is ever written, and tokio's clock is paused, so that the client's limit passes at once.
    Silence,
    /// The first bytes are written, then the second ones again and again until the client hangs up.
    Endless(&'static [u8], &'static [u8]),
    /// A byte at a time, and then nothing more.
    Drip(&'static [u8]),
}

/// Listens on loopback until it is dropped.
pub(crate) struct Listener {
    base_url: String,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(crate) async fn start(misbehaviour: Misbehaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, misbehaviour.clone(), Arc::clone(&counter)));
            }
        });
        Self {
            base_url,
            requests,
            task,
        }
    }

    /// Answers with a whole response of this status line, these headers and this body.
    pub(crate) async fn answering(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let response = format!(
            "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        Self::start(Misbehaviour::Write(response.into_bytes())).await
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A port that refuses connections: it is bound, so that no other test gets it, and nothing listens.
pub(crate) struct ClosedPort {
    pub(crate) base_url: String,
    _socket: TcpSocket,
}

impl ClosedPort {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self {
            base_url: format!("http://{}", socket.local_addr().unwrap()),
            _socket: socket,
        }
    }
}

async fn serve(mut stream: TcpStream, misbehaviour: Misbehaviour, requests: Arc<AtomicUsize>) {
    if read_request(&mut stream).await.is_none() {
        return;
    }
    requests.fetch_add(1, Ordering::SeqCst);
    match misbehaviour {
        Misbehaviour::Write(bytes) => {
            // The client may have hung up already; that is its business.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Misbehaviour::Reset => drop(stream),
        Misbehaviour::Silence => {
            tokio::time::pause();
            std::future::pending().await
        }
        Misbehaviour::Endless(start, more) => {
            let _ = stream.write_all(start).await;
            while stream.write_all(more).await.is_ok() {}
        }
        Misbehaviour::Drip(bytes) => {
            for byte in bytes {
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
            std::future::pending().await
        }
    }
}

/// Reads head and body by content length, or returns `None` if the client hung up before.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(length) if length > 0 => request.extend_from_slice(&chunk[..length]),
            _ => return None,
        }
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            return Some(());
        }
    }
}
