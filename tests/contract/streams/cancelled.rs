//! What is left of an upload that ended early: no connection, no task, no source; and sources that misbehave.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use auth_core::{ApiRequest, ErrorKind, Sent, UploadBody};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::Method;
use tokio::runtime::Handle;
use tokio::task::yield_now;

use super::server::Server;
use super::source::PIECE;
use super::{OK, client};

/// Counts the pieces that were taken, and notes its own end.
#[derive(Default)]
struct Watched {
    taken: AtomicUsize,
    is_dropped: AtomicBool,
}

struct Guard(Arc<Watched>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.is_dropped.store(true, Ordering::SeqCst);
    }
}

impl Watched {
    fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }

    fn is_dropped(&self) -> bool {
        self.is_dropped.load(Ordering::SeqCst)
    }
}

/// A source without end, and what is known of it.
fn endless() -> (UploadBody, Arc<Watched>) {
    let watched = Arc::new(Watched::default());
    let guard = Guard(Arc::clone(&watched));
    let pieces = stream::repeat_with(move || {
        guard.0.taken.fetch_add(1, Ordering::SeqCst);
        Ok(Bytes::from_static(&[0; PIECE]))
    });
    (UploadBody::once(pieces), watched)
}

/// Answers with `text`, and from then on neither reads nor closes.
async fn stalled(text: &'static str) -> Server {
    Server::start(move |mut connection| {
        Box::pin(async move {
            connection.write(text.as_bytes()).await;
            std::future::pending::<()>().await;
        })
    })
    .await
}

/// Reads no body, writes nothing, and pauses tokio's clock, so that the client's limit passes once the client stands still.
async fn stalled_until_the_limit() -> Server {
    Server::start(|connection| {
        Box::pin(async move {
            let _open = connection;
            tokio::time::pause();
            std::future::pending::<()>().await;
        })
    })
    .await
}

fn put() -> ApiRequest {
    ApiRequest::new(Method::PUT, "/files/1")
}

/// The tasks of this test's runtime that are not the client's: the server's, and the one of its only connection.
const OF_THE_SERVER: usize = 2;

/// Returns true once nothing but the server runs.
async fn is_alone() -> bool {
    let metrics = Handle::current().metrics();
    for _ in 0..10_000 {
        if metrics.num_alive_tasks() <= OF_THE_SERVER {
            return true;
        }
        yield_now().await;
    }
    false
}

/// Polls until the client could do nothing more for a while.
async fn until_stalled<T>(call: &mut std::pin::Pin<&mut impl Future<Output = T>>, done: &Watched) {
    let (mut seen, mut idle) = (0, 0);
    while seen == 0 || idle < 1_000 {
        assert!(futures_util::poll!(call.as_mut()).is_pending());
        idle = if done.taken() == seen { idle + 1 } else { 0 };
        seen = done.taken();
        yield_now().await;
    }
}

#[tokio::test]
async fn a_dropped_upload_at_a_server_that_does_not_read_leaves_nothing() {
    let server = stalled("").await;
    let (body, watched) = endless();
    let (client, request) = (client(&server), put());
    {
        let mut call = pin!(client.upload(&request, body));
        until_stalled(&mut call, &watched).await;
        assert!(!watched.is_dropped());
    }
    assert!(watched.is_dropped(), "with the call");
    assert!(is_alone().await, "the connection is closed");
}

#[tokio::test]
async fn an_upload_that_timed_out_leaves_nothing() {
    let server = stalled_until_the_limit().await;
    let (body, watched) = endless();
    let request = put().timeout(Duration::from_secs(60));
    // Its body was read, so that it is not retried.
    let error = client(&server).upload(&request, body).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(watched.is_dropped());
    assert!(is_alone().await, "the connection is closed");
}

#[tokio::test]
async fn a_large_body_in_memory_that_timed_out_leaves_nothing() {
    let server = stalled_until_the_limit().await;
    let request = ApiRequest::new(Method::POST, "/files")
        .body("application/octet-stream", vec![0; 32 << 20])
        .timeout(Duration::from_secs(60));
    let error = client(&server).execute(&request).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Timeout, Sent::Maybe)
    );
    assert!(is_alone().await, "the connection is closed");
}

#[tokio::test]
async fn a_large_body_in_memory_arrives_whole() {
    let server = Server::saying(&[OK]).await;
    for length in [64 << 10, (64 << 10) + 1, 5_000_000] {
        let request = put().body("application/octet-stream", vec![0; length]);
        let response = client(&server).execute(&request).await.unwrap();
        assert_eq!(response.status(), 200);
        let head = server.heads().pop().unwrap();
        assert!(
            head.contains(&format!("content-length: {length}")),
            "{head}"
        );
        assert!(!head.contains("transfer-encoding"), "{head}");
    }
}

#[tokio::test]
async fn an_upload_ends_with_its_response() {
    const EARLY: &str = "HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\n{}";
    let server = stalled(EARLY).await;
    let (body, watched) = endless();
    let response = client(&server).upload(&put(), body).await.unwrap();
    assert_eq!(response.status(), 413);
    assert!(watched.is_dropped(), "when the call returns");
    let taken = watched.taken();
    assert!(is_alone().await, "the connection is closed");
    assert_eq!(watched.taken(), taken);
}

#[tokio::test]
async fn empty_pieces_are_no_progress_and_let_other_tasks_run() {
    let server = stalled("").await;
    let empty = || stream::repeat_with(|| Ok(Bytes::new()));
    let data = || stream::iter([Ok(Bytes::from_static(b"data"))]);
    let request = put().timeout(Duration::from_millis(50));
    for body in [
        UploadBody::once(empty()),
        UploadBody::once(empty()).with_length(5),
        UploadBody::once(data().chain(empty())).with_length(4),
    ] {
        let error = client(&server).upload(&request, body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    }
}

#[tokio::test]
async fn a_source_that_panics_is_an_error_of_the_source_and_sent_once() {
    let server = Server::saying(&[OK]).await;
    let opened = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&opened);
    let body = UploadBody::repeatable(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let mut polls = 0;
        stream::poll_fn(move |_| {
            polls += 1;
            match polls {
                1 => Poll::Ready(Some(Ok(Bytes::from_static(b"data")))),
                _ => panic!("the secret of the source"),
            }
        })
    });
    let error = client(&server).upload(&put(), body).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Config, Sent::Maybe)
    );
    assert_eq!(format!("{error:?}"), "the upload's source panicked");
    assert!(!error.is_retryable());
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}
