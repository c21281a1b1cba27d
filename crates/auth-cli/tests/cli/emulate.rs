//! Tests of `vauth emulate`: one line when it is ready, a vendor behind it, and an orderly end.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::nobody::bound;
use crate::support::{Environment, Run, VENDORS, command, vauth};

/// A running `vauth emulate`; killed if the test fails.
struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    line: String,
    ready: Value,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(&[&["emulate"], arguments].concat(), &Environment::new())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        Self {
            ready: serde_json::from_str(&line).unwrap(),
            child,
            stdout,
            line,
        }
    }

    fn text(&self, key: &str) -> &str {
        self.ready[key].as_str().unwrap()
    }

    fn environment(&self) -> Environment {
        let prefix = self.text("vendor").to_uppercase();
        let mut environment = Environment::new();
        for key in ["base_url", "token_url", "client_id", "client_secret"] {
            let variable = format!("{prefix}_{}", key.to_uppercase());
            environment.push((variable, self.text(key).to_owned()));
        }
        environment
    }

    /// Sends a signal and returns how the server ended and what else it printed.
    #[cfg(unix)]
    fn end(mut self, signal: &str) -> (Option<i32>, String, String) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
        let code = self.child.wait().unwrap().code();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        (code, stdout, stderr)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The ready line of the vendor that prints all members.
pub(crate) fn ready_object() -> Value {
    Server::start(&["runai"]).ready.clone()
}

#[test]
fn the_line_says_what_a_client_needs_and_the_vendor_answers() {
    for vendor in VENDORS {
        let server = Server::start(&[vendor.as_str()]);
        let mut keys = vec![
            "vendor",
            "base_url",
            "token_url",
            "client_id",
            "client_secret",
        ];
        if vendor.as_str() == "runai" {
            keys.extend(["username", "password"]);
        }
        let positions: Vec<_> = keys
            .iter()
            .map(|key| server.line.find(&format!("\"{key}\":")).unwrap())
            .collect();
        assert!(positions.is_sorted(), "{}", server.line);
        assert_eq!(server.ready.as_object().unwrap().len(), keys.len());
        assert_eq!(server.text("vendor"), vendor.as_str());
        assert!(server.text("base_url").starts_with("http://127.0.0.1:"));
        assert!(
            server
                .text("token_url")
                .starts_with(server.text("base_url"))
        );
        let run = vauth(&["token", vendor.as_str()], &server.environment());
        assert!(run.stdout().len() > 40);
    }
}

#[cfg(unix)]
#[test]
fn it_ends_with_0_on_either_signal_and_prints_nothing_more() {
    for signal in ["-TERM", "-INT"] {
        let end = Server::start(&["maia"]).end(signal);
        assert_eq!(end, (Some(0), String::new(), String::new()), "{signal}");
    }
}

#[test]
fn port_lifetime_and_credentials_are_as_they_were_given() {
    // Nobody else gets the port while this socket has it; on Unix, the server may listen on it all the same.
    let free = bound();
    let port = free.local_addr().unwrap().port().to_string();
    let _held = cfg!(unix).then_some(free);
    let server = Server::start(&[
        "datasaur",
        "--port",
        &port,
        "--token-lifetime",
        "90",
        "--client-id",
        "my-client",
        "--client-secret",
        "-my \"fake\" secret",
    ]);
    assert_eq!(server.text("base_url"), format!("http://127.0.0.1:{port}"));
    assert_eq!(server.text("client_id"), "my-client");
    assert_eq!(server.text("client_secret"), "-my \"fake\" secret");
    let run = vauth(
        &["token", "datasaur", "--format", "json"],
        &server.environment(),
    );
    let token: Value = serde_json::from_str(&run.stdout()).unwrap();
    let left = token["expires_in"].as_u64().unwrap();
    assert!((60..=90).contains(&left), "{left}");
}

#[test]
fn the_control_plane_is_as_it_was_asked_for() {
    // The token API and the path of the clients that the version has.
    let rows = [
        ("2.20", "/api/v1/token", "/api/v1/apps"),
        ("2.22", "/api/v1/token", "/api/v1/apps"),
        ("2.24", "/api/v2/token", "/api/v1/service-accounts"),
        ("2.25", "/api/v2/token", "/api/v1/node-pools"),
        ("3.0", "/api/v2/token", "/api/v2/authorization/roles"),
    ];
    for (version, token_path, path) in rows {
        let server = Server::start(&["runai", "--control-plane", version]);
        assert!(server.text("token_url").ends_with(token_path), "{version}");
        let run = vauth(&["request", "runai", "GET", path], &server.environment());
        assert!(run.stdout().starts_with(['[', '{']), "{version}");
    }
}

#[test]
fn the_administrator_is_as_they_were_given_and_run_ai_s_alone() {
    let flags = [
        "--admin-username",
        "root@b.io",
        "--admin-password",
        "not-a-real-one",
    ];
    let server = Server::start(&[&["runai"], &flags[..]].concat());
    assert_eq!(server.text("username"), "root@b.io");
    assert_eq!(server.text("password"), "not-a-real-one");
    for flag in flags.chunks(2) {
        let run = vauth(&[&["emulate", "maia"], flag].concat(), &Environment::new());
        let line = run.failure(2);
        assert!(
            line.contains(flag[0]) && !line.contains("not-a-real-one"),
            "{line}"
        );
    }
}

#[test]
fn a_port_that_is_taken_ends_with_2_and_says_what_to_do() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run: Run = vauth(&["emulate", "runai", "--port", &port], &Environment::new());
    assert_eq!(run.stdout, "");
    let line = run.failure(2);
    assert!(line.contains(&port) && line.contains("--port"), "{line}");
}
