//! Tests of responses whose bodies say that the token is invalid.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body::Frame;
use http_body_util::BodyExt as _;

use super::*;

/// The pieces of a body, of which the last one ends it if `ends` is set.
struct Pieces {
    pieces: VecDeque<Bytes>,
    ends: bool,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.ends && self.pieces.is_empty()
    }
}

/// Answers every request with the same pieces.
#[derive(Clone)]
struct Api {
    status: u16,
    headers: http::HeaderMap,
    pieces: Vec<Bytes>,
    ends: bool,
}

impl Api {
    fn json(pieces: &[&str]) -> Self {
        let mut headers = http::HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/json".parse().unwrap());
        Self {
            status: 200,
            headers,
            pieces: pieces
                .iter()
                .map(|piece| Bytes::copy_from_slice(piece.as_bytes()))
                .collect(),
            ends: false,
        }
    }
}

impl Service<Request<()>> for Api {
    type Response = Response<Pieces>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let mut response = Response::new(Pieces {
            pieces: self.pieces.clone().into(),
            ends: self.ends,
        });
        *response.status_mut() = self.status.try_into().unwrap();
        *response.headers_mut() = self.headers.clone();
        ready(Ok(response))
    }
}

/// Sends a request, reads the response, and returns what was reported.
async fn verdicts(api: Api) -> Vec<Verdict> {
    let tokens = Arc::new(Tokens::new(&["one"]));
    let layer = BearerTokenLayer::new(Arc::clone(&tokens))
        .with_invalid_token_check(|response| response.body().starts_with(b"rejected"));
    let expected: Vec<u8> = api.pieces.concat();
    let mut service = layer.layer(api);
    let response = service.call(Request::new(())).await.unwrap();
    let mut body = Vec::new();
    let mut frames = response.into_body();
    // As hyper does, it is not polled again once it says that it has ended.
    while !frames.is_end_stream() {
        let Some(frame) = frames.frame().await else {
            break;
        };
        body.extend_from_slice(&frame.unwrap().into_data().unwrap());
    }
    assert_eq!(body, expected, "the body passes unchanged");
    let verdicts = tokens.verdicts();
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

#[tokio::test]
async fn a_body_that_rejects_the_token_is_reported_when_it_ends() {
    for ends in [false, true] {
        for status in [200, 400] {
            let api = Api {
                ends,
                status,
                ..Api::json(&["rej", "ected"])
            };
            assert_eq!(verdicts(api).await, [Verdict::Unauthorized]);
        }
        let api = Api {
            ends,
            ..Api::json(&["fine"])
        };
        assert_eq!(verdicts(api).await, [Verdict::Accepted]);
    }
}

#[tokio::test]
async fn every_other_response_is_judged_by_its_head() {
    let other = |kind: &str| {
        let mut api = Api::json(&["rejected"]);
        api.headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        api
    };
    assert_eq!(verdicts(other("text/csv")).await, [Verdict::Accepted]);
    let kind = "application/graphql-response+json; charset=utf-8";
    assert_eq!(verdicts(other(kind)).await, [Verdict::Unauthorized]);
    let mut encoded = Api::json(&["rejected"]);
    encoded
        .headers
        .insert(CONTENT_ENCODING, "gzip".parse().unwrap());
    assert_eq!(verdicts(encoded).await, [Verdict::Accepted]);
    let large = "rejected".repeat(10_000);
    assert_eq!(verdicts(Api::json(&[&large])).await, [Verdict::Accepted]);
    let empty = Api {
        ends: true,
        ..Api::json(&[])
    };
    assert_eq!(verdicts(empty).await, [Verdict::Accepted]);
    let failed = Api {
        status: 500,
        ..Api::json(&["fine"])
    };
    assert!(verdicts(failed).await.is_empty());
}
