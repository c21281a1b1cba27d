//! Bodies that are streams: never in memory as a whole, and never sent again behind the caller's back.

mod cancelled;
mod downloads;
mod server;
mod source;

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use auth_core::{
    ApiRequest, AuthorizedClient, BaseUrl, ErrorKind, RequestLimits, RequestOptions,
    ReqwestHttpClient, Sent, UploadBody,
};
use auth_testkit::ManualClock;
use bytes::Bytes;
use http::Method;
use server::Server;
use source::{PIECE, Tally, Tokens, pieces};

use crate::listener::ClosedPort;

fn client(server: &Server) -> AuthorizedClient<Tokens> {
    let http = ReqwestHttpClient::builder().build().unwrap();
    let base = BaseUrl::parse(server.base_url()).unwrap();
    AuthorizedClient::new(Tokens::default(), Arc::new(http), base)
        .with_clock(Arc::new(ManualClock::auto_advancing()))
}

fn post() -> ApiRequest {
    ApiRequest::new(Method::POST, "/files")
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
const INVALID_TOKEN: &str = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer error=\"invalid_token\"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const UNAVAILABLE: &str =
    "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn an_upload_of_64_mib_has_few_pieces_in_memory_at_once() {
    let server = Server::start(|mut connection| {
        Box::pin(async move {
            let count = connection.read_body().await;
            let body = count.to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            connection.write((head + &body).as_bytes()).await;
        })
    })
    .await;
    let tally = Arc::new(Tally::default());
    let body = UploadBody::once(pieces(1_024, &tally));
    let response = client(&server).upload(&post(), body).await.unwrap();
    let received: usize = response.json().unwrap();
    assert!(
        received > 1_024 * PIECE,
        "{received} with what delimits the chunks"
    );
    assert_eq!(tally.made.load(Ordering::SeqCst), 1_024);
    let most = tally.most.load(Ordering::SeqCst);
    assert!(most <= 16, "{most} pieces were in memory at once");
    let head = &server.heads()[0];
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    assert!(
        head.contains("content-type: application/octet-stream"),
        "{head}"
    );
    assert!(head.contains("authorization: bearer token-0"), "{head}");
}

#[tokio::test]
async fn an_upload_of_known_length_says_it_and_must_have_it() {
    let server = Server::saying(&[OK]).await;
    let tally = Arc::new(Tally::default());
    let upload = |count, length| {
        let body = UploadBody::once(pieces(count, &tally)).with_length(length);
        let request = post().header("content-type", "text/csv");
        let client = client(&server);
        async move { client.upload(&request, body).await }
    };
    let length = 3 * PIECE as u64;
    assert_eq!(upload(3, length).await.unwrap().status(), 200);
    let head = &server.heads()[0];
    assert!(
        head.contains(&format!("content-length: {length}")),
        "{head}"
    );
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert!(head.contains("content-type: text/csv"), "{head}");
    for count in [2, 4] {
        let error = upload(count, length).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{count}: {error}");
        assert!(error.to_string().contains("with_length"), "{error}");
    }
}

