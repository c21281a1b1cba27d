//! Tests of how a server starts and ends: its addresses, its socket file, and the requests that are running.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc::channel;

#[cfg(unix)]
use rustix::process::Signal;

use super::api::Api;
use super::running::{Running, exchange, read, request, until};
use crate::support::{VENDORS, command, environment, finish, start, vauth};

#[tokio::test]
async fn the_first_line_says_how_to_connect() {
    let api = Api::echo();
    let proxy = Running::proxy(
        &api,
        &["--listen", "[::1]:0", "--admin-listen", "127.0.0.1:0"],
    )
    .await;
    let ready = proxy.ready.as_object().unwrap();
    assert_eq!(ready.len(), 4);
    assert_eq!(ready["vendor"], "maia");
    assert_eq!(ready["base_url"], api.url);
    assert!(proxy.url().starts_with("http://[::1]:"), "{ready:?}");
    assert!(
        ready["admin_url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
}

#[tokio::test]
async fn health_and_metrics_are_here_or_on_their_own_address() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    until(|| proxy.get("/healthz").status == 200);
    assert_eq!(proxy.get("/healthz").json()["status"], "ok");
    assert_eq!(proxy.send("POST /v1", &[], b"body").status, 200);
    assert_eq!(proxy.send("GET /v1", &["origin: null"], b"").status, 403);
    let metrics = proxy.get("/metrics");
    assert!(
        metrics
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    for line in [
        "vauth_requests_total{class=\"4xx\"} 1",
        "vauth_refusals_total{kind=\"browser\"} 1",
        "vauth_requests_in_flight 1",
        "vauth_received_body_bytes_total 4",
        "auth_token_requests_total{source=\"maia\",outcome=\"ok\"} 1",
    ] {
        assert!(
            metrics.text().lines().any(|other| other == line),
            "{line}: {}",
            metrics.text()
        );
    }
    // The ends of the connections before are noticed a little later.
    until(|| {
        let metrics = proxy.get("/metrics");
        metrics
            .text()
            .lines()
            .any(|line| line == "vauth_connections 1")
    });
    assert!(
        metrics
            .text()
            .contains("vauth_request_duration_seconds_bucket"),
        "{}",
        metrics.text()
    );
    assert_eq!(proxy.send("POST /metrics", &[], b"").status, 405);
    assert_eq!(api.heads().len(), 1);

    let proxy = Running::proxy(&api, &["--admin-listen", "127.0.0.1:0"]).await;
    assert_eq!(proxy.get("/healthz").status, 200);
    assert!(api.heads()[1].starts_with("GET /healthz "));
    let admin = proxy.ready["admin_url"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://")
        .to_owned();
    let get = |path: &str| {
        let stream = TcpStream::connect(&admin).unwrap();
        exchange(stream, &request(&format!("GET {path}"), &[], b""))
    };
    assert_eq!(get("/healthz").json()["status"], "ok");
    assert_eq!(get("/metrics").status, 200);
    assert_eq!(get("/v1").status, 404);
    assert_eq!(api.heads().len(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_lets_running_requests_finish_and_accepts_no_others() {
    for signal in [Signal::TERM, Signal::INT] {
        let (go, gone) = channel();
        let gone = Mutex::new(gone);
        let api = Api::start(move |exchange| {
            exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
            gone.lock().unwrap().recv().unwrap();
            exchange.write(b"half")
        });
        let proxy = Running::proxy(&api, &["--grace-period", "60"]).await;
        let idle = {
            let mut idle = proxy.connect();
            idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
                .unwrap();
            idle.read_exact(&mut [0; 12]).unwrap();
            idle
        };
        let mut stream = proxy.connect();
        stream.write_all(&request("GET /v1", &[], b"")).unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        proxy.signal(signal);
        // The idle connection ends, although the running request has not.
        read_to_end(idle);
        until(|| TcpStream::connect(proxy.address()).is_err());
        go.send(()).unwrap();
        let rest = read_to_end(stream);
        assert!(rest.ends_with("halfhalf"), "{rest}");
        assert_eq!(proxy.ended(), (Some(0), String::new()));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_grace_period_ends_and_a_second_signal_ends_it_at_once() {
    for (grace, signals) in [("0.2", 1), ("600", 2)] {
        let api = Api::start(|exchange| {
            exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
            exchange.skip(u64::MAX);
            false
        });
        let mut proxy = Running::proxy(&api, &["--grace-period", grace]).await;
        let mut stream = proxy.connect();
        stream.write_all(&request("GET /v1", &[], b"")).unwrap();
        stream.read_exact(&mut [0; 12]).unwrap();
        proxy.signal(Signal::TERM);
        if signals == 2 {
            until(|| TcpStream::connect(proxy.address()).is_err());
            proxy.insist(Signal::INT);
        }
        let (code, log) = proxy.ended();
        assert_eq!(code, Some(if signals == 2 { 130 } else { 0 }), "{log}");
        assert!(
            log.contains("1 connections with running requests were closed"),
            "{log}"
        );
        drop(stream);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn signals_that_arrive_together_are_one_signal() {
    let (go, gone) = channel();
    let gone = Mutex::new(gone);
    let api = Api::start(move |exchange| {
        exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
        gone.lock().unwrap().recv().unwrap();
        exchange.write(b"half")
    });
    let proxy = Running::proxy(&api, &["--grace-period", "60"]).await;
    let mut stream = proxy.connect();
    stream.write_all(&request("GET /v1", &[], b"")).unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    for signal in [Signal::TERM, Signal::HUP, Signal::TERM] {
        proxy.signal(signal);
    }
    until(|| TcpStream::connect(proxy.address()).is_err());
    go.send(()).unwrap();
    let rest = read_to_end(stream);
    assert!(rest.ends_with("halfhalf"), "{rest}");
    assert_eq!(proxy.ended(), (Some(0), String::new()));
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_reader_of_the_ready_line_it_is_served_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listen = format!("unix:{}", path.display());
    let emulator = start(VENDORS[1]).await;
    for name in ["proxy", "serve"] {
        let arguments = [name, "maia", "--listen", &listen];
        let child = command(&arguments, &environment(&emulator))
            .stdout(crate::nobody::pipe_without_reader())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        until(|| UnixStream::connect(&path).is_ok());
        let health = request("GET /healthz", &[], b"");
        let reply = exchange(UnixStream::connect(&path).unwrap(), &health);
        assert!([200, 503].contains(&reply.status), "{reply:?}");
        let id = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(id, Signal::TERM).unwrap();
        let run = finish(child);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stderr.contains("no reader"), "{run:?}");
        assert!(run.stderr.contains(path.to_str().unwrap()), "{run:?}");
    }
}

fn read_to_end(mut stream: impl std::io::Read) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_file_is_private_replaced_if_stale_and_removed_at_the_end() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vauth.sock");
    let listen = format!("unix:{}", path.display());
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let api = Api::echo();
    let proxy = Running::proxy(&api, &["--listen", &listen]).await;
    assert_eq!(proxy.ready["socket"], path.to_str().unwrap());
    assert_eq!(proxy.ready.get("url"), None);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // No browser can open it, so that any name is right.
    for host in ["host: anything", "host: localhost"] {
        let stream = UnixStream::connect(&path).unwrap();
        let reply = exchange(stream, &request("POST /v1", &[host], b"body"));
        assert_eq!((reply.status, reply.text()), (200, "body"));
    }
    let page = UnixStream::connect(&path).unwrap();
    let reply = exchange(page, &request("GET /v1", &["origin: null"], b""));
    assert_eq!(reply.refusal(), "browser");

    let environment = environment(&proxy.emulator);
    let second = vauth(&["proxy", "maia", "--listen", &listen], &environment);
    let line = second.failure(2);
    assert!(
        line.contains(&listen) && line.contains("another process"),
        "{line}"
    );
    assert!(UnixStream::connect(&path).is_ok());

    proxy.signal(Signal::TERM);
    assert_eq!(proxy.ended(), (Some(0), String::new()));
    assert!(!path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_no_socket_stays_and_so_does_the_file_of_another_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vauth.sock");
    std::fs::write(&path, "precious").unwrap();
    let listen = format!("unix:{}", path.display());
    let emulator = start(VENDORS[1]).await;
    let run = vauth(
        &["serve", "maia", "--listen", &listen],
        &environment(&emulator),
    );
    let line = run.failure(2);
    assert!(line.contains("no socket"), "{line}");
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");

    std::fs::remove_file(&path).unwrap();
    let server = Running::serve(&["--listen", &listen]).await;
    std::fs::remove_file(&path).unwrap();
    let _other = std::os::unix::net::UnixListener::bind(&path).unwrap();
    server.signal(Signal::TERM);
    assert_eq!(server.ended().0, Some(0));
    assert!(path.exists());
}

#[tokio::test]
async fn a_port_that_is_taken_ends_with_2_and_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let emulator = start(VENDORS[1]).await;
    for (arguments, option) in [
        (vec!["--listen", &address], "--listen"),
        (vec!["--admin-listen", &address], "--admin-listen"),
    ] {
        for name in ["proxy", "serve"] {
            let arguments = [&[name, "maia"], arguments.as_slice()].concat();
            let line = vauth(&arguments, &environment(&emulator)).failure(2);
            assert!(line.contains(&address) && line.contains(option), "{line}");
        }
    }
}

#[tokio::test]
async fn wrong_settings_are_reported_before_anything_listens() {
    let emulator = start(VENDORS[1]).await;
    let mut environment = environment(&emulator);
    environment.retain(|(name, _)| name != "MAIA_CLIENT_ID");
    for name in ["proxy", "serve"] {
        let child = command(&[name, "maia"], &environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let run = finish(child);
        assert_eq!(run.stdout, "");
        assert!(run.failure(2).contains("MAIA_CLIENT_ID"));
    }
}

#[tokio::test]
async fn several_requests_share_a_connection() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    let kept = "POST /v1 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\nx";
    stream.write_all(kept.repeat(2).as_bytes()).unwrap();
    stream.write_all(&request("GET /v1", &[], b"")).unwrap();
    let reply = read(stream);
    assert_eq!(
        reply.text().matches("http/1.1 200").count() + reply.text().matches("HTTP/1.1 200").count(),
        2
    );
    assert_eq!(api.heads().len(), 3);
}
