//! A raw server whose every answer on every connection is planned, and which keeps what it was sent.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// Writes these bytes and reads on.
    Say(&'static str),
    /// Writes these bytes and closes the connection, which nothing in the bytes need announce.
    SayAndClose(&'static str),
    /// Closes the connection in place of an answer.
    Close,
    /// Resets the connection in place of an answer.
    Reset,
}

/// A request as it came: the number of its connection, its head, its body.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) connection: usize,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// What is done with request `.1` of connection `.0`, both counted from 0.
pub(crate) trait Plan: Fn(usize, usize) -> Step + Copy + Send + Sync + 'static {}

impl<F: Fn(usize, usize) -> Step + Copy + Send + Sync + 'static> Plan for F {}

/// Listens on loopback until it is dropped.
pub(crate) struct RawServer {
    base_url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl RawServer {
    pub(crate) async fn start(plan: impl Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, connection, plan, Arc::clone(&notes)));
                connection += 1;
            }
        });
        Self {
            base_url,
            seen,
            task,
        }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns the numbers of the connections that the requests came on.
    pub(crate) fn connections(&self) -> Vec<usize> {
        let seen = self.seen();
        seen.iter().map(|request| request.connection).collect()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    plan: impl Plan,
    notes: Arc<Mutex<Vec<Seen>>>,
) {
    let mut buffer = Vec::new();
    for number in 0.. {
        let Some((head, body)) = read_request(&mut stream, &mut buffer).await else {
            return;
        };
        notes.lock().unwrap().push(Seen {
            connection,
            head,
            body,
        });
        // The client may have hung up already; that is its business.
        match plan(connection, number) {
            Step::Say(text) => drop(stream.write_all(text.as_bytes()).await),
            Step::SayAndClose(text) => {
                drop(stream.write_all(text.as_bytes()).await);
                return;
            }
            Step::Close => return,
            Step::Reset => {
                drop(stream.set_zero_linger());
                return;
            }
        }
    }
}

/// Reads one head and its body by content length, leaving what follows in the buffer; `None` if the client hung up before.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, String)> {
    loop {
        let text = String::from_utf8_lossy(buffer).into_owned();
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if rest.len() >= length {
                buffer.drain(..head.len() + 4 + length);
                return Some((head.to_owned(), rest[..length].to_owned()));
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(length) if length > 0 => buffer.extend_from_slice(&chunk[..length]),
            _ => return None,
        }
    }
}
