//! Installs and starts the OAuth server of `server.js`, and speaks to it without the SDK.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a broken harness is a failed test, and has no caller to tell"
)]

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdout, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

/// A running server of one test's own, which ends with this value.
pub(crate) struct Peer {
    child: Child,
    port: u16,
    client_id: String,
    client_secret: String,
}

impl Peer {
    /// Starts a server, or says on stderr why this machine cannot have one.
    ///
    /// With `AUTH_REQUIRE_PEERS=1` the reason is a panic instead, so that CI cannot skip unseen.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with("peer-client", "not-a-real-secret")
    }

    /// Starts a server that knows a client of the given id and secret.
    ///
    /// The same secret belongs to the client `<id>-nogrant`, which may not use client credentials.
    pub(crate) fn start_with(client_id: &str, client_secret: &str) -> Option<Self> {
        let mut child = Command::new("node")
            .arg("server.js")
            .current_dir(installation()?)
            .env("PEER_CLIENT_ID", client_id)
            .env("PEER_CLIENT_SECRET", client_secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node answered --version, so it starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        // The child has its owner before the wait, which may panic.
        let mut peer = Self {
            child,
            port: 0,
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
        };
        peer.port = wait_until_ready(stdout);
        Some(peer)
    }

    /// The address that every path of the server is below, without a slash at the end.
    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The token endpoint.
    pub(crate) fn token_url(&self) -> String {
        format!("{}/oauth/token", self.base_url())
    }

    /// The resource that an access token of this server opens.
    pub(crate) fn resource_url(&self) -> String {
        format!("{}/resource", self.base_url())
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// Makes the server forget every access token issued so far.
    pub(crate) fn revoke(&self) {
        self.control("revoke");
    }

    /// Moves the expiry of every access token issued so far into the past.
    pub(crate) fn expire(&self) {
        self.control("expire");
    }

    /// Sets how many seconds the access tokens to come live; at least 1.
    ///
    /// The server rounds down what is left of them, so that `expires_in` may be one second less,
    /// and leaves it out where that would be 0.
    pub(crate) fn lifetime(&self, seconds: u32) {
        self.control(&format!("lifetime?seconds={seconds}"));
    }

    /// How many requests the token endpoint and the resource had, refused ones included.
    pub(crate) fn counters(&self) -> (u64, u64) {
        let url = format!("{}/control/counters", self.base_url());
        let counters = request("GET", &url, &[], "").json();
        let counter = |name: &str| counters[name].as_u64().expect("it is a whole number");
        (counter("tokenRequests"), counter("resourceRequests"))
    }

    fn control(&self, path: &str) {
        let url = format!("{}/control/{path}", self.base_url());
        let reply = request("POST", &url, &[], "");
        assert_eq!(reply.status, 204, "/control/{path} was refused");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Both fail only for a child that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a server answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The header lines as they came, names in lower case where the library wrote them.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

/// Sends one HTTP request over a connection of its own and reads the answer to its end.
pub(crate) fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let (host, path) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .expect("the URL is http://host:port/path");
    let mut message = format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\n");
    for (name, value) in headers {
        message += &format!("{name}: {value}\r\n");
    }
    let length = body.len();
    message += &format!("content-length: {length}\r\nconnection: close\r\n\r\n{body}");
    let mut stream = TcpStream::connect(host).expect("the server listens");
    stream
        .set_read_timeout(Some(LIMIT))
        .expect("the limit is not zero");
    stream
        .write_all(message.as_bytes())
        .expect("the server reads");
    let mut text = String::new();
    stream
        .read_to_string(&mut text)
        .expect("the server answers in time");
    let (head, body) = text.split_once("\r\n\r\n").expect("the head has an end");
    Reply {
        status: head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("the first line has a status"),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

fn wait_until_ready(stdout: ChildStdout) -> u16 {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        // An unreadable line stays empty, and a test that gave up does not listen.
        let _ = BufReader::new(stdout).read_line(&mut line);
        let _ = sender.send(line);
    });
    let line = receiver
        .recv_timeout(LIMIT)
        .expect("the server is ready in time");
    serde_json::from_str::<serde_json::Value>(&line)
        .ok()
        .and_then(|ready| ready["port"].as_u64())
        .and_then(|port| u16::try_from(port).ok())
        .unwrap_or_else(|| panic!("the server ended, or said {line:?} instead of its port"))
}

/// The folder with `server.js` and all that it needs, made once per process.
fn installation() -> Option<&'static Path> {
    static INSTALLATION: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let required = env::var_os("AUTH_REQUIRE_PEERS").is_some_and(|value| value == "1");
    let installation = INSTALLATION.get_or_init(|| {
        install().inspect_err(|reason| {
            if !required {
                // Not eprintln!, which the test harness hides.
                let _ = writeln!(io::stderr(), "skipped peers: {reason}");
            }
        })
    });
    match installation {
        Ok(folder) => Some(folder),
        Err(reason) if required => panic!("AUTH_REQUIRE_PEERS is set, but {reason}"),
        Err(_) => None,
    }
}

fn install() -> Result<PathBuf, String> {
    run(Command::new("node").arg("--version"), "node")?;
    run(Command::new(NPM).arg("--version"), "npm")?;

    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("cargo's folder for tests is inside the target folder");
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(source.join("package-lock.json")).expect("the lock file is readable"));
    let folder = target.join(format!("peers-{:016x}", hasher.finish()));
    if !folder.join(MARKER).exists() {
        // Every process installs for itself, and the first rename decides whose work stays.
        let staging = folder.with_extension(process::id().to_string());
        let outcome = install_packages(&source, &staging);
        if outcome.is_err() || fs::rename(&staging, &folder).is_err() {
            fs::remove_dir_all(&staging).expect("the target folder is writable");
        }
        outcome?;
        assert!(
            folder.join(MARKER).exists(),
            "{} is in the way of an install, and may be removed",
            folder.display()
        );
    }
    copy_server(&source, &folder).expect("the target folder is writable");
    Ok(folder)
}

fn install_packages(source: &Path, staging: &Path) -> Result<(), String> {
    fs::create_dir_all(staging).expect("the target folder is writable");
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(source.join(name), staging.join(name)).expect("the target folder is writable");
    }
    run(
        Command::new(NPM)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(staging),
        "npm ci",
    )?;
    fs::write(staging.join(MARKER), "").expect("the target folder is writable");
    Ok(())
}

/// Brings `server.js` up to date in one step, for other processes may be starting it.
fn copy_server(source: &Path, folder: &Path) -> io::Result<()> {
    let wanted = fs::read(source.join("server.js"))?;
    let present = folder.join("server.js");
    if fs::read(&present).is_ok_and(|bytes| bytes == wanted) {
        return Ok(());
    }
    let draft = folder.join(format!("server.js.{}", process::id()));
    fs::write(&draft, wanted)?;
    fs::rename(draft, present)
}

/// Runs a command to its end, and turns a failure into one line.
fn run(command: &mut Command, name: &str) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name} does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    // npm marks its errors, and the first two carry the code and the cause.
    let stderr = String::from_utf8_lossy(&output.stderr);
    let cause: Vec<&str> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("npm error "))
        .take(2)
        .collect();
    let cause = cause.join(", ");
    Err(format!("{name} failed ({}): {cause}", output.status))
}

/// Says that the install beside it is complete.
const MARKER: &str = ".installed";

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// How long a start or an answer may take: each is well under a second, and the rest is for a
/// machine busy with other tests.
const LIMIT: Duration = Duration::from_secs(20);
