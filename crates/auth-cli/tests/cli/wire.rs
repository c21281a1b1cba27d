//! A server that records whole requests, for any vendor's client.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::support::Environment;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The method and the target.
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// Returns the values of a header, separated by bars.
    pub(crate) fn header(&self, name: &str) -> String {
        let all = self.headers.iter().filter(|(own, _)| own == name);
        all.map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
            .join("|")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// A whole response.
pub(crate) fn response(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) fn json(body: &str) -> Vec<u8> {
    response("200 OK\r\ncontent-type: application/json", body)
}

type Answer = dyn Fn(&Received) -> Vec<u8> + Send + Sync;

/// The server; it lives as long as the test.
pub(crate) struct Wire {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Wire {
    /// Starts a server that answers token requests, and everything else with `answer`.
    pub(crate) fn start(answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::with(false, answer)
    }

    /// As [`Wire::start`], but leaves the connection open, as if more were to come.
    pub(crate) fn stalling(answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::with(true, answer)
    }

    fn with(
        is_stalling: bool,
        answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        let answer: Arc<Answer> = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || serve(&stream, &log, &*answer, is_stalling));
            }
        });
        Self { url, received }
    }

    /// The variables of every vendor.
    pub(crate) fn environment(&self) -> Environment {
        let mut all = Environment::new();
        for prefix in ["DATASAUR", "MAIA", "RUNAI"] {
            for (name, value) in [
                ("BASE_URL", self.url.as_str()),
                ("CLIENT_ID", "fake-client"),
                ("CLIENT_SECRET", "fake-clients-secret"),
            ] {
                all.push((format!("{prefix}_{name}"), value.to_owned()));
            }
        }
        all.push(("MAIA_TOKEN_URL".to_owned(), format!("{}/token", self.url)));
        all
    }

    /// Returns the requests to the API.
    pub(crate) fn received(&self) -> Vec<Received> {
        let all = self.received.lock().unwrap();
        let is_token = |one: &&Received| one.line.contains("token");
        all.iter().filter(|one| !is_token(one)).cloned().collect()
    }
}

fn serve(mut stream: &TcpStream, log: &Mutex<Vec<Received>>, answer: &Answer, is_stalling: bool) {
    let Some(received) = read(stream) else { return };
    let bytes = match received.line.contains("token") {
        true => json(&format!(
            r#"{{"access_token":"{TOKEN}","accessToken":"{TOKEN}","token_type":"bearer","expires_in":3600,"expiresIn":3600}}"#
        )),
        false => answer(&received),
    };
    log.lock().unwrap().push(received);
    let _ = stream.write_all(&bytes);
    if !is_stalling {
        let _ = stream.shutdown(Shutdown::Write);
    }
    // Its reader has the whole answer when it ends the connection.
    let _ = stream.read(&mut [0]);
}

/// Reads one request whole; one that breaks off is recorded without its body.
fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        line: line.trim_end().trim_end_matches(" HTTP/1.1").to_owned(),
        headers,
        body,
    })
}

/// The token that the server grants.
pub(crate) const TOKEN: &str = "fake-access-token-of-the-wire";
