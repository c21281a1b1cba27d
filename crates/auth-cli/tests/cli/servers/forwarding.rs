//! Tests of what `vauth proxy` sends to the API, and what it returns.

use super::api::Api;
use super::running::Running;

#[tokio::test]
async fn the_request_goes_to_the_api_with_a_token_and_without_what_concerns_the_caller_s_connection()
 {
    let api = Api::echo();
    let proxy = Running::proxy_to(&format!("{}/prefix", api.url), &[]).await;
    let headers = [
        "authorization: Basic fake",
        "cookie: fake=1",
        "proxy-authorization: Basic fake",
        "connection: x-hop",
        "x-hop: 1",
        "keep-alive: timeout=5",
        "upgrade: h2c",
        "accept-encoding: gzip",
        "x-request-id: 7",
        "host: localhost:1",
    ];
    let reply = proxy.send("PATCH /v1/x%20y?q=%2e&z", &headers, b"body");
    assert_eq!((reply.status, reply.text()), (200, "body"));
    assert_eq!(reply.header("vauth-error"), None);
    let head = &api.heads()[0];
    assert!(
        head.starts_with("PATCH /prefix/v1/x%20y?q=%2e&z HTTP/1.1\r\n"),
        "{head}"
    );
    let host = api.url.trim_start_matches("http://");
    for kept in [
        "accept-encoding: gzip",
        "x-request-id: 7",
        &format!("host: {host}"),
        "content-length: 4",
    ] {
        assert!(head.contains(kept), "{kept}: {head}");
    }
    assert_eq!(head.matches("authorization: Bearer ").count(), 1, "{head}");
    // The token is random, and may contain any short word.
    let lines = head.lines();
    let others: Vec<_> = lines
        .filter(|line| !line.starts_with("authorization: Bearer "))
        .collect();
    let others = others.join("\n");
    for dropped in [
        "fake",
        "x-hop",
        "keep-alive",
        "upgrade",
        "cookie",
        "proxy-",
        "localhost:1",
    ] {
        assert!(!others.contains(dropped), "{dropped}: {others}");
    }
}

#[tokio::test]
async fn the_response_is_the_api_s_own_without_what_concerns_its_connection() {
    let api = Api::start(|exchange| {
        exchange.write(b"HTTP/1.1 418 x\r\ncontent-encoding: gzip\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nlocation: /elsewhere\r\nretry-after: 7\r\nserver: x\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\nconnection: close, x-hop\r\nx-hop: 1\r\nkeep-alive: x\r\nvauth-error: fake\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x00");
        false
    });
    let proxy = Running::proxy(&api, &[]).await;
    let reply = proxy.get("/");
    assert_eq!(
        (reply.status, &*reply.body),
        (418, &b"\x1f\x8b\x00"[..]),
        "{reply:?}"
    );
    for (name, value) in [
        ("content-encoding", "gzip"),
        ("set-cookie", "a=1"),
        ("location", "/elsewhere"),
        ("retry-after", "7"),
        ("server", "x"),
        ("date", "thu, 01 jan 1970 00:00:00 gmt"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{reply:?}");
    }
    for dropped in ["x-hop", "keep-alive", "vauth-error"] {
        assert_eq!(reply.header(dropped), None, "{reply:?}");
    }
    assert_eq!(api.heads().len(), 1);
}

#[tokio::test]
async fn a_length_beside_a_chunked_body_is_dropped() {
    let api = Api::start(|exchange| {
        exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    });
    let proxy = Running::proxy(&api, &[]).await;
    let reply = proxy.get("/");
    assert_eq!(reply.header("content-length"), None, "{reply:?}");
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert_eq!(reply.text(), "3\r\nabc\r\n0\r\n\r\n");
}

#[tokio::test]
async fn redirects_and_failures_are_returned_and_nothing_is_retried() {
    for status in [302, 400, 403, 429, 500, 503] {
        let api = Api::start(move |exchange| {
            exchange.write(format!("HTTP/1.1 {status} x\r\nlocation: /next\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n").as_bytes())
        });
        let proxy = Running::proxy(&api, &[]).await;
        for line in ["GET /v1", "POST /v1"] {
            assert_eq!(proxy.send(line, &[], b"").status, status, "{line}");
        }
        assert_eq!(api.heads().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn only_paths_below_the_base_url_of_the_one_api_are_forwarded() {
    let api = Api::echo();
    let proxy = Running::proxy_to(&format!("{}/prefix", api.url), &[]).await;
    for path in [
        "/..",
        "/a/../../b",
        "/%2e%2e/b",
        "/%252e%252e/b",
        "//evil.example/",
        "/a\\..\\b",
    ] {
        let reply = proxy.get(path);
        assert_eq!((reply.status, reply.refusal()), (400, "path"), "{path}");
    }
    for target in [
        "http://evil.example/prefix/v1",
        "https://127.0.0.1/prefix/v1",
    ] {
        let reply = proxy.get(target);
        assert_eq!((reply.status, reply.refusal()), (421, "origin"), "{target}");
    }
    assert_eq!(proxy.get(&format!("{}/other", api.url)).refusal(), "path");
    assert!(api.heads().is_empty());
    // As a client does whose proxy this is.
    assert_eq!(proxy.get(&format!("{}/prefix/v1", api.url)).status, 200);
    // As RFC 9112 requires of every server.
    assert_eq!(proxy.get(&format!("{}/v1", proxy.url())).status, 200);
    assert!(
        api.heads()
            .iter()
            .all(|head| head.starts_with("GET /prefix/v1 "))
    );
}

#[tokio::test]
async fn upgrades_tunnels_and_echoes_are_refused() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let upgrade = [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-key: x",
    ];
    let reply = proxy.send("GET /ws", &upgrade, b"");
    assert_eq!((reply.status, reply.refusal()), (501, "upgrade"));
    let reply = proxy.send("TRACE /", &[], b"");
    assert_eq!((reply.status, reply.refusal()), (405, "method"));
    assert!(reply.header("allow").unwrap().contains("get"));
    let reply = proxy.send("CONNECT api.example:443", &[], b"");
    assert_eq!((reply.status, reply.refusal()), (405, "method"));
    assert!(api.heads().is_empty());
}

#[tokio::test]
async fn a_connection_that_the_api_had_closed_costs_no_request_without_a_body() {
    // Each connection serves one request and pretends that it would serve more.
    let api = Api::start(|exchange| {
        exchange.body();
        exchange.respond(b"ok");
        false
    });
    let proxy = Running::proxy(&api, &[]).await;
    for _ in 0..20 {
        assert_eq!(proxy.get("/v1").status, 200);
    }
}

#[tokio::test]
async fn an_api_that_is_not_there_or_hangs_up_is_a_bad_gateway() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let proxy = Running::proxy_to(&url, &[]).await;
    let reply = proxy.get("/v1?q=fake-query");
    assert_eq!((reply.status, reply.refusal()), (502, "transport"));
    assert!(!reply.text().contains("fake-query"), "{}", reply.text());
    let api = Api::start(|_| false);
    let proxy = Running::proxy(&api, &[]).await;
    let reply = proxy.send("POST /v1", &[], b"body");
    assert_eq!((reply.status, reply.refusal()), (502, "transport"));
    assert_eq!(api.heads().len(), 1);
    let api = Api::start(|exchange| exchange.write(b"HTTP/1.1 101 x\r\nupgrade: x\r\n\r\n"));
    let proxy = Running::proxy(&api, &[]).await;
    let reply = proxy.get("/v1");
    assert_eq!(reply.status, 502, "{reply:?}");
}
