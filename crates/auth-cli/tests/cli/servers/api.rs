//! An API on a raw socket, so that a test decides about every byte of its responses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Runs until the test's process ends.
pub(crate) struct Api {
    pub(crate) url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

/// One request, and the connection for its response.
pub(crate) struct Exchange {
    /// The request line and the headers, in lower case but for the line.
    pub(crate) head: String,
    stream: BufReader<TcpStream>,
}

impl Api {
    /// Calls `respond` with each request; a connection is kept until it returns false.
    pub(crate) fn start(respond: impl Fn(&mut Exchange) -> bool + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (respond, seen) = (Arc::new(respond), Arc::clone(&heads));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (respond, seen) = (Arc::clone(&respond), Arc::clone(&seen));
                thread::spawn(move || {
                    let mut stream = BufReader::new(stream);
                    while let Some(head) = read_head(&mut stream) {
                        seen.lock().unwrap().push(head.clone());
                        let mut exchange = Exchange { head, stream };
                        if !respond(&mut exchange) {
                            return;
                        }
                        stream = exchange.stream;
                    }
                });
            }
        });
        Self { url, heads }
    }

    /// An API that returns the request's body.
    pub(crate) fn echo() -> Self {
        Self::start(|exchange| {
            let body = exchange.body();
            exchange.respond(&body);
            true
        })
    }

    /// Returns the heads of all requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Exchange {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(start.as_str()))
    }

    /// Reads the body of the request.
    pub(crate) fn body(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        if let Some(length) = self.header("content-length") {
            body.resize(length.parse().unwrap(), 0);
            self.stream.read_exact(&mut body).unwrap();
        } else if self.header("transfer-encoding") == Some("chunked") {
            body = self.chunks().0;
        }
        body
    }

    /// Reads a chunked body, and what follows it.
    pub(crate) fn chunks(&mut self) -> (Vec<u8>, String) {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(self.line().trim(), 16).unwrap();
            if length == 0 {
                break;
            }
            let start = body.len();
            body.resize(start + length, 0);
            self.stream.read_exact(&mut body[start..]).unwrap();
            assert_eq!(self.line(), "\r\n");
        }
        let mut trailers = String::new();
        loop {
            match self.line().as_str() {
                "\r\n" | "" => return (body, trailers),
                line => trailers.push_str(line),
            }
        }
    }

    /// Reads and drops this number of bytes; returns false if there are fewer.
    pub(crate) fn skip(&mut self, length: u64) -> bool {
        let mut part = self.stream.by_ref().take(length);
        std::io::copy(&mut part, &mut std::io::sink()).is_ok_and(|read| read == length)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line
    }

    pub(crate) fn respond(&mut self, body: &[u8]) {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        self.write(&[head.as_bytes(), body].concat());
    }

    /// Writes bytes; the other side may be gone.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.get_mut().write_all(bytes).is_ok()
    }
}

fn read_head(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            return Some(head);
        }
        match line.split_once(": ") {
            Some((name, value)) if !head.is_empty() => {
                head.push_str(&format!("{}: {value}", name.to_lowercase()));
            }
            _ => head.push_str(&line),
        }
    }
}
