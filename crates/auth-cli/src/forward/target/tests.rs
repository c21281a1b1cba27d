//! Tests of where requests go.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::Request;

use super::*;

const LOOPBACK: Transport = Transport::Tcp(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080));

fn target() -> Target {
    Target::new(BaseUrl::parse("https://api.example/prefix").unwrap())
}

fn head(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

#[track_caller]
fn refused(head: &Parts, kind: &str) {
    assert_eq!(
        target().url(head, LOOPBACK).unwrap_err().kind,
        kind,
        "{head:?}"
    );
}

#[test]
fn a_path_is_appended_to_the_base_url() {
    let rows = [
        ("/", "https://api.example/prefix/"),
        ("/v1/x?q=%2e&r", "https://api.example/prefix/v1/x?q=%2e&r"),
        (
            "https://api.example/prefix/v1/x?q",
            "https://api.example/prefix/v1/x?q",
        ),
        (
            "https://API.example:443/prefix/v1",
            "https://api.example/prefix/v1",
        ),
        ("http://localhost:8080/v1", "https://api.example/prefix/v1"),
    ];
    for (uri, expected) in rows {
        let url = target().url(&head("GET", uri, &[]), LOOPBACK).unwrap();
        assert_eq!(url, expected, "{uri}");
    }
}

#[test]
fn no_path_leaves_the_base_url() {
    for path in [
        "/../admin",
        "/a/../../admin",
        "/%2e%2e/admin",
        "/%252e%252e/admin",
        "/a/..%2fadmin",
        "/..;/admin",
        "/a/./b",
        "//evil.example/",
        "/a%5c..%5cb",
        "https://api.example/prefix/../admin",
        "https://api.example/admin",
        "https://api.example/prefixed",
        "https://api.example/",
    ] {
        refused(&head("GET", path, &[]), "path");
    }
    refused(&head("OPTIONS", "*", &[]), "path");
}

#[test]
fn no_other_origin_is_reached() {
    for uri in [
        "http://evil.example/",
        "https://evil.example/prefix/v1",
        "http://api.example/prefix/v1",
        "https://api.example:8443/prefix/v1",
        "https://api.example.evil.example/prefix/v1",
        "http://localhost/v1",
        "http://localhost:9/v1",
        "https://localhost:8080/v1",
    ] {
        refused(&head("GET", uri, &[]), "origin");
    }
}

#[test]
fn tunnels_echoes_and_other_protocols_are_refused() {
    for method in ["TRACE", "trace", "TRACK", "Track"] {
        refused(&head(method, "/", &[]), "method");
    }
    refused(&head("CONNECT", "api.example:443", &[]), "method");
    for protocol in ["websocket", "h2c, websocket", "TLS/1.0", ""] {
        refused(&head("GET", "/", &[("upgrade", protocol)]), "upgrade");
    }
    let offer = head("GET", "/", &[("upgrade", "h2c")]);
    assert!(target().url(&offer, LOOPBACK).is_ok());
}