#[tokio::test]
async fn a_body_that_would_silently_be_left_out_or_has_another_length_is_an_error() {
    let server = Server::saying(&[OK]).await;
    let tally = Arc::new(Tally::default());
    let client = client(&server);
    let bodies = [
        (Method::GET, UploadBody::once(pieces(1, &tally))),
        (Method::HEAD, UploadBody::once(pieces(1, &tally))),
        (
            Method::POST,
            UploadBody::once(pieces(1, &tally)).with_length(0),
        ),
        (
            Method::POST,
            UploadBody::from(Bytes::from_static(b"data")).with_length(0),
        ),
        (
            Method::POST,
            UploadBody::from(Bytes::from_static(b"data")).with_length(5),
        ),
    ];
    for (method, body) in bodies {
        let request = ApiRequest::new(method.clone(), "/upload");
        let error = client.upload(&request, body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{method}: {error}");
        assert!(error.to_string().contains("with_length"), "{error}");
    }
    let get = ApiRequest::new(Method::GET, "/upload");
    let length = PIECE as u64;
    let sized = UploadBody::once(pieces(1, &tally)).with_length(length);
    assert_eq!(client.upload(&get, sized).await.unwrap().status(), 200);
    let head = server.heads().pop().unwrap();
    assert!(
        head.contains(&format!("content-length: {length}")),
        "{head}"
    );
}

#[tokio::test]
async fn an_upload_that_was_begun_is_not_sent_again_after_a_401() {
    let server = Server::saying(&[INVALID_TOKEN, OK]).await;
    let tally = Arc::new(Tally::default());
    let client = client(&server);
    let body = UploadBody::once(pieces(3, &tally));
    let response = client.upload(&post(), body).await.unwrap();
    assert_eq!((response.status().as_u16(), server.heads().len()), (401, 1));
    // The token was reported nevertheless.
    let body = UploadBody::once(pieces(3, &tally));
    let response = client.upload(&post(), body).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(server.heads()[1].contains("bearer token-1"));
}

#[tokio::test]
async fn the_response_to_an_upload_has_the_limit_of_its_request() {
    const LONG: &str =
        "HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\n\"123456\"";
    let limits = RequestLimits::new(RequestLimits::API_REQUEST.timeout(), 4);
    let options = RequestOptions::new().with_max_body(8);
    for (request, is_read) in [(post(), false), (post().options(options), true)] {
        let server = Server::saying(&[LONG]).await;
        let client = client(&server).with_limits(limits).with_vendor("example");
        let body = UploadBody::once(pieces(1, &Arc::new(Tally::default())));
        match client.upload(&request, body).await {
            Ok(response) => assert!(is_read && response.body().len() == 8),
            Err(error) => {
                assert!(!is_read, "{error}");
                assert_eq!(error.kind(), ErrorKind::InvalidResponse);
                assert_eq!(error.vendor(), Some("example"));
                assert!(!error.is_retryable(), "the upload may have been done");
            }
        }
    }
}

#[tokio::test]
async fn a_time_limit_without_end_is_as_good_as_none() {
    let server = Server::saying(&[OK, OK]).await;
    let client = client(&server);
    let request = post().timeout(Duration::MAX);
    let body = UploadBody::once(pieces(1, &Arc::new(Tally::default())));
    assert_eq!(client.upload(&request, body).await.unwrap().status(), 200);
    let response = client.download(&request).await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn an_upload_that_can_be_read_again_is_sent_once_more_after_a_401() {
    let server = Server::saying(&[INVALID_TOKEN, OK]).await;
    let tally = Arc::new(Tally::default());
    let counted = Arc::clone(&tally);
    let body = UploadBody::repeatable(move || pieces(3, &counted));
    let response = client(&server).upload(&post(), body).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(tally.opened.load(Ordering::SeqCst), 2);
    assert_eq!(tally.made.load(Ordering::SeqCst), 6);
    assert!(server.heads()[1].contains("bearer token-1"));
}

#[tokio::test]
async fn an_upload_is_retried_only_if_it_is_idempotent_and_can_be_read_again() {
    let put = || ApiRequest::new(Method::PUT, "/files/1");
    let keyed = || post().idempotency_key("key-1");
    for (request, is_repeatable, requests) in [
        (put(), true, 2),
        (put(), false, 1),
        (post(), true, 1),
        (keyed(), true, 2),
        (keyed(), false, 1),
    ] {
        let server = Server::saying(&[UNAVAILABLE, OK]).await;
        let tally = Arc::new(Tally::default());
        let counted = Arc::clone(&tally);
        let body = match is_repeatable {
            true => UploadBody::repeatable(move || pieces(3, &counted)),
            false => UploadBody::once(pieces(3, &counted)),
        };
        let response = client(&server).upload(&request, body).await.unwrap();
        assert_eq!(
            server.heads().len(),
            requests,
            "{request:?} {is_repeatable}"
        );
        let expected = if requests == 2 { 200 } else { 503 };
        assert_eq!(response.status().as_u16(), expected);
    }
}

#[tokio::test]
async fn an_upload_of_which_nothing_was_taken_is_still_whole() {
    let closed = ClosedPort::new();
    let http = ReqwestHttpClient::builder().build().unwrap();
    let base = BaseUrl::parse(&closed.base_url).unwrap();
    let client = AuthorizedClient::new(Tokens::default(), Arc::new(http), base)
        .with_clock(Arc::new(ManualClock::auto_advancing()));
    let tally = Arc::new(Tally::default());
    let body = UploadBody::once(pieces(3, &tally));
    let put = ApiRequest::new(Method::PUT, "/files/1");
    let error = client.upload(&put, body.clone()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Transport, Sent::No)
    );
    assert_eq!(tally.made.load(Ordering::SeqCst), 0);
    let server = Server::saying(&[OK]).await;
    let response = self::client(&server).upload(&put, body).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(tally.made.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_upload_whose_connection_breaks_is_an_error_and_sent_once() {
    let server =
        Server::start(|mut connection| Box::pin(async move { connection.read_some().await })).await;
    let tally = Arc::new(Tally::default());
    let body = UploadBody::once(pieces(1_024, &tally));
    let error = client(&server).upload(&post(), body).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Transport, Sent::Maybe)
    );
    assert!(!error.is_retryable());
    assert_eq!(server.heads().len(), 1);
    assert!(tally.made.load(Ordering::SeqCst) < 1_024);
}

#[tokio::test]
async fn an_upload_whose_source_fails_says_so() {
    let server = Server::saying(&[OK]).await;
    let tally = Arc::new(Tally::default());
    let failing = pieces(3, &tally).then_fail(io::Error::other("the disk is gone"));
    let body = UploadBody::once(failing);
    let error = client(&server).upload(&post(), body).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        format!("{error:?}"),
        "the upload's source cannot be read: the disk is gone"
    );
    assert_eq!(error.sent(), Sent::Maybe);
}
