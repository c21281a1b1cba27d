//! Tests of bodies that pass through `vauth proxy` in pieces, in both directions.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use super::api::Api;
use super::running::{Running, limit, read, request, until};

#[tokio::test]
async fn a_chunked_body_passes_with_its_trailers_in_both_directions() {
    let seen = Arc::new(Mutex::new(String::new()));
    let trailers = Arc::clone(&seen);
    let api = Api::start(move |exchange| {
        let (body, sent) = exchange.chunks();
        assert_eq!(body, b"hello world");
        *trailers.lock().unwrap() = sent;
        exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n5\r\nfirst\r\n0\r\nx-sum: 8\r\n\r\n")
    });
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    let head = request(
        "POST /v1",
        &[
            "transfer-encoding: chunked",
            "trailer: x-sum",
            "te: trailers",
        ],
        b"",
    );
    stream.write_all(&head).unwrap();
    for piece in ["5\r\nhello\r\n", "6\r\n world\r\n", "0\r\nx-sum: 7\r\n\r\n"] {
        stream.write_all(piece.as_bytes()).unwrap();
    }
    let reply = read(stream);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.text(), "5\r\nfirst\r\n0\r\nx-sum: 8\r\n\r\n");
    assert_eq!(*seen.lock().unwrap(), "x-sum: 7\r\n");
}

#[tokio::test]
async fn trailers_about_the_connection_the_caller_or_this_server_do_not_pass() {
    let seen = Arc::new(Mutex::new(String::new()));
    let trailers = Arc::clone(&seen);
    let api = Api::start(move |exchange| {
        *trailers.lock().unwrap() = exchange.chunks().1;
        exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum, vauth-error, connection\r\n\r\n1\r\nx\r\n0\r\nx-sum: 8\r\nvauth-error: fake\r\nconnection: fake\r\n\r\n")
    });
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    let named =
        "trailer: x-sum, authorization, cookie, vauth-secret, connection, proxy-authorization";
    let headers = ["transfer-encoding: chunked", named, "te: trailers"];
    let head = request("POST /v1", &headers, b"");
    stream.write_all(&head).unwrap();
    stream
        .write_all(b"1\r\nx\r\n0\r\nx-sum: 7\r\nauthorization: fake\r\ncookie: fake\r\nvauth-secret: fake\r\nconnection: fake\r\nproxy-authorization: fake\r\n\r\n")
        .unwrap();
    let reply = read(stream);
    assert_eq!(reply.text(), "1\r\nx\r\n0\r\nx-sum: 8\r\n\r\n");
    assert_eq!(*seen.lock().unwrap(), "x-sum: 7\r\n");
}

#[tokio::test]
async fn the_status_of_a_response_whose_body_breaks_at_once_is_known() {
    for body in [
        "content-length: 2\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
    ] {
        let api = Api::start(move |exchange| {
            exchange.body();
            exchange.write(format!("HTTP/1.1 201 Created\r\n{body}").as_bytes());
            false
        });
        let proxy = Running::proxy(&api, &[]).await;
        for _ in 0..5 {
            let mut stream = proxy.connect();
            stream.write_all(&request("POST /v1", &[], b"abc")).unwrap();
            let mut head = Vec::new();
            // The connection is closed, and the response is not complete.
            let _ = stream.read_to_end(&mut head);
            let head = String::from_utf8(head).unwrap();
            assert!(head.starts_with("HTTP/1.1 201 "), "{body:?}: {head:?}");
            assert!(!head.ends_with("0\r\n\r\n"), "{head:?}");
        }
    }
}

#[tokio::test]
async fn a_small_body_may_be_slow_but_not_stand_still() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &["--timeout", "1"]).await;
    let mut stream = proxy.connect();
    let head = request("POST /v1", &[], b"four");
    let (head, body) = head.split_at(head.len() - 4);
    stream.write_all(head).unwrap();
    for byte in body {
        std::thread::sleep(std::time::Duration::from_millis(400));
        stream.write_all(&[*byte]).unwrap();
    }
    assert_eq!(read(stream).text(), "four");
}

#[tokio::test]
async fn each_piece_passes_before_the_next_one_exists() {
    let (go, gone) = channel();
    let gone = Mutex::new(gone);
    let api = Api::start(move |exchange| {
        exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        for piece in ["one", "two"] {
            exchange.write(format!("3\r\n{piece}\r\n").as_bytes());
            gone.lock().unwrap().recv().unwrap();
        }
        exchange.write(b"0\r\n\r\n")
    });
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    stream.write_all(&request("GET /events", &[], b"")).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    for piece in ["one", "two"] {
        assert!(lines.any(|line| line == piece));
        go.send(()).unwrap();
    }
    assert!(lines.any(|line| line == "0"));
}

#[tokio::test]
async fn a_head_request_has_the_length_and_no_body() {
    let api = Api::start(|exchange| {
        let response: &[u8] = match exchange.head.as_bytes()[0] {
            b'H' => b"HTTP/1.1 200 OK\r\ncontent-length: 1234\r\netag: x\r\n\r\n",
            _ => b"HTTP/1.1 304 x\r\netag: y\r\n\r\n",
        };
        exchange.write(response)
    });
    let proxy = Running::proxy(&api, &[]).await;
    let reply = proxy.send("HEAD /v1", &[], b"");
    assert_eq!(reply.header("content-length"), Some("1234"), "{reply:?}");
    assert_eq!((reply.status, reply.text()), (200, ""));
    let reply = proxy.send("GET /v1", &["if-none-match: y"], b"");
    assert_eq!(
        (reply.status, reply.header("etag"), reply.text()),
        (304, Some("y"), "")
    );
}

