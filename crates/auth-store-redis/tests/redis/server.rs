//! Starts a Redis or Valkey server of a test's own, on a socket in a folder of its own, and ends it with the test.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use auth_store_redis::RedisTokenStore;
use tempfile::TempDir;
use tokio::net::TcpSocket;

/// The servers of this machine: Debian has Redis in every release, and Valkey in newer ones.
///
/// Without Redis the tests say so on standard error; with `AUTH_REQUIRE_PEERS=1`, which CI sets, they fail.
pub(crate) fn engines() -> &'static [&'static str] {
    static ENGINES: OnceLock<Vec<&'static str>> = OnceLock::new();
    ENGINES.get_or_init(|| {
        let is_here = |engine: &&str| {
            let version = Command::new(engine).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        };
        let found: Vec<_> = ["redis-server", "valkey-server"]
            .into_iter()
            .filter(is_here)
            .collect();
        if !found.contains(&"redis-server") {
            let is_required = env::var_os("AUTH_REQUIRE_PEERS").is_some_and(|value| value == "1");
            assert!(!is_required, "redis-server is not installed");
            let note = "skipped the tests against a Redis server: redis-server is not installed";
            let _ = writeln!(stderr(), "{note}");
        }
        found
    })
}

/// A running server.
pub(crate) struct Server {
    engine: &'static str,
    options: Vec<String>,
    child: Child,
    folder: TempDir,
    _ports: Vec<TcpSocket>,
}

impl Server {
    /// Starts a server with further options, on a Unix socket only.
    pub(crate) fn start(engine: &'static str, options: &[&str]) -> Self {
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
    #[cfg(any(feature = "tls", feature = "cluster", feature = "sentinel"))]
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

    pub(crate) fn store(&self) -> RedisTokenStore {
        RedisTokenStore::from_url(&self.url()).unwrap()
    }

    /// Sends a command over a connection of its own.
    pub(crate) async fn command(&self, words: &[&str]) -> redis::Value {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(*word);
        }
        command.query_async(&mut connection).await.unwrap()
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

impl Drop for Server {
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
