//! What requests cost an API that is down, and where its links may lead.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{
    ApiRequest, AuthorizedClient, BaseUrl, Clock, ClockReading, ErrorKind, RequestOptions,
    ReqwestHttpClient, RetryPolicy, StaticTokenSource,
};
use futures_util::future::join_all;
use http::Method;

use crate::raw_server::{RawServer, Step};

/// A clock on which every wait is over at once.
#[derive(Debug)]
struct NoWaits;

impl Clock for NoWaits {
    fn now(&self) -> ClockReading {
        ClockReading::new(Duration::ZERO, Duration::ZERO)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
}

fn client(server: &RawServer) -> AuthorizedClient<StaticTokenSource> {
    let http = ReqwestHttpClient::builder().build().unwrap();
    let base = BaseUrl::parse(server.base_url()).unwrap();
    let source = StaticTokenSource::new("fake-token").unwrap();
    AuthorizedClient::new(source, Arc::new(http), base).with_clock(Arc::new(NoWaits))
}

fn get(path: &'static str) -> ApiRequest {
    ApiRequest::new(Method::GET, path)
}

const DOWN: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn an_outage_is_not_multiplied_by_the_retries_of_many_callers() {
    let server = RawServer::start(|_, _| Step::Say(DOWN)).await;
    let client = client(&server);
    let request = get("/things");
    let calls = (0..150).map(|_| client.execute(&request));
    for response in join_all(calls).await {
        assert_eq!(response.unwrap().status(), 503);
    }
    // Six attempts of each would be 900.
    assert_eq!(server.seen().len(), 150 + 100);
    // The budget is exhausted: the first failure is returned.
    client.execute(&request).await.unwrap();
    assert_eq!(server.seen().len(), 251);
}

/// Three pages, the last of which links to another origin.
fn pages(_: usize, number: usize) -> Step {
    Step::Say(match number {
        0 => {
            "HTTP/1.1 200 OK\r\nlink: </users?after=2>; rel=\"next\"\r\ncontent-length: 2\r\n\r\n[]"
        }
        1 => {
            "HTTP/1.1 200 OK\r\nlink: <?after=3>; rel=\"prev next\"\r\ncontent-length: 2\r\n\r\n[]"
        }
        _ => {
            "HTTP/1.1 200 OK\r\nlink: <https://evil.example/>; rel=next\r\ncontent-length: 2\r\n\r\n[]"
        }
    })
}

#[tokio::test]
async fn links_are_followed_within_the_api_and_nowhere_else() {
    let server = RawServer::start(pages).await;
    let client = client(&server);
    let mut request = get("/users").query("limit", 2).header("x-tag", "one");
    for _ in 0..3 {
        let response = client.execute(&request).await.unwrap();
        let next = response.next_link().unwrap().unwrap();
        request = request.with_url(next);
    }
    let error = client.execute(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let seen = server.seen();
    let lines: Vec<_> = seen
        .iter()
        .map(|request| request.head.lines().next().unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            "GET /users?limit=2 HTTP/1.1",
            "GET /users?after=2 HTTP/1.1",
            "GET /users?after=3 HTTP/1.1"
        ]
    );
    assert!(seen[2].head.contains("x-tag: one"));
}

/// A gateway's page of an outage, labelled as something that it is not.
const MISLABELLED: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndown";
const TOO_LONG: &str =
    "HTTP/1.1 401 Unauthorized\r\ncontent-length: 999999999\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn the_status_of_a_failure_does_not_depend_on_its_body() {
    for (response, status) in [(MISLABELLED, 503), (TOO_LONG, 401)] {
        let server = RawServer::start(move |_, _| Step::SayAndClose(response)).await;
        let request = get("/things").retry_policy(RetryPolicy::NONE);
        let response = client(&server).execute(&request).await.unwrap();
        assert_eq!(response.status(), status);
        let error = client(&server).download(&request).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
}

#[test]
fn the_options_of_a_request_show_no_idempotency_key() {
    let options = RequestOptions::new().with_idempotency_key("fake-key");
    assert!(!format!("{options:?}").contains("fake-key"), "{options:?}");
}
