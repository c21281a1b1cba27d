//! Tests of what the layer makes of gRPC, whose status is in a header or behind the body.

use std::convert::Infallible;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use http_body_util::BodyExt as _;

use super::*;

/// A response: its status, its headers, and its trailers if it has a body.
#[derive(Clone)]
struct Answer(u16, HeaderMap, Option<HeaderMap>);

/// Gives its answers in order.
#[derive(Clone)]
struct Api(Arc<Mutex<VecDeque<Answer>>>);

impl Service<Request<()>> for Api {
    type Response = Response<Frames>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let Answer(status, headers, trailers) = self.0.lock().unwrap().pop_front().unwrap();
        let frames = trailers.map_or_else(Vec::new, |trailers| {
            let data = Frame::data(Bytes::from_static(b"message"));
            vec![Ok(data), Ok(Frame::trailers(trailers))]
        });
        let mut response = Response::new(Frames(frames.into_iter()));
        *response.status_mut() = status.try_into().unwrap();
        *response.headers_mut() = headers;
        ready(Ok(response))
    }
}

/// A body of ready frames.
struct Frames(std::vec::IntoIter<Result<Frame<Bytes>, Infallible>>);

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next())
    }
}

fn map(headers: &[(&'static str, &str)]) -> HeaderMap {
    let entries = headers.iter();
    entries
        .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
        .collect()
}

const GRPC: (&str, &str) = ("content-type", "application/grpc+proto");

/// Calls once, with a body that can be copied, reads the whole response, and returns what was reported and the last trailers.
async fn call(answers: impl IntoIterator<Item = Answer>) -> (Vec<Verdict>, Option<HeaderMap>) {
    let tokens = Arc::new(Tokens::new(&["one", "two"]));
    let api = Api(Arc::new(Mutex::new(answers.into_iter().collect())));
    let layer = BearerTokenLayer::new(Arc::clone(&tokens)).with_resend(|(): &()| Some(()));
    let mut service = layer.layer(api.clone());
    let response = service.call(Request::new(())).await.unwrap();
    let body = response.into_body().collect().await.unwrap();
    assert!(
        api.0.lock().unwrap().is_empty(),
        "every answer was asked for"
    );
    let verdicts = tokens.verdicts();
    let verdicts = verdicts.into_iter().map(|(_, verdict)| verdict).collect();
    (verdicts, body.trailers().cloned())
}

#[tokio::test]
async fn a_refusal_without_a_message_is_in_the_header_and_the_call_is_sent_once_more() {
    let refused = Answer(200, map(&[GRPC, ("grpc-status", "16")]), None);
    let fine = Answer(200, map(&[GRPC]), Some(map(&[("grpc-status", "0")])));
    let (verdicts, trailers) = call([refused, fine]).await;
    assert_eq!(verdicts, [Verdict::Unauthorized, Verdict::Accepted]);
    assert_eq!(trailers.unwrap()["grpc-status"], "0");
}

#[tokio::test]
async fn a_refusal_behind_the_body_is_reported_and_nothing_is_resent() {
    let trailers = map(&[("grpc-status", "16"), ("x-more", "1")]);
    let (verdicts, passed) = call([Answer(200, map(&[GRPC]), Some(trailers.clone()))]).await;
    assert_eq!(verdicts, [Verdict::Unauthorized]);
    assert_eq!(passed.unwrap(), trailers);
}

#[tokio::test]
async fn the_challenge_of_http_says_more_than_the_status() {
    for (challenge, expected) in [
        (
            "Bearer error=\"invalid_token\"",
            Some(Verdict::InvalidToken),
        ),
        ("Bearer error=\"insufficient_scope\"", None),
    ] {
        let trailers = map(&[("grpc-status", "16"), ("www-authenticate", challenge)]);
        let (verdicts, _) = call([Answer(200, map(&[GRPC]), Some(trailers))]).await;
        assert_eq!(verdicts.first().copied(), expected);
    }
}

#[tokio::test]
async fn other_failures_say_nothing_about_the_token() {
    for status in ["7", "14", "13", "x"] {
        let trailers = map(&[("grpc-status", status)]);
        let (behind, _) = call([Answer(200, map(&[GRPC]), Some(trailers))]).await;
        let head = map(&[GRPC, ("grpc-status", status)]);
        let (before, _) = call([Answer(200, head, None)]).await;
        assert!(behind.is_empty() && before.is_empty(), "{status}");
    }
}

#[tokio::test]
async fn what_is_not_grpc_is_judged_by_its_status_alone() {
    let json = ("content-type", "application/json");
    let trailers = map(&[("grpc-status", "16")]);
    let (verdicts, _) = call([Answer(200, map(&[json]), Some(trailers))]).await;
    assert_eq!(verdicts, [Verdict::Accepted]);
    let proxy = Answer(401, map(&[GRPC]), None);
    let (verdicts, _) = call([proxy, Answer(503, map(&[GRPC]), None)]).await;
    assert_eq!(verdicts, [Verdict::Unauthorized]);
}

#[tokio::test]
async fn a_body_that_is_dropped_half_way_reports_nothing() {
    let tokens = Arc::new(Tokens::new(&["one"]));
    let trailers = map(&[("grpc-status", "16")]);
    let answer = Answer(200, map(&[GRPC]), Some(trailers));
    let api = Api(Arc::new(Mutex::new(VecDeque::from([answer]))));
    let mut service = BearerTokenLayer::new(Arc::clone(&tokens)).layer(api);
    let mut response = service.call(Request::new(())).await.unwrap();
    let first = response.body_mut().frame().await.unwrap().unwrap();
    assert!(first.is_data());
    drop(response);
    assert!(tokens.verdicts().is_empty());
}
