//! A Redis server of a test's own, on a socket in a folder of its own, which ends with the test.

#![allow(
    dead_code,
    reason = "not every target that includes this file uses all of it"
)]

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _, stderr};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// Returns true if there is a server to start.
///
/// Without one, tests say on standard error that they are skipped; with `AUTH_REQUIRE_PEERS=1`, which CI sets, they fail.
pub(crate) fn is_installed() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| {
        let version = Command::new(ENGINE).arg("--version").output();
        let is_installed = version.is_ok_and(|output| output.status.success());
        if !is_installed {
            let is_required = env::var_os("AUTH_REQUIRE_PEERS").is_some_and(|value| value == "1");
            assert!(!is_required, "{ENGINE} is not installed");
            let note = "skipped the tests that need a Redis server: redis-server is not installed";
            let _ = writeln!(stderr(), "{note}");
        }
        is_installed
    })
}

/// A running server.
pub(crate) struct RedisServer {
    options: Vec<String>,
    child: Child,
    folder: TempDir,
}

impl RedisServer {
    /// Starts a server; the options come after those that keep it from TCP and from the disk.
    pub(crate) fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        Self {
            child: spawn(folder.path(), &options),
            options,
            folder,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", socket(self.folder.path()).display())
    }

    /// Opens a connection.
    pub(crate) fn connect(&self) -> UnixStream {
        UnixStream::connect(socket(self.folder.path())).unwrap()
    }

    /// Sends commands, each a line of words without spaces in them, and returns all replies as they are on the wire.
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

    /// Starts it again in the same place.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(self.folder.path(), &self.options);
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

fn socket(folder: &Path) -> PathBuf {
    folder.join("server.sock")
}

/// Starts a server and waits until it says that it accepts connections.
fn spawn(folder: &Path, options: &[String]) -> Child {
    let mut child = Command::new(ENGINE)
        .args(["--port", "0", "--save", "", "--appendonly", "no"])
        .arg("--unixsocket")
        .arg(socket(folder))
        .args(["--logfile", "", "--dir"])
        .arg(folder)
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains("eady to accept connections")),
        "the server does not start"
    );
    // It writes on; without a reader it would stop once the pipe is full.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

const ENGINE: &str = "redis-server";