#[tokio::test]
async fn a_caller_that_waits_for_100_continue_gets_it() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    let head = "POST /v1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"body").unwrap();
    assert_eq!(read(stream).text(), "body");
}

#[tokio::test]
async fn a_caller_without_permission_is_told_so_before_it_sends_its_body() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    let head = "POST /v1 HTTP/1.1\r\nhost: evil.example\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status).unwrap();
    assert_eq!(status, "HTTP/1.1 403 Forbidden\r\n");
}

#[tokio::test]
async fn a_body_that_the_stack_would_leave_out_is_refused() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    stream
        .write_all(&request("GET /v1", &["transfer-encoding: chunked"], b""))
        .unwrap();
    stream.write_all(b"1\r\nx\r\n0\r\n\r\n").unwrap();
    let reply = read(stream);
    assert_eq!((reply.status, reply.refusal()), (411, "length_required"));
    assert_eq!(proxy.send("GET /v1", &[], b"body").text(), "body");
    let sent = proxy.send("POST /v1", &[], b"");
    assert_eq!(sent.status, 200);
    assert!(
        api.heads()[1].contains("content-length: 0"),
        "{:?}",
        api.heads()
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_large_body_takes_no_memory_in_either_direction() {
    let length = LARGE;
    let api = Api::start(move |exchange| {
        if exchange.head.starts_with("PUT") {
            assert!(exchange.skip(length));
            exchange.respond(b"done");
            return true;
        }
        exchange.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").as_bytes());
        let piece = vec![b'x'; 1 << 20];
        (0..length >> 20).all(|_| exchange.write(&piece))
    });
    let proxy = Running::proxy(&api, &[]).await;
    until(|| proxy.get("/healthz").status == 200);
    let before = peak_memory(proxy.id());

    let mut stream = proxy.connect();
    let head = format!("content-length: {length}");
    stream
        .write_all(&request("PUT /v1", &[&head], b""))
        .unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..length >> 20 {
        stream.write_all(&piece).unwrap();
    }
    assert_eq!(read(stream).text(), "done");

    let mut stream = proxy.connect();
    stream.write_all(&request("GET /v1", &[], b"")).unwrap();
    let received = std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    assert!(received > length, "{received}");
    let after = peak_memory(proxy.id());
    assert!(after - before < LARGE / 4, "{before} {after}");
}

#[cfg(target_os = "linux")]
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB").parse::<u64>();
    kilobytes.unwrap() * 1024
}

#[cfg(target_os = "linux")]
const LARGE: u64 = 64 << 20;

#[tokio::test]
async fn a_response_that_breaks_off_breaks_off_for_the_caller_too() {
    for head in ["content-length: 10", "transfer-encoding: chunked"] {
        let api = Api::start(move |exchange| {
            exchange.write(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n4\r\nhalf").as_bytes());
            false
        });
        let proxy = Running::proxy(&api, &[]).await;
        let mut stream = proxy.connect();
        stream.write_all(&request("GET /v1", &[], b"")).unwrap();
        let mut received = Vec::new();
        // Depending on what arrived together, even the head may be missing.
        let _ = stream.read_to_end(&mut received);
        let received = String::from_utf8(received).unwrap();
        let body = received.split_once("\r\n\r\n").map(|(_, body)| body);
        let is_whole = body.is_some_and(|body| body.len() == 10 || body.ends_with("0\r\n\r\n"));
        assert!(!is_whole, "{received}");
        until(|| proxy.get("/healthz").status == 200);
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_ends_its_request_to_the_api() {
    let (ended, end) = channel();
    let ended = Mutex::new(ended);
    let api = Api::start(move |exchange| {
        exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        while exchange.write(b"4\r\nmore\r\n") {}
        ended.lock().unwrap().send(()).unwrap();
        false
    });
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream: TcpStream = proxy.connect();
    limit(&stream);
    stream.write_all(&request("GET /v1", &[], b"")).unwrap();
    stream.read_exact(&mut [0; 100]).unwrap();
    drop(stream);
    end.recv_timeout(std::time::Duration::from_secs(30))
        .unwrap();
}

#[tokio::test]
async fn a_caller_that_goes_away_within_its_upload_never_completes_it() {
    let (ended, end) = channel();
    let ended = Mutex::new(ended);
    let api = Api::start(move |exchange| {
        let is_whole = exchange.skip(1 << 20);
        ended.lock().unwrap().send(is_whole).unwrap();
        false
    });
    let proxy = Running::proxy(&api, &[]).await;
    let mut stream = proxy.connect();
    let head = format!("content-length: {}", 1 << 20);
    stream
        .write_all(&request("PUT /v1", &[&head], b""))
        .unwrap();
    stream.write_all(&[b'x'; 100_000]).unwrap();
    until(|| !api.heads().is_empty());
    drop(stream);
    let is_whole = end.recv_timeout(std::time::Duration::from_secs(30));
    assert_eq!(is_whole, Ok(false));
}
