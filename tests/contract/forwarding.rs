//! What stands on the wire when a program passes on a request that it was sent itself.

use std::sync::Arc;

use auth_core::{
    AuthorizedClient, BaseUrl, BlockingTokenCache, ForwardHeaders, HttpClient, RequestLimits,
    ReqwestHttpClient, StaticTokenSource, TokenCache, TokenSource,
};
use bytes::Bytes;
use http::header::{COOKIE, HOST};
use http::{Method, Request, Version};

use crate::raw_server::{RawServer, Seen, Step};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

type Client = AuthorizedClient<TokenCache<Arc<dyn TokenSource>>>;

fn client(server: &RawServer) -> Arc<Client> {
    let source: Arc<dyn TokenSource> = Arc::new(StaticTokenSource::new("fake-token").unwrap());
    let http = Arc::new(ReqwestHttpClient::builder().build().unwrap());
    let base = BaseUrl::parse(server.base_url()).unwrap();
    Arc::new(AuthorizedClient::new(TokenCache::new(source), http, base))
}

/// A request as a server hands it over, from somebody who means no good.
fn foreign(method: Method, version: Version) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from_static(b"body"));
    *request.method_mut() = method;
    *request.version_mut() = version;
    *request.uri_mut() = "/v1/things".parse().unwrap();
    for (name, value) in [
        ("host", "evil.example"),
        ("cookie", "session=1"),
        ("connection", "close, x-hop"),
        ("x-hop", "1"),
        ("transfer-encoding", "chunked"),
        ("content-length", "2"),
        ("expect", "100-continue"),
        ("te", "trailers"),
        ("authorization", "Basic fake"),
        ("x-request-id", "7"),
    ] {
        let name = http::HeaderName::from_static(name);
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

fn header<'a>(seen: &'a Seen, name: &str) -> Vec<&'a str> {
    let lines = seen.head.lines().skip(1);
    lines
        .filter_map(|line| line.split_once(": "))
        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

fn check(server: &RawServer, seen: &Seen) {
    assert!(
        seen.head.contains(" /v1/things HTTP/1.1\r\n"),
        "{}",
        seen.head
    );
    let host = server.base_url().trim_start_matches("http://");
    assert_eq!(header(seen, "host"), [host]);
    assert_eq!(header(seen, "authorization"), ["Bearer fake-token"]);
    assert_eq!(header(seen, "content-length"), ["4"]);
    assert_eq!(header(seen, "x-request-id"), ["7"]);
    assert_eq!(seen.body, "body");
    for name in [
        "cookie",
        "connection",
        "x-hop",
        "transfer-encoding",
        "expect",
        "te",
    ] {
        assert!(header(seen, name).is_empty(), "{name}: {}", seen.head);
    }
}

#[tokio::test]
async fn nothing_of_the_callers_own_connection_is_sent_in_whatever_version_it_came() {
    for method in [Method::POST, Method::GET, Method::DELETE] {
        for version in [
            Version::HTTP_10,
            Version::HTTP_11,
            Version::HTTP_2,
            Version::HTTP_3,
        ] {
            let server = RawServer::start(|_, _| Step::Say(OK)).await;
            let request = foreign(method.clone(), version);
            client(&server).send(request).await.unwrap();
            check(&server, &server.seen()[0]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_blocking_client_keeps_the_same_rules() {
    let server = RawServer::start(|_, _| Step::Say(OK)).await;
    let client = client(&server);
    let blocking = BlockingTokenCache::new(client.source().clone()).unwrap();
    let request = foreign(Method::POST, Version::HTTP_2);
    let sent = tokio::task::spawn_blocking(move || blocking.block_on(client.send(request)));
    sent.await.unwrap().unwrap();
    check(&server, &server.seen()[0]);
}

#[tokio::test]
async fn a_host_and_a_cookie_are_sent_for_whoever_asks_by_name() {
    let server = RawServer::start(|_, _| Step::Say(OK)).await;
    let mut request = foreign(Method::GET, Version::HTTP_11);
    let asked = ForwardHeaders::new([HOST, COOKIE]).unwrap();
    request.extensions_mut().insert(asked);
    client(&server).send(request).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(header(seen, "host"), ["evil.example"]);
    assert_eq!(header(seen, "cookie"), ["session=1"]);
    assert!(header(seen, "te").is_empty());
}

#[tokio::test]
async fn the_length_of_an_empty_body_is_said_too() {
    let server = RawServer::start(|_, _| Step::Say(OK)).await;
    let mut request = foreign(Method::POST, Version::HTTP_11);
    *request.body_mut() = Bytes::new();
    client(&server).send(request).await.unwrap();
    assert_eq!(header(&server.seen()[0], "content-length"), ["0"]);
}

#[tokio::test]
async fn the_default_http_client_speaks_its_own_version() {
    let server = RawServer::start(|_, _| Step::Say(OK)).await;
    let mut request = Request::new(Bytes::new());
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = server.base_url().parse().unwrap();
    let http = ReqwestHttpClient::builder().build().unwrap();
    http.send(request, RequestLimits::API_REQUEST)
        .await
        .unwrap();
    assert!(server.seen()[0].head.starts_with("GET / HTTP/1.1"));
}
