//! A Redis or Valkey server of a test's own, on a socket in a folder of its own, which ends with the test.

#![allow(
    dead_code,
    reason = "not every target that includes this file uses all of it"
)]

use std::env;
#[cfg(unix)]
use std::io::Read as _;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;
use tokio::net::TcpSocket;

/// Returns the servers of this machine: Debian has Redis in every release, and Valkey in newer ones.
///
/// Without Redis, tests say on standard error that they are skipped; with `AUTH_REQUIRE_PEERS=1`, which CI sets, they fail.
pub(crate) fn engines() -> &'static [&'static str] {
    static ENGINES: OnceLock<Vec<&'static str>> = OnceLock::new();
    ENGINES.get_or_init(|| {
        let is_here = |engine: &&str| {
            let version = Command::new(engine).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        };
        let found: Vec<_> = [REDIS, "valkey-server"]
            .into_iter()
            .filter(is_here)
            .collect();
        if !found.contains(&REDIS) {
            let is_required = env::var_os("AUTH_REQUIRE_PEERS").is_some_and(|value| value == "1");
            assert!(!is_required, "{REDIS} is not installed");
            let note = "skipped the tests that need a Redis server: redis-server is not installed";
            let _ = writeln!(stderr(), "{note}");
        }
        found
    })
}

/// Returns true if there is a Redis server to start; see [`engines`].
pub(crate) fn is_installed() -> bool {
    engines().contains(&REDIS)
}

/// A running server.
pub(crate) struct RedisServer {
    engine: &'static str,
    options: Vec<String>,
    child: Child,
    folder: TempDir,
    _ports: Vec<TcpSocket>,
}

impl RedisServer {
    /// Starts Redis with further options, on a Unix socket only.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_engine(REDIS, options)
    }

    /// Starts one of [`engines`] in the same way.
    pub(crate) fn start_engine(engine: &'static str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut all = vec!["--port".to_owned(), "0".to_owned()];
        all.extend(options.iter().map(|option| (*option).to_owned()));
        let child = spawn(engine, folder.path(), &all);
        Self {
            engine,
            options: all,
            child,
            folder,
            _ports: Vec::new(),
        }
    }

    /// Starts a server that also listens on a loopback port, which its options name as `PORT`, and perhaps on another, `BUS`.
    pub(crate) fn start_on_a_port(engine: &'static str, options: &[&str]) -> (Self, u16) {
        let (port, bus) = (reserve(), reserve());
        let number = |socket: &TcpSocket| socket.local_addr().unwrap().port();
        let (text, bus_text) = (number(&port).to_string(), number(&bus).to_string());
        let options = options.iter();
        let options: Vec<_> = options
            .map(|option| option.replace("PORT", &text).replace("BUS", &bus_text))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let child = spawn(engine, folder.path(), &options);
        let number = number(&port);
        let server = Self {
            engine,
            options,
            child,
            folder,
            _ports: vec![port, bus],
        };
        (server, number)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        socket(self.folder.path())
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Opens a connection.
    #[cfg(unix)]
    pub(crate) fn connect(&self) -> UnixStream {
        UnixStream::connect(self.socket()).unwrap()
    }

    /// Sends commands, each a line of words without spaces in them, and returns all replies as they are on the wire.
    #[cfg(unix)]
    pub(crate) fn replies(&self, commands: &[String]) -> Vec<u8> {
        let mut connection = self.connect();
        for command in commands {
            connection.write_all(command.as_bytes()).unwrap();
            connection.write_all(b"\r\n").unwrap();
        }
        // After this one the server closes the connection.
        connection.write_all(b"QUIT\r\n").unwrap();
        let mut replies = Vec::new();
        connection.read_to_end(&mut replies).unwrap();
        replies
    }

    /// Sends one command and returns its reply as text.
    #[cfg(unix)]
    pub(crate) fn command(&self, command: &str) -> String {
        let replies = self.replies(&[command.to_owned()]);
        let text = String::from_utf8_lossy(&replies).into_owned();
        text.strip_suffix("+OK\r\n").unwrap_or(&text).to_owned()
    }

    /// Kills the server, as the kernel does when memory runs out.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, empty.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(self.engine, self.folder.path(), &self.options);
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // Both fail only for a child that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes a port that nobody listens on: no other test gets it, and a server may listen on it all the same, since both reuse addresses.
pub(crate) fn reserve() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    socket
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("server.sock")
}

/// Starts a server and waits until it says that it accepts connections.
fn spawn(engine: &str, folder: &Path, options: &[String]) -> Child {
    let mut command = Command::new(engine);
    // A sentinel writes to its configuration, which is a file therefore, and comes first.
    if !options.iter().any(|option| option == "--sentinel") {
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--unixsocket")
            .arg(socket(folder))
            .args(["--logfile", "", "--dir"])
            .arg(folder);
    }
    let mut child = command
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    // A sentinel says only that it starts to monitor.
    let is_ready =
        lines.any(|line| line.contains("eady to accept connections") || line.contains("+monitor"));
    // It writes on; without a reader it would stop once the pipe is full.
    std::thread::spawn(move || lines.for_each(drop));
    assert!(is_ready, "it ended: {}", child.wait().unwrap());
    child
}

const REDIS: &str = "redis-server";
