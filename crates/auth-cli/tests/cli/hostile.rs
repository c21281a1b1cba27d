//! A control plane that answers as the test wants, and holds an answer until it is told: what happens meanwhile is timed by events alone.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Environment;

/// What is answered to one request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Json(u16, Value),
    /// A success whose body is this text, whatever it is.
    Text(String),
    /// JSON that is declared to be a web page.
    Page(u16, Value),
    /// Nothing until the server is told to go on, and then this.
    Held(Box<Self>),
    /// The connection ends without an answer.
    HangUp,
}

impl Answer {
    pub(crate) fn held(self) -> Self {
        Self::Held(Box::new(self))
    }
}

type Rule = Box<dyn Fn(&str) -> Option<Answer> + Send + Sync>;

/// The server; it lives as long as the test.
pub(crate) struct Hostile {
    url: String,
    arrived: Receiver<String>,
    shared: Arc<Shared>,
}

struct Shared {
    rule: Rule,
    arrivals: Sender<String>,
    gate: (Mutex<bool>, Condvar),
    seen: Mutex<Vec<String>>,
}

impl Hostile {
    /// Starts a server whose answers come from `rule`, which gets a method and a path, and else from [`usual`].
    pub(crate) fn start(rule: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (arrivals, arrived) = channel();
        let shared = Arc::new(Shared {
            rule: Box::new(rule),
            arrivals,
            gate: Default::default(),
            seen: Mutex::default(),
        });
        let server = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                std::thread::spawn(move || server.serve(&stream));
            }
        });
        Self {
            url,
            arrived,
            shared,
        }
    }

    pub(crate) fn environment(&self) -> Environment {
        [
            ("RUNAI_BASE_URL", self.url.as_str()),
            ("RUNAI_CLIENT_ID", "fake-administrator"),
            ("RUNAI_CLIENT_SECRET", "fake-administrators-secret"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Waits until a request has arrived whose method and path start so.
    #[track_caller]
    pub(crate) fn wait_for(&self, request: &str) {
        loop {
            let arrived = self.arrived.recv_timeout(LONG).unwrap();
            if arrived.starts_with(request) {
                return;
            }
        }
    }

    /// Lets every held answer go.
    pub(crate) fn go_on(&self) {
        *self.shared.gate.0.lock().unwrap() = true;
        self.shared.gate.1.notify_all();
    }

    /// How often a request has arrived whose method and path are these.
    pub(crate) fn count(&self, request: &str) -> usize {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|one| *one == request).count()
    }

    /// The requests that may change something: all but reads and token requests.
    pub(crate) fn changes(&self) -> Vec<String> {
        let seen = self.shared.seen.lock().unwrap();
        let changes = seen
            .iter()
            .filter(|one| !one.starts_with("GET ") && !one.ends_with("/token"));
        changes.cloned().collect()
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let Some(request) = read(stream) else { return };
        self.seen.lock().unwrap().push(request.clone());
        let answer = (self.rule)(&request).unwrap_or_else(|| usual(&request));
        let _ = self.arrivals.send(request.clone());
        self.answer(stream, answer);
        // Its reader has the whole answer when it ends the connection.
        let _ = (&mut &*stream).read(&mut [0]);
        let _ = self.arrivals.send(format!("read: {request}"));
    }

    fn answer(&self, mut stream: &TcpStream, answer: Answer) {
        match answer {
            Answer::HangUp => {
                let _ = stream.shutdown(Shutdown::Both);
            }
            Answer::Held(answer) => {
                let gate = self.gate.0.lock().unwrap();
                let wait = self.gate.1.wait_while(gate, |is_open| !*is_open);
                drop(wait.unwrap());
                self.answer(stream, *answer);
            }
            Answer::Text(_) | Answer::Json(..) | Answer::Page(..) => {
                let (status, kind, body) = match answer {
                    Answer::Json(status, body) => (status, "application/json", body.to_string()),
                    Answer::Page(status, body) => (status, "text/html", body.to_string()),
                    Answer::Text(body) => (201, "application/json", body),
                    Answer::Held(_) | Answer::HangUp => return,
                };
                let text = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(text.as_bytes());
            }
        }
    }
}

/// Reads one request whole, so that closing the connection resets nothing; returns its method and its path without the query.
fn read(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    Some(format!("{method} {}", target.split('?').next()?))
}

/// What a control plane without anything in it answers.
pub(crate) fn usual(request: &str) -> Answer {
    let body = match request {
        request if request.ends_with("/token") => json!({
            "access_token": TOKEN, "accessToken": TOKEN, "token_type": "bearer", "expires_in": 3600, "expiresIn": 3600
        }),
        "GET /api/v2/authorization/roles" => json!({ "roles": [{ "id": "1", "name": "Viewer" }] }),
        "GET /api/v1/authorization/access-rules" => {
            json!({ "accessRules": [], "totalRecords": 0 })
        }
        "POST /api/v1/authorization/access-rules" => json!({
            "id": 5, "roleId": 1, "roleName": "Viewer", "scopeId": "t1", "scopeType": "tenant",
            "subjectId": "nightly-import", "subjectType": "service-account"
        }),
        "GET /api/v1/authorization/me/access-rules/count" => json!({ "count": 1 }),
        request if request.starts_with("GET ") => json!([]),
        _ => return Answer::Json(404, json!({ "code": 404, "message": "no such thing" })),
    };
    let status = if request.starts_with("POST") && !request.ends_with("/token") {
        201
    } else {
        200
    };
    Answer::Json(status, body)
}

/// Holds the claim `tenant_id`, and nobody's signature.
pub(crate) const TOKEN: &str = "e30.eyJ0ZW5hbnRfaWQiOiJ0MSJ9.c2ln";

/// Long enough for the slowest machine; nothing waits that long unless something is broken.
const LONG: Duration = Duration::from_secs(60);
