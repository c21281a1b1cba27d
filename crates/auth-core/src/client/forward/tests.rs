//! Tests of what is left of a caller's headers and version when its request goes out.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Version};

use super::*;
use crate::client::AuthorizedClient;
use crate::error::ErrorKind;
use crate::http::BaseUrl;
use crate::http::fake::{FakeHttp, answer};
use crate::source::StaticTokenSource;

/// A client, and what it was given to send.
struct Setup {
    http: Arc<FakeHttp>,
    client: AuthorizedClient<StaticTokenSource>,
}

impl Setup {
    fn new() -> Self {
        let http = Arc::new(FakeHttp::new([answer(200, &[], "")]));
        let base = BaseUrl::parse("https://api.example").unwrap();
        let source = StaticTokenSource::new("fake-token").unwrap();
        Self {
            client: AuthorizedClient::new(source, http.clone(), base),
            http,
        }
    }

    async fn sent(&self, request: Request<Bytes>) -> HeaderMap {
        self.client.send(request).await.unwrap();
        self.http.requests()[0].headers().clone()
    }
}

fn request(headers: &[(&str, &str)]) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from_static(b"body"));
    *request.method_mut() = Method::POST;
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    request
}

const FOREIGN: &[(&str, &str)] = &[
    ("host", "evil.example"),
    ("cookie", "session=1"),
    ("cookie", "more=2"),
    ("proxy-authorization", "Basic fake"),
    ("proxy-authenticate", "Basic"),
    ("connection", "close, X-Hop ,,te"),
    ("connection", "x-other, bad name"),
    ("x-hop", "1"),
    ("x-other", "2"),
    ("keep-alive", "timeout=5"),
    ("proxy-connection", "keep-alive"),
    ("http2-settings", "AAMAAABk"),
    ("te", "trailers"),
    ("trailer", "x-sum"),
    ("transfer-encoding", "chunked"),
    ("upgrade", "websocket"),
    ("content-length", "1"),
    ("expect", "100-continue"),
    ("authorization", "Basic fake"),
];

#[tokio::test]
async fn what_belongs_to_one_connection_or_one_host_ends_here() {
    let sent = Setup::new().sent(request(FOREIGN)).await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent["authorization"], "Bearer fake-token");
}

#[tokio::test]
async fn what_is_meant_for_every_server_goes_on() {
    let headers = [
        ("forwarded", "for=192.0.2.1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-request-id", "7"),
        ("traceparent", "00-1-1-00"),
        ("content-type", "application/json"),
        ("accept-encoding", "gzip"),
        ("idempotency-key", "7"),
        ("if-none-match", "\"1\""),
        ("range", "bytes=0-1"),
    ];
    let sent = Setup::new().sent(request(&headers)).await;
    for (name, value) in headers {
        assert_eq!(sent[name], value);
    }
}

#[tokio::test]
async fn whoever_asks_by_name_has_a_header_sent() {
    let names = [HOST, COOKIE, TE, HeaderName::from_static("x-hop")];
    let asked = ForwardHeaders::new(names.clone()).unwrap();
    let mut once = request(FOREIGN);
    once.extensions_mut().insert(asked.clone());
    let by_request = Setup::new().sent(once).await;
    let mut setup = Setup::new();
    setup.client = setup.client.with_forwarded_headers(asked);
    let by_client = setup.sent(request(FOREIGN)).await;
    for sent in [by_request, by_client] {
        assert_eq!(sent.keys_len(), names.len() + 1, "{sent:?}");
        assert!(names.iter().all(|name| sent.contains_key(name)));
        assert_eq!(sent.get_all(COOKIE).iter().count(), 2);
    }
}

#[test]
fn what_the_client_writes_itself_cannot_be_asked_for() {
    for name in [AUTHORIZATION, CONTENT_LENGTH, TRANSFER_ENCODING, EXPECT] {
        let error = ForwardHeaders::new([HOST, name.clone()]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with(name.as_str()), "{error}");
    }
}

#[tokio::test]
async fn the_version_that_the_caller_was_spoken_to_in_does_not_matter() {
    for version in [
        Version::HTTP_09,
        Version::HTTP_10,
        Version::HTTP_2,
        Version::HTTP_3,
    ] {
        let setup = Setup::new();
        let mut foreign = request(&[]);
        *foreign.version_mut() = version;
        setup.sent(foreign).await;
        assert_eq!(setup.http.requests()[0].version(), Version::HTTP_11);
    }
}
