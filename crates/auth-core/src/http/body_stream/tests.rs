//! Tests of how a body is read piece by piece.

use std::collections::VecDeque;

use super::*;
use crate::error::ErrorKind;
use crate::http::HttpClient;
use crate::http::fake::FakeHttp;

struct Script(VecDeque<Result<Bytes>>);

impl Stream for Script {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

fn body(pieces: impl IntoIterator<Item = Result<&'static str>>) -> BodyStream {
    let pieces = pieces.into_iter();
    BodyStream::new(Script(pieces.map(|piece| piece.map(Bytes::from)).collect()))
}

fn at_most(bytes: usize) -> RequestLimits {
    RequestLimits::new(Duration::MAX, bytes)
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_collected_for_no_longer_than_the_limit() {
    struct Drip;

    impl Stream for Drip {
        type Item = Result<Bytes>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Pending
        }
    }

    let limits = RequestLimits::new(Duration::from_secs(5), 9);
    let error = BodyStream::new(Drip).collect(limits).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.sent(), Sent::Answered);
}

#[tokio::test]
async fn a_body_is_read_in_its_pieces_and_ends_with_the_first_error() {
    let mut read = body([Ok("a"), Ok("b"), Err(Error::transport("broke")), Ok("c")]);
    assert_eq!(read.chunk().await.unwrap().unwrap(), "a");
    assert_eq!(read.chunk().await.unwrap().unwrap(), "b");
    assert_eq!(read.chunk().await.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(read.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_body_in_memory_is_one_piece_of_known_length() {
    let mut read = BodyStream::from(Bytes::from("abc"));
    assert_eq!(
        (read.length(), read.as_bytes().unwrap().len()),
        (Some(3), 3)
    );
    assert_eq!(read.chunk().await.unwrap().unwrap(), "abc");
    assert_eq!(read.chunk().await.unwrap(), None);
    assert!(read.as_bytes().is_none(), "it was read");
    assert_eq!(BodyStream::from(Bytes::new()).chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_body_is_collected_within_the_limit() {
    let pieces = || body([Ok("abc"), Ok("de")]);
    assert_eq!(pieces().collect(at_most(5)).await.unwrap(), "abcde");
    let error = pieces().collect(at_most(4)).await.unwrap_err();
    assert_eq!(error.to_string(), "the response is larger than 4 bytes");
}

#[tokio::test]
async fn an_error_of_a_create_that_was_answered_is_not_retryable() {
    for (is_idempotent, retryable) in [(true, true), (false, false)] {
        let broken = body([Err(Error::transport("broke"))]);
        let mut read = broken.of_request(Some("example"), is_idempotent);
        let error = read.chunk().await.unwrap_err();
        assert_eq!(error.is_retryable(), retryable);
        assert_eq!(error.vendor(), Some("example"));
    }
}

#[tokio::test]
async fn a_client_that_knows_no_streams_says_so_before_anything_is_sent() {
    let http = FakeHttp::default();
    let request = http::Request::get("https://api.example/")
        .body(body([]))
        .unwrap();
    let sent = http.send_stream(request, RequestLimits::API_REQUEST);
    let error = sent.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("send_stream"), "{error}");
    assert!(http.requests().is_empty());
}
