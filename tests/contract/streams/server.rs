//! A raw server for bodies that are larger than anybody's memory: it counts what it reads and writes, and keeps nothing.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Listens on loopback until it is dropped.
pub(super) struct Server {
    base_url: String,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

/// One connection, on which one request is served.
pub(super) struct Connection {
    stream: TcpStream,
    /// The number of the request, from 0.
    pub(super) number: usize,
    head: String,
    /// What was read of the body together with the head.
    rest: Vec<u8>,
}

impl Server {
    /// Serves each connection with `serve`.
    pub(super) async fn start(serve: impl Fn(Connection) -> Serving + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = noted.lock().unwrap().len();
                let Some(connection) = Connection::open(stream, number).await else {
                    continue;
                };
                noted.lock().unwrap().push(connection.head.clone());
                tokio::spawn(serve(connection));
            }
        });
        Self {
            base_url,
            heads,
            task,
        }
    }

    /// Answers each request with the text of its number, and the last one for ever, once its body was read.
    pub(super) async fn saying(texts: &'static [&'static str]) -> Self {
        Self::start(move |mut connection| {
            Box::pin(async move {
                connection.read_body().await;
                let text = texts[connection.number.min(texts.len() - 1)];
                connection.write(text.as_bytes()).await;
            })
        })
        .await
    }

    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The heads of the requests so far, in lower case.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Connection {
    async fn open(mut stream: TcpStream, number: usize) -> Option<Self> {
        let mut read = Vec::new();
        loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = read.split_off(end + 4);
                let head = String::from_utf8(read).unwrap().to_ascii_lowercase();
                return Some(Self {
                    stream,
                    number,
                    head,
                    rest,
                });
            }
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await {
                Ok(length) if length > 0 => read.extend_from_slice(&piece[..length]),
                _ => return None,
            }
        }
    }

    /// Reads the body to its end and returns how many bytes it took, those that delimit chunks included.
    pub(super) async fn read_body(&mut self) -> usize {
        let length = self
            .head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map(|length| length.parse::<usize>().unwrap());
        let is_chunked = self.head.contains("transfer-encoding: chunked");
        let mut count = self.rest.len();
        let mut tail = std::mem::take(&mut self.rest);
        let mut piece = vec![0; 64 << 10];
        loop {
            tail.drain(..tail.len().saturating_sub(5));
            let is_over = match (length, is_chunked) {
                (Some(length), _) => count >= length,
                (None, true) => tail == b"0\r\n\r\n",
                (None, false) => true,
            };
            if is_over {
                return count;
            }
            match self.stream.read(&mut piece).await {
                Ok(read) if read > 0 => {
                    count += read;
                    tail.extend_from_slice(&piece[..read]);
                }
                _ => return count,
            }
        }
    }

    /// Reads some of the body.
    pub(super) async fn read_some(&mut self) {
        let mut piece = vec![0; 1 << 10];
        if self.rest.is_empty() {
            drop(self.stream.read(&mut piece).await);
        }
    }

    /// Writes, and returns false if the client hung up.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Writes `count` zeros in pieces, and adds up how many were taken; returns false if the client hung up.
    pub(super) async fn write_zeros(&mut self, count: usize, written: &AtomicUsize) -> bool {
        let piece = vec![0; 64 << 10];
        let mut left = count;
        while left > 0 {
            let length = left.min(piece.len());
            if !self.write(&piece[..length]).await {
                return false;
            }
            written.fetch_add(length, Ordering::SeqCst);
            left -= length;
        }
        true
    }

    /// Waits until the client closes the connection.
    pub(super) async fn closed(&mut self) {
        let mut piece = [0; 1024];
        while matches!(self.stream.read(&mut piece).await, Ok(length) if length > 0) {}
    }
}
