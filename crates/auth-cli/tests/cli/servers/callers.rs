//! Tests of who may send requests to either server, and that their secrets stay secret.

use std::fs;

use super::api::Api;
use super::running::Running;
use crate::support::{SECRET, VENDORS, environment, start, vauth};

const CALLER_SECRET: &str = "fake-caller-secret-0123456789";

fn secret_file() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, format!("{CALLER_SECRET}\n")).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[tokio::test]
async fn web_pages_are_refused_and_get_no_permission() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let server = Running::serve(&[]).await;
    let pages: [&[&str]; 4] = [
        &["origin: https://evil.example"],
        &["origin: null"],
        &["sec-fetch-site: cross-site"],
        &["sec-fetch-site: same-site"],
    ];
    for page in pages {
        for line in [
            "GET /v1",
            "POST /v1",
            "OPTIONS /v1",
            "GET /healthz",
            "GET /metrics",
        ] {
            let reply = proxy.send(line, page, b"");
            assert_eq!(
                (reply.status, reply.refusal()),
                (403, "browser"),
                "{page:?}"
            );
            assert_eq!(reply.header("access-control-allow-origin"), None);
        }
        let reply = server.send("GET /token", &[page, &["vauth: true"]].concat(), b"");
        assert_eq!(
            (reply.status, reply.refusal()),
            (403, "browser"),
            "{page:?}"
        );
    }
    // The answer to a permission that a page requests before it sends a header of its own.
    let preflight = [
        "origin: https://evil.example",
        "access-control-request-headers: vauth",
    ];
    let reply = server.send("OPTIONS /token", &preflight, b"");
    assert_eq!(reply.status, 403);
    assert_eq!(reply.header("access-control-allow-headers"), None);
    assert!(api.heads().is_empty());
}

#[tokio::test]
async fn a_name_that_an_attacker_may_have_pointed_here_is_refused() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    let server = Running::serve(&[]).await;
    let host = ["host: evil.example"];
    assert_eq!(proxy.send("GET /v1", &host, b"").refusal(), "host");
    assert_eq!(proxy.send("GET /metrics", &host, b"").refusal(), "host");
    let headers = ["host: evil.example", "vauth: true"];
    assert_eq!(server.send("GET /token", &headers, b"").refusal(), "host");
    for host in ["host: 127.0.0.1:1", "host: [::1]", "host: LocalHost"] {
        assert_eq!(proxy.send("GET /v1", &[host], b"").status, 200, "{host}");
    }
    assert_eq!(api.heads().len(), 3);
}

#[tokio::test]
async fn with_a_secret_only_those_who_know_it_are_served_and_the_api_never_sees_it() {
    let (_folder, path) = secret_file();
    let arguments = [
        "--caller-secret-file",
        &path,
        "--listen",
        "0.0.0.0:0",
        "--allow-remote",
    ];
    let api = Api::echo();
    let proxy = Running::proxy(&api, &arguments).await;
    let server = Running::serve(&arguments).await;
    let own = format!("vauth-secret: {CALLER_SECRET}");
    let bearer = format!("authorization: Bearer {CALLER_SECRET}");
    for right in [&own, &bearer] {
        let headers = ["host: sidecar.example", right.as_str(), "vauth: true"];
        assert_eq!(proxy.send("GET /v1", &headers, b"").status, 200);
        assert_eq!(proxy.send("GET /metrics", &headers, b"").status, 200);
        assert_eq!(server.send("GET /token", &headers, b"").status, 200);
    }
    for wrong in ["vauth-secret: wrong", "authorization: Bearer wrong", "x: y"] {
        let headers = [wrong, "vauth: true"];
        for (running, line) in [
            (&proxy, "GET /v1"),
            (&proxy, "GET /metrics"),
            (&server, "GET /token"),
        ] {
            let reply = running.send(line, &headers, b"");
            assert_eq!(
                (reply.status, reply.refusal()),
                (401, "caller_secret"),
                "{wrong}"
            );
        }
    }
    // A probe cannot know the secret.
    assert_eq!(
        proxy.send("GET /healthz", &["host: 10.0.0.1"], b"").status,
        200
    );
    let heads = api.heads();
    assert_eq!(heads.len(), 2);
    assert!(
        heads.iter().all(|head| !head.contains("fake-caller")),
        "{heads:?}"
    );
}

#[tokio::test]
async fn an_address_that_others_can_reach_needs_consent_and_a_secret() {
    let emulator = start(VENDORS[1]).await;
    let environment = environment(&emulator);
    let (_folder, path) = secret_file();
    for command in ["proxy", "serve"] {
        for option in ["--listen", "--admin-listen"] {
            for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
                let run = vauth(&[command, "maia", option, address], &environment);
                let line = run.failure(2);
                assert!(
                    line.contains(address) && line.contains("--allow-remote"),
                    "{line}"
                );
            }
        }
        let run = vauth(&[command, "maia", "--allow-remote"], &environment);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("--caller-secret-file"), "{run:?}");
    }
    fs::write(&path, "short").unwrap();
    let run = vauth(
        &["proxy", "maia", "--caller-secret-file", &path],
        &environment,
    );
    let line = run.failure(2);
    assert!(
        line.contains("shorter than 16") && !line.contains("short\""),
        "{line}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn no_secret_is_logged_at_any_level_and_each_request_has_one_line() {
    let (_folder, path) = secret_file();
    let api = Api::start(|exchange| {
        exchange.write(
            b"HTTP/1.1 200 OK\r\nset-cookie: fake-cookie\r\ncontent-length: 9\r\n\r\nfake-body",
        )
    });
    let proxy = Running::proxy(&api, &["-vv", "--caller-secret-file", &path]).await;
    let headers = [
        &format!("vauth-secret: {CALLER_SECRET}"),
        "authorization: Basic fake-basic",
        "cookie: fake-cookie",
    ];
    let reply = proxy.send("POST /v1/x?q=fake-query", &headers, b"fake-body");
    assert_eq!(reply.status, 200);
    assert_eq!(
        proxy
            .send("GET /v2", &["vauth-secret: fake-wrong"], b"")
            .status,
        401
    );
    let token = api.heads()[0].clone();
    let token = token
        .split("Bearer ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    proxy.signal(rustix::process::Signal::TERM);
    let (code, log) = proxy.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("hyper"), "{log}");
    let served: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("vauth::access"))
        .collect();
    assert_eq!(served.len(), 2, "{log}");
    for part in ["POST", "/v1/x", "status=200", "bytes=9", "elapsed="] {
        assert!(served[0].contains(part), "{}", served[0]);
    }
    for secret in [
        &SECRET[..6],
        &token,
        CALLER_SECRET,
        "fake-basic",
        "fake-cookie",
        "fake-query",
        "fake-body",
        "fake-wrong",
    ] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn without_v_nothing_is_logged() {
    let api = Api::echo();
    let proxy = Running::proxy(&api, &[]).await;
    assert_eq!(proxy.get("/v1").status, 200);
    proxy.signal(rustix::process::Signal::TERM);
    assert_eq!(proxy.ended(), (Some(0), String::new()));
}
