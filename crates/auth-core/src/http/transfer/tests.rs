//! Tests of the limits on streams, in a time of their own.

use std::collections::VecDeque;

use super::*;
use crate::error::ErrorKind;
use crate::http::RequestLimits;

/// Pieces, each after a pause.
struct Slow {
    pieces: VecDeque<(Duration, &'static str)>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Slow {
    fn new(pieces: impl IntoIterator<Item = (u64, &'static str)>) -> Self {
        let pieces = pieces.into_iter();
        Self {
            pieces: pieces
                .map(|(seconds, piece)| (Duration::from_secs(seconds), piece))
                .collect(),
            pause: None,
        }
    }
}

impl Stream for Slow {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(&(wait, piece)) = self.pieces.front() else {
            return Poll::Ready(None);
        };
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(wait)));
        if pause.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.pause = None;
        self.pieces.pop_front();
        Poll::Ready(Some(Ok(Bytes::from(piece))))
    }
}

fn download(
    pieces: impl IntoIterator<Item = (u64, &'static str)>,
    limits: RequestLimits,
) -> Result<BodyStream> {
    let upload = Upload::new(BodyStream::new(Slow::new(pieces)), Progress::new());
    let body = reqwest::Body::wrap(upload);
    let origin = "https://api.example".to_owned();
    Download::open(body, StatusCode::OK, &mut HeaderMap::new(), limits, origin)
}

fn limits() -> RequestLimits {
    RequestLimits::API_REQUEST.with_idle_timeout(Duration::from_secs(5))
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_the_server_has_a_limit_and_the_whole_has_none() {
    let mut body = download((0..100).map(|_| (4, "a")), limits()).unwrap();
    for _ in 0..100 {
        assert_eq!(body.chunk().await.unwrap().unwrap(), "a");
    }
    assert_eq!(body.chunk().await.unwrap(), None);

    let mut body = download([(4, "a"), (6, "b")], limits()).unwrap();
    body.chunk().await.unwrap();
    let error = body.chunk().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Timeout, Sent::Answered)
    );
    assert_eq!(
        error.to_string(),
        "nothing more of the response from https://api.example within 5.0s"
    );
    assert_eq!(body.chunk().await.unwrap(), None, "it is over");
}

#[tokio::test(start_paused = true)]
async fn a_reader_may_take_its_time() {
    let mut body = download([(4, "a"), (4, "b")], limits()).unwrap();
    // It looks in, and comes back an hour later.
    let poll = std::future::poll_fn(|context| {
        Poll::Ready(Pin::new(&mut body).poll_next(context).is_pending())
    });
    assert!(poll.await);
    body.chunk().await.unwrap();
    tokio::time::advance(Duration::from_secs(3_600)).await;
    assert_eq!(body.chunk().await.unwrap().unwrap(), "b");
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_starts_again_with_each_piece_that_goes_up() {
    let upload = async |pieces: Vec<(u64, &'static str)>, answers_after: u64| {
        let progress = Progress::new();
        let mut body = Upload::new(BodyStream::new(Slow::new(pieces)), progress.clone());
        let exchange = async {
            while let Some(piece) =
                std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
            {
                piece.unwrap();
            }
            sleep(Duration::from_secs(answers_after)).await;
        };
        progress.within(Duration::from_secs(10), exchange).await
    };
    assert!(upload(vec![(9, "a"); 50], 9).await.is_some());
    assert!(upload(vec![(9, "a"), (11, "b")], 0).await.is_none());
    assert!(upload(vec![(9, "a")], 11).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_lifted_limit_is_none_and_a_lower_one_holds() {
    let pieces = || (0..4).map(|_| (0, "abc"));
    let small = RequestLimits::new(Duration::from_secs(60), 11);
    let mut body = download(pieces(), small).unwrap();
    for _ in 0..3 {
        body.chunk().await.unwrap();
    }
    let error = body.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    let lifted = RequestLimits::new(Duration::from_secs(60), usize::MAX);
    let whole = download(pieces(), lifted).unwrap().collect(lifted).await;
    assert_eq!(whole.unwrap(), "abcabcabcabc");
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn a_coded_download_is_decoded_piece_by_piece_within_the_limit() {
    use http::HeaderValue;
    use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
    use std::io::Write as _;

    let content = vec![7; 1 << 20];
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    coder.write_all(&content).unwrap();
    let coded = Bytes::from(coder.finish().unwrap());
    let open = |max_body| {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(coded.len()));
        let body = reqwest::Body::from(coded.clone());
        let limits = RequestLimits::new(Duration::from_secs(60), max_body);
        let origin = "https://api.example".to_owned();
        let body = Download::open(body, StatusCode::OK, &mut headers, limits, origin).unwrap();
        assert!(headers.is_empty(), "they describe what is no longer there");
        body
    };
    assert_eq!(open(1 << 20).length(), None);
    assert_eq!(
        open(1 << 20)
            .collect(RequestLimits::new(Duration::MAX, usize::MAX))
            .await
            .unwrap(),
        content
    );
    let error = open((1 << 20) - 1)
        .collect(RequestLimits::new(Duration::MAX, usize::MAX))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("larger than"), "{error}");
}

#[test]
fn a_body_that_is_read_outside_a_runtime_is_an_error() {
    use futures_util::FutureExt as _;

    let mut headers = HeaderMap::new();
    let body = reqwest::Body::wrap(Upload::new(
        BodyStream::new(futures_util::stream::pending()),
        Progress::new(),
    ));
    let origin = "https://api.example".to_owned();
    let mut body = Download::open(body, StatusCode::OK, &mut headers, limits(), origin).unwrap();
    let error = body.chunk().now_or_never().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert!(error.to_string().contains("no tokio runtime"), "{error}");
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn a_small_chunk_that_decodes_to_much_is_read_in_small_pieces() {
    use std::io::Write as _;

    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    coder.write_all(&vec![0; 32 << 20]).unwrap();
    let coded = Bytes::from(coder.finish().unwrap());
    let mut headers = HeaderMap::new();
    let coding = http::HeaderValue::from_static("gzip");
    headers.insert(http::header::CONTENT_ENCODING, coding);
    let lifted = RequestLimits::new(Duration::from_secs(60), usize::MAX);
    let origin = "https://api.example".to_owned();
    let body = reqwest::Body::from(coded);
    let mut body = Download::open(body, StatusCode::OK, &mut headers, lifted, origin).unwrap();
    let (mut total, mut largest) = (0, 0);
    while let Some(piece) = body.chunk().await.unwrap() {
        total += piece.len();
        largest = largest.max(piece.len());
    }
    assert_eq!(total, 32 << 20);
    assert!(largest <= 2 << 20, "{largest}");
}

#[tokio::test]
async fn a_coding_that_cannot_be_undone_is_an_error_before_the_first_piece() {
    let mut headers = HeaderMap::new();
    let coding = http::HeaderValue::from_static("br");
    headers.insert(http::header::CONTENT_ENCODING, coding);
    let body = reqwest::Body::from("abc");
    let origin = "https://api.example".to_owned();
    let opened = Download::open(body, StatusCode::OK, &mut headers, limits(), origin);
    assert_eq!(opened.unwrap_err().kind(), ErrorKind::InvalidResponse);
}
