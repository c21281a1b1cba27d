//! Tests of the ways to the API: TLS with an authority of the user's, and an HTTP proxy.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use auth_testkit::EmulatedVendor;

use super::api::Api;
use super::running::Running;
use crate::support::{environment, start, with};
use crate::tls::{Authority, front};

/// Starts a proxy to an API at this URL, whose certificate the authority has signed.
async fn proxy(
    url: &str,
    authority: &Authority,
    more: Option<(&str, &str)>,
) -> (Running, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &authority.pem).unwrap();
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = with(environment(&emulator), "MAIA_BASE_URL", url);
    let mut environment = with(environment, "MAIA_CA_FILE", file.to_str().unwrap());
    if let Some((name, value)) = more {
        environment = with(environment, name, value);
    }
    let running = Running::start(&["proxy", "maia"], &environment, emulator);
    (running, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_with_tls_is_verified_and_reached() {
    let authority = Authority::new();
    let api = Api::echo();
    let url = front(&authority.issue("localhost"), None, &api.url).await;
    let (running, _folder) = proxy(&url, &authority, None).await;
    let large = vec![b'x'; 200_000];
    let reply = running.send("POST /v1/x", &[], &large);
    assert_eq!((reply.status, reply.body.len()), (200, large.len()));
    let head = api.heads().remove(0);
    assert!(head.contains("authorization: Bearer "), "{head}");
    let host = url.trim_start_matches("https://");
    assert!(head.contains(&format!("host: {host}")), "{head}");

    let (stranger, _folder) = proxy(&url, &Authority::new(), None).await;
    let reply = stranger.get("/v1/x");
    assert_eq!((reply.status, reply.refusal()), (502, "transport"));
    assert!(reply.text().contains("certificate"), "{reply:?}");
    assert_eq!(api.heads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_behind_an_http_proxy_is_reached_through_a_tunnel() {
    let authority = Authority::new();
    let api = Api::echo();
    // A name that only the proxy knows (RFC 6761).
    let url = front(&authority.issue("api.invalid"), None, &api.url).await;
    let tunnel = Tunnel::to(url.rsplit_once(':').unwrap().1.parse().unwrap());
    let variable = format!("http://fake-user:fake-password@{}", tunnel.address);
    let more = Some(("HTTPS_PROXY", &*variable));
    let (running, _folder) = proxy("https://api.invalid/prefix", &authority, more).await;
    for _ in 0..2 {
        let reply = running.send("POST /v1/x", &[], b"body");
        assert_eq!((reply.status, reply.text()), (200, "body"));
    }
    let heads = api.heads();
    assert!(
        heads[0].starts_with("POST /prefix/v1/x HTTP/1.1\r\n"),
        "{heads:?}"
    );
    assert!(!heads[0].contains("proxy-"), "{heads:?}");
    let requests = tunnel.requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 1, "the connection is kept");
    assert!(
        requests[0].starts_with("CONNECT api.invalid:443 HTTP/1.1\r\n"),
        "{requests:?}"
    );
    assert!(
        requests[0].contains("Basic ZmFrZS11c2VyOmZha2UtcGFzc3dvcmQ="),
        "{requests:?}"
    );
    assert!(!requests[0].contains("Bearer"), "{requests:?}");
}

/// An HTTP proxy that leads everybody to one port of this machine.
struct Tunnel {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
                seen.lock().unwrap().push(head);
                let mut near = reader.into_inner();
                let far = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
                near.write_all(b"HTTP/1.1 200 x\r\n\r\n").unwrap();
                copy(near.try_clone().unwrap(), far.try_clone().unwrap());
                copy(far, near);
            }
        });
        Self { address, requests }
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}
