//! What nobody should send: the emulator answers it, or ends the connection, and goes on serving.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use auth_testkit::{Emulator, Vendor};

use serde_json::json;

use crate::support::{VENDORS, call, get_with, send, sign_in};

#[tokio::test]
async fn odd_methods_paths_and_bodies_are_answered() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let token = sign_in(&emulator).token();
        let bearer = format!("Bearer {token}");
        let token_path = &emulator.token_url()[emulator.base_url().len()..];
        let paths = [
            "/",
            "//",
            "/%",
            "/%2",
            "/%00%ff%2f..%2f",
            "/api/v1/apps/%2e%2e/users",
            "/api/v1/apps/\u{e4}",
            "/dpc/v1/projects?page=1&page=2&page=x&=&&%ff=%",
            "/api/v1/authorization/access-rules?limit=1&limit=x&filterBy=,,==,a==,=@",
            "/api/v1/authorization/access-rules?offset=99999999999999999999999&limit=-1",
            "/graphql?query=%7B&query=",
            token_path,
        ];
        let bodies: [&[u8]; 6] = [
            b"",
            b"{",
            b"\xff\xfe\x00",
            b"a=1&a=2&%=%&=&&",
            b"[[[[[[",
            b"{\"query\":7,\"grantType\":[],\"name\":{}}",
        ];
        for path in paths {
            for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PATCH", "BREW"] {
                for body in bodies {
                    for content_type in [
                        "application/json",
                        "application/x-www-form-urlencoded",
                        "\u{e4}",
                    ] {
                        let headers = [
                            ("authorization", bearer.as_str()),
                            ("authorization", "Basic ="),
                            ("content-type", content_type),
                        ];
                        let body = if method == "HEAD" { b"" } else { body };
                        let url = format!("{}{path}", emulator.base_url());
                        let reply = send(method, &url, &headers, body);
                        assert!(
                            (200..600).contains(&reply.status),
                            "{vendor} {method} {path}"
                        );
                    }
                }
            }
        }
        assert_eq!(call(&emulator, &token).status, 200, "{vendor}");
    }
}

#[tokio::test]
async fn what_is_deep_or_long_is_refused_and_not_fallen_into() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let token = sign_in(&emulator).token();
        let bearer = format!("Bearer {token}");
        let deep = "[".repeat(1 << 19);
        let wide = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(1 << 17));
        let same = "a=1&".repeat(1 << 17);
        let unlike: String = (0..100_000).map(|n| format!("a{n}=&")).collect();
        let subjects = vec![json!({ "subjectId": "a", "subjectType": "user" }); 5_000];
        let scopes = vec![json!({ "scopeId": "1", "scopeType": "project" }); 5_000];
        let payload = json!({ "roleId": 1013, "subjects": subjects, "scopes": scopes });
        let batch = json!({ "payload": payload }).to_string();
        for (body, content_type) in [
            (deep.as_str(), "application/json"),
            (wide.as_str(), "application/json"),
            (batch.as_str(), "application/json"),
            (same.as_str(), "application/x-www-form-urlencoded"),
            (unlike.as_str(), "application/x-www-form-urlencoded"),
        ] {
            for path in [
                "/graphql",
                "/api/v1/users",
                "/api/v1/authorization/access-rules",
                "/api/v1/authorization/access-rules/batch-create",
                &emulator.token_url()[emulator.base_url().len()..],
            ] {
                let url = format!("{}{path}", emulator.base_url());
                let headers = [
                    ("authorization", bearer.as_str()),
                    ("content-type", content_type),
                ];
                let reply = send("POST", &url, &headers, body.as_bytes());
                assert!(
                    (200..500).contains(&reply.status),
                    "{vendor} {path}: {}",
                    reply.status
                );
            }
        }
        let large = vec![b' '; (1 << 20) + 1];
        let reply = send("POST", emulator.token_url(), &[], &large);
        assert_eq!(reply.status, 413, "{vendor}");
        let long = format!("/dpc/v1/projects?{}", "page=1&".repeat(1 << 10));
        assert!(get_with(&emulator, &long, &token).status < 500, "{vendor}");
        assert_eq!(call(&emulator, &token).status, 200, "{vendor}");
    }
}

#[tokio::test]
async fn what_is_no_proper_http_ends_its_own_connection_only() {
    let emulator = Emulator::start(Vendor::Maia).await.unwrap();
    let token = sign_in(&emulator).token();
    for request in [
        "\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n",
        "GET http://other.example/dpc/v1/projects HTTP/1.1\r\nhost: other.example\r\n\r\n",
        "GET http://[::1 HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: \u{0}\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a b\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(&emulator.base_url()["http://".len()..]).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        // It fails if the server has already closed the connection.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let is_hanging = read.is_err_and(|error| {
            matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
        });
        assert!(!is_hanging, "{request:?}");
        assert_eq!(call(&emulator, &token).status, 200, "{request:?}");
    }
}
