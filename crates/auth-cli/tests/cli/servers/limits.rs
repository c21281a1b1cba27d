//! Tests of the limits of a server: time, connections, and the size of a request's head.

use std::io::{Read as _, Write as _};

use super::api::Api;
use super::running::{Running, read, request, until};

#[tokio::test]
async fn an_api_that_does_not_respond_is_a_gateway_timeout() {
    let api = Api::start(|exchange| {
        let (_never, wait) = std::sync::mpsc::channel::<()>();
        exchange.body();
        // Until the connection is closed.
        exchange.skip(u64::MAX);
        drop(wait);
        false
    });
    let proxy = Running::proxy(&api, &["--timeout", "0.3"]).await;
    for (line, body) in [("GET /v1", &b""[..]), ("POST /v1", b"body")] {
        let reply = proxy.send(line, &[], body);
        assert_eq!((reply.status, reply.refusal()), (504, "timeout"), "{line}");
    }
    assert_eq!(api.heads().len(), 2);
}

#[tokio::test]
async fn an_api_that_pauses_within_its_response_ends_it() {
    let api = Api::start(|exchange| {
        exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
        exchange.skip(u64::MAX);
        false
    });
    let proxy = Running::proxy(&api, &["--timeout", "0.3"]).await;
    let reply = proxy.get("/v1");
    assert_eq!((reply.status, reply.text()), (200, "half"));
}

#[tokio::test]
async fn a_caller_that_does_not_send_its_body_is_told_so() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &["--timeout", "0.3"]).await;
    for length in [10, 1 << 20] {
        let mut stream = proxy.connect();
        let head = format!("content-length: {length}");
        stream
            .write_all(&request("POST /v1", &[&head], b""))
            .unwrap();
        stream.write_all(b"half").unwrap();
        let reply = read(&stream);
        assert_eq!(
            (reply.status, reply.refusal()),
            (408, "request_body"),
            "{length}"
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_is_the_caller_s_fault() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let head = b"POST /v1 HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    for chunk in ["5\r\nhelloXX\r\n0\r\n\r\n", "ZZ\r\nhello\r\n0\r\n\r\n"] {
        let mut stream = proxy.connect();
        stream
            .write_all(&[&head[..], chunk.as_bytes()].concat())
            .unwrap();
        let reply = read(&stream);
        assert_eq!(
            (reply.status, reply.refusal()),
            (400, "request_body"),
            "{chunk:?}"
        );
    }
}

#[tokio::test]
async fn an_upload_that_makes_progress_may_take_longer_than_the_limit() {
    let api = Api::echo();
    // A piece may be late by ten times its pause, and all of them take longer than the limit.
    let proxy = Running::proxy(&api, &["--timeout", "2"]).await;
    let mut stream = proxy.connect();
    let length = 80_000;
    let head = format!("content-length: {length}");
    stream
        .write_all(&request("POST /v1", &[&head], b""))
        .unwrap();
    let piece = vec![b'x'; length / 16];
    let started = std::time::Instant::now();
    for _ in 0..16 {
        stream.write_all(&piece).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(150));
    }
    assert!(started.elapsed() > std::time::Duration::from_secs(2));
    assert_eq!(read(&stream).body.len(), length);
}

#[tokio::test]
async fn one_connection_too_many_gets_503_until_another_ends() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &["--max-connections", "2"]).await;
    let mut first = proxy.connect();
    let mut second = proxy.connect();
    for stream in [&mut first, &mut second] {
        // A response proves that the connection was accepted.
        stream
            .write_all(b"GET /v1 HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .unwrap();
        stream.read_exact(&mut [0; 12]).unwrap();
    }
    let reply = proxy.get("/v1");
    assert_eq!((reply.status, reply.refusal()), (503, "connections"));
    assert_eq!(reply.header("retry-after"), Some("1"));
    drop(first);
    until(|| proxy.get("/v1").status == 200);
    drop(second);
}

#[tokio::test]
async fn a_head_that_is_too_large_or_malformed_is_refused() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let large = format!("x-large: {}", "x".repeat(100_000));
    assert_eq!(proxy.send("GET /v1", &[&large], b"").status, 431);
    let mut stream = proxy.connect();
    stream.write_all(b"nonsense\r\n\r\n").unwrap();
    assert_eq!(read(&stream).status, 400);
    // Two interpretations of where the next request starts.
    let both = ["transfer-encoding: chunked", "content-length: 4"];
    let mut stream = proxy.connect();
    stream.write_all(&request("POST /v1", &both, b"")).unwrap();
    stream.write_all(b"0\r\n\r\n").unwrap();
    let _ = read(&stream);
    for head in api.heads() {
        assert!(
            !(head.contains("transfer-encoding") && head.contains("content-length")),
            "{head}"
        );
    }
    assert_eq!(proxy.get("/v1").status, 200);
}
