//! What arrives piece by piece: in bounded memory, within limits, and begun once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth_core::{ApiRequest, BodyStream, Error, ErrorKind, RequestOptions, Sent, UploadBody};
use bytes::Bytes;
use http::{Method, Request};
use tokio::sync::Notify;

use super::server::Server;
use super::{INVALID_TOKEN, UNAVAILABLE, client};

/// 64 MiB.
const LARGE: usize = 64 << 20;

fn get() -> ApiRequest {
    ApiRequest::new(Method::GET, "/export")
}

fn unlimited() -> ApiRequest {
    get().options(RequestOptions::new().with_max_body(usize::MAX))
}

/// Sends 64 MiB, counts what the client took, and says when the connection is over.
async fn large(written: &Arc<AtomicUsize>, over: &Arc<Notify>) -> Server {
    let (written, over) = (Arc::clone(written), Arc::clone(over));
    Server::start(move |mut connection| {
        let (written, over) = (Arc::clone(&written), Arc::clone(&over));
        Box::pin(async move {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n");
            connection.write(head.as_bytes()).await;
            connection.write_zeros(LARGE, &written).await;
            connection.closed().await;
            over.notify_one();
        })
    })
    .await
}

async fn rest(mut body: BodyStream) -> Result<usize, (usize, Error)> {
    let mut count = 0;
    loop {
        match body.chunk().await {
            Ok(Some(piece)) => count += piece.len(),
            Ok(None) => return Ok(count),
            Err(error) => return Err((count, error)),
        }
    }
}

#[tokio::test]
async fn a_download_of_64_mib_is_held_back_while_its_reader_is_slow() {
    let (written, over) = (Arc::default(), Arc::default());
    let server = large(&written, &over).await;
    let response = client(&server).download(&unlimited()).await.unwrap();
    let mut body = response.into_body();
    assert_eq!(body.length(), Some(LARGE as u64));
    let first = body.chunk().await.unwrap().unwrap();
    // Until the server cannot write any more.
    let mut seen = usize::MAX;
    while seen != written.load(Ordering::SeqCst) {
        seen = written.load(Ordering::SeqCst);
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
    }
    assert!(seen < LARGE / 2, "{seen} bytes are on their way to nobody");
    assert_eq!(first.len() + rest(body).await.unwrap(), LARGE);
}

#[tokio::test]
async fn to_drop_a_download_closes_its_connection() {
    let (written, over) = (Arc::default(), Arc::<Notify>::default());
    let server = large(&written, &over).await;
    let client = client(&server);
    let mut body = client.download(&unlimited()).await.unwrap().into_body();
    body.chunk().await.unwrap();
    drop(body);
    over.notified().await;
    assert!(written.load(Ordering::SeqCst) < LARGE);
}

#[tokio::test]
async fn a_download_over_the_limit_is_an_error() {
    let (written, over) = (Arc::default(), Arc::default());
    let server = large(&written, &over).await;
    let error = client(&server).download(&get()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(written.load(Ordering::SeqCst) < LARGE, "its length told");

    // Without a length the limit is met on the way.
    let server = Server::start(|mut connection| {
        Box::pin(async move {
            connection.write(b"HTTP/1.1 200 OK\r\n\r\n").await;
            connection.write_zeros(LARGE, &AtomicUsize::new(0)).await;
        })
    })
    .await;
    let request = get().options(RequestOptions::new().with_max_body(1 << 20));
    let body = client(&server)
        .download(&request)
        .await
        .unwrap()
        .into_body();
    let (count, error) = rest(body).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("larger than 1048576"), "{error}");
    assert!(count <= 1 << 20);
}

#[tokio::test]
async fn a_download_that_breaks_in_the_middle_is_an_error_of_its_stream_and_not_begun_again() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it";
    let server = Server::saying(Box::leak(Box::new([cut]))).await;
    for (method, retryable) in [(Method::GET, true), (Method::POST, false)] {
        let before = server.heads().len();
        let request = ApiRequest::new(method, "/export");
        let body = client(&server)
            .download(&request)
            .await
            .unwrap()
            .into_body();
        let (count, error) = rest(body).await.unwrap_err();
        assert_eq!((count, error.kind()), (10, ErrorKind::Transport), "{error}");
        assert_eq!(error.sent(), Sent::Answered);
        assert_eq!(error.is_retryable(), retryable);
        assert_eq!(server.heads().len(), before + 1);
    }
}

#[tokio::test]
async fn a_download_follows_the_rules_of_every_request_until_it_begins() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-tag: one\r\n\r\nab";
    let server = Server::saying(Box::leak(Box::new([UNAVAILABLE, INVALID_TOKEN, whole]))).await;
    let response = client(&server).download(&get()).await.unwrap();
    assert_eq!(response.headers()["x-tag"], "one");
    assert_eq!(rest(response.into_body()).await.unwrap(), 2);
    let heads = server.heads();
    assert_eq!(heads.len(), 3);
    assert!(heads[2].contains("bearer token-1"), "{}", heads[2]);
}

#[tokio::test]
async fn a_refusal_in_place_of_a_download_is_an_error_that_quotes_it() {
    let refusal = "HTTP/1.1 403 Forbidden\r\ncontent-length: 22\r\n\r\n{\"message\":\"no rights\"}";
    let server = Server::saying(Box::leak(Box::new([refusal]))).await;
    let client = client(&server).with_vendor("example");
    let error = client.download(&get()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ApiStatus);
    assert_eq!(error.vendor(), Some("example"));
    // A plain request gets it whatever its status.
    let request = Request::get("/export").body(UploadBody::default()).unwrap();
    let response = client.send_stream(request).await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(rest(response.into_body()).await.unwrap(), 22);
}

#[tokio::test]
async fn a_server_that_stops_in_the_middle_is_left_after_the_idle_limit() {
    let server = Server::start(|mut connection| {
        Box::pin(async move {
            connection
                .write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nsome")
                .await;
            connection.closed().await;
        })
    })
    .await;
    let options = RequestOptions::new().with_idle_timeout(Duration::from_millis(50));
    let request = get().options(options);
    let body = client(&server)
        .download(&request)
        .await
        .unwrap()
        .into_body();
    let (count, error) = rest(body).await.unwrap_err();
    assert_eq!((count, error.kind()), (4, ErrorKind::Timeout));
    assert_eq!(error.sent(), Sent::Answered);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_after_the_time_limit() {
    let server = Server::start(|mut connection| {
        Box::pin(async move {
            // The limit passes at once.
            tokio::time::pause();
            connection.closed().await;
        })
    })
    .await;
    let request = get().timeout(Duration::from_secs(60));
    let error = client(&server).download(&request).await.unwrap_err();
    tokio::time::resume();
    assert_eq!(
        (error.kind(), server.heads().len()),
        (ErrorKind::Timeout, 1)
    );
    let body = UploadBody::from(Bytes::from("abc"));
    let error = client(&server).upload(&request, body).await.unwrap_err();
    assert_eq!(
        (error.kind(), server.heads().len()),
        (ErrorKind::Timeout, 2)
    );
}
