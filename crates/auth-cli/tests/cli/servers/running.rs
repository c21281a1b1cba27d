//! A running `vauth proxy` or `vauth serve`, and requests to it that are written byte by byte.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use auth_testkit::{EmulatedVendor, Emulator};
use serde_json::Value;

use super::api::Api;
use crate::support::{Environment, command, environment, start, with};

/// Ended if the test fails.
pub(crate) struct Running {
    child: Child,
    pub(crate) ready: Value,
    log: Option<JoinHandle<String>>,
    /// The token endpoint.
    pub(crate) emulator: Emulator,
}

impl Running {
    /// Starts a proxy to this API, with tokens of an emulator.
    pub(crate) async fn proxy(api: &Api, arguments: &[&str]) -> Self {
        Self::proxy_to(&api.url, arguments).await
    }

    pub(crate) async fn proxy_to(base_url: &str, arguments: &[&str]) -> Self {
        let emulator = start(EmulatedVendor::Maia).await;
        let environment = with(environment(&emulator), "MAIA_BASE_URL", base_url);
        Self::start(
            &[&["proxy", "maia"], arguments].concat(),
            &environment,
            emulator,
        )
    }

    pub(crate) async fn serve(arguments: &[&str]) -> Self {
        let emulator = start(EmulatedVendor::Maia).await;
        let environment = environment(&emulator);
        Self::start(
            &[&["serve", "maia"], arguments].concat(),
            &environment,
            emulator,
        )
    }

    pub(crate) fn start(arguments: &[&str], environment: &Environment, emulator: Emulator) -> Self {
        Self::start_with(Stdio::piped(), arguments, environment, emulator)
    }

    /// As [`Running::start`], with another standard error.
    pub(crate) fn start_with(
        stderr: impl Into<Stdio>,
        arguments: &[&str],
        environment: &Environment,
        emulator: Emulator,
    ) -> Self {
        let mut child = command(arguments, environment)
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let log = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut log = String::new();
                stderr.read_to_string(&mut log).unwrap();
                log
            })
        });
        Self {
            ready: serde_json::from_str(&line).unwrap(),
            child,
            log,
            emulator,
        }
    }

    pub(crate) fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    pub(crate) fn address(&self) -> &str {
        self.url().trim_start_matches("http://")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        limit(&stream);
        stream
    }

    /// Sends a request on a connection of its own: its line, further headers, and its body.
    pub(crate) fn send(&self, line: &str, headers: &[&str], body: &[u8]) -> Reply {
        let request = request(line, headers, body);
        exchange(self.connect(), &request)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path}"), &[], b"")
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Sends a signal until the server has ended: those that arrive together are one.
    #[cfg(unix)]
    pub(crate) fn insist(&mut self, signal: rustix::process::Signal) {
        until(|| {
            let has_ended = self.child.try_wait().unwrap().is_some();
            if !has_ended {
                self.signal(signal);
            }
            has_ended
        });
    }

    /// Waits for the end after a signal; returns the exit code and what was logged.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let log = self.log.take().map(|log| log.join().unwrap());
        (code, log.unwrap_or_default())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A response, read to the end of its connection.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// In lower case.
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(start.as_str()))
    }

    /// Returns the kind of a problem that the server itself reports.
    pub(crate) fn refusal(&self) -> &str {
        let kind = self.header("vauth-error").unwrap_or_default();
        assert!(self.body.is_empty() || self.json()["error"].to_string().contains(kind));
        kind
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Writes a request's bytes, with the length of the body and `connection: close`.
pub(crate) fn request(line: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{line} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|header| header.starts_with("host:")) {
        head.push_str("host: localhost\r\n");
    }
    if !body.is_empty() {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    for header in headers {
        head.push_str(&format!("{header}\r\n"));
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

pub(crate) fn exchange(mut stream: impl Read + Write, request: &[u8]) -> Reply {
    stream.write_all(request).unwrap();
    read(stream)
}

/// Reads the final response, with a chunked body as it is on the wire.
pub(crate) fn read(mut stream: impl Read) -> Reply {
    let mut bytes = Vec::new();
    // A reset connection ends like a closed one: what counts is what had arrived.
    let _ = stream.read_to_end(&mut bytes);
    loop {
        let end = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        let end = end.unwrap();
        let body = bytes.split_off(end + 4);
        let head = String::from_utf8(bytes).unwrap().to_lowercase();
        let status = head[9..12].parse().unwrap();
        if status != 100 {
            return Reply { status, head, body };
        }
        bytes = body;
    }
}

/// A server that hangs must not hang the test.
pub(crate) fn limit(stream: &TcpStream) {
    let limit = Some(Duration::from_secs(60));
    stream.set_read_timeout(limit).unwrap();
    stream.set_write_timeout(limit).unwrap();
}

/// Waits for a condition, which a healthy run fulfils within seconds.
#[track_caller]
pub(crate) fn until(mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "it did not happen");
        std::thread::yield_now();
    }
}
