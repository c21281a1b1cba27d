//! An API server in a process of its own, so that its processor time is not the client's.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::Outcome;

/// A server that runs until this is dropped.
pub(crate) struct Server {
    child: Child,
    origin: String,
}

impl Server {
    /// Starts this very program once more, as the server.
    pub(crate) fn start() -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut origin = String::new();
        let output = child.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut origin)?;
        Ok(Self {
            child,
            origin: origin.trim().to_owned(),
        })
    }

    /// Returns the URL that it serves, without a slash at its end.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Serves until the input ends, so that no server outlives the bench.
pub(crate) fn serve() -> Outcome<()> {
    thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(answer(stream));
        }
    })
}

/// Answers each request on a connection: a GET with the JSON, anything else with a token.
async fn answer(mut stream: TcpStream) -> Option<()> {
    let mut received = Vec::with_capacity(8 * 1024);
    loop {
        let head = loop {
            if let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut received).await.ok()? == 0 {
                return None;
            }
        };
        let is_get = received.starts_with(b"GET ");
        let length = if is_get {
            0
        } else {
            content_length(&received[..head])?
        };
        while received.len() < head + length {
            if stream.read_buf(&mut received).await.ok()? == 0 {
                return None;
            }
        }
        received.drain(..head + length);
        let body = if is_get { ANSWER } else { TOKEN };
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(response.as_bytes()).await.ok()?;
    }
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?.to_ascii_lowercase();
    let (_, rest) = head.split_once("content-length:")?;
    rest.lines().next()?.trim().parse().ok()
}

/// The argument that makes this program the server.
pub(crate) const SERVE: &str = "--serve";

/// A page of a short list.
pub(crate) const ANSWER: &str = r#"{"results":[{"id":"6f9a3c1e","name":"first"},{"id":"b27d40aa","name":"second"}],"page":0,"size":25,"total":2}"#;

const TOKEN: &str =
    r#"{"access_token":"fake.token.of-the-bench","token_type":"Bearer","expires_in":3600}"#;
