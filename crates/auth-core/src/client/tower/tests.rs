//! Tests of the layer around a service that answers in order.

mod checked;
mod grpc;
mod readiness;

use std::collections::VecDeque;
use std::future::{Ready, ready};
use std::sync::Mutex;

use super::*;
use crate::client::tests::Tokens;
use crate::error::{Error, ErrorKind};

/// Answers with these statuses, in order, and notes the header of each request.
#[derive(Clone)]
struct Inner(Arc<Mutex<State>>);

struct State {
    statuses: VecDeque<u16>,
    seen: Vec<String>,
}

impl Service<Request<&'static str>> for Inner {
    type Response = Response<String>;
    type Error = std::io::Error;
    type Future = Ready<Result<Response<String>, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<&'static str>) -> Self::Future {
        let mut state = self.0.lock().unwrap();
        let header = request.headers()[AUTHORIZATION].to_str().unwrap();
        let seen = format!(
            "{} {} {header} {}",
            request.method(),
            request.uri(),
            request.body()
        );
        state.seen.push(seen);
        let mut response = Response::new(String::new());
        *response.status_mut() = state.statuses.pop_front().unwrap().try_into().unwrap();
        ready(Ok(response))
    }
}

struct Setup {
    inner: Inner,
    tokens: Arc<Tokens>,
}

impl Setup {
    fn new(statuses: &[u16], tokens: &[&'static str]) -> Self {
        let state = State {
            statuses: statuses.iter().copied().collect(),
            seen: Vec::new(),
        };
        Self {
            inner: Inner(Arc::new(Mutex::new(state))),
            tokens: Arc::new(Tokens::new(tokens)),
        }
    }

    fn layer(&self) -> BearerTokenLayer<Arc<Tokens>, &'static str> {
        BearerTokenLayer::new(Arc::clone(&self.tokens))
    }

    async fn call(
        &self,
        layer: BearerTokenLayer<Arc<Tokens>, &'static str>,
        uri: &str,
    ) -> Result<u16, BoxError> {
        let mut service = layer.layer(self.inner.clone());
        poll_fn(|context| service.poll_ready(context)).await?;
        let request = Request::post(uri).body("body").unwrap();
        Ok(service.call(request).await?.status().as_u16())
    }

    fn seen(&self) -> Vec<String> {
        self.inner.0.lock().unwrap().seen.clone()
    }
}

/// Sends one request through a layer and returns the headers that the inner service saw.
async fn passed(
    layer: BearerTokenLayer<Arc<Tokens>, ()>,
    uri: &str,
    headers: &[(http::HeaderName, &'static str)],
) -> http::HeaderMap {
    #[derive(Clone, Default)]
    struct Echo(Arc<Mutex<http::HeaderMap>>);
    impl Service<Request<()>> for Echo {
        type Response = Response<String>;
        type Error = std::io::Error;
        type Future = Ready<Result<Response<String>, std::io::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<()>) -> Self::Future {
            *self.0.lock().unwrap() = request.headers().clone();
            ready(Ok(Response::default()))
        }
    }
    let echo = Echo::default();
    let mut request = Request::get(uri).body(()).unwrap();
    for (name, value) in headers {
        let value = http::HeaderValue::from_static(value);
        request.headers_mut().append(name, value);
    }
    layer.layer(echo.clone()).call(request).await.unwrap();
    let seen = echo.0.lock().unwrap();
    seen.clone()
}

#[tokio::test]
async fn what_belongs_to_the_callers_connection_does_not_pass() {
    use http::header::{CONNECTION, COOKIE, UPGRADE};
    let layer = || BearerTokenLayer::new(Arc::new(Tokens::new(&["one"])));
    let foreign = [
        (HOST, "evil.example"),
        (COOKIE, "session=1"),
        (CONNECTION, "upgrade"),
        (UPGRADE, "websocket"),
        (TE, "gzip"),
    ];
    let seen = passed(layer(), "/path", &foreign).await;
    assert_eq!(seen.keys().collect::<Vec<_>>(), [AUTHORIZATION]);
    let asked = ForwardHeaders::new([CONNECTION, UPGRADE]).unwrap();
    let seen = passed(layer().with_forwarded_headers(asked), "/path", &foreign).await;
    assert_eq!(seen.keys_len(), 3, "{seen:?}");
    assert_eq!(seen[UPGRADE], "websocket");
}

#[tokio::test]
async fn the_host_of_an_allowed_origin_and_the_te_of_grpc_pass() {
    for (origin, host, passes) in [
        ("https://api.example", "api.example", true),
        ("https://api.example", "API.example:443", true),
        ("https://api.example", "api.example:80", false),
        ("https://api.example", "evil.example", false),
        ("https://api.example", "x@api.example", false),
        ("http://127.0.0.1:8080/prefix", "127.0.0.1:8080", true),
    ] {
        let origin = BaseUrl::parse(origin).unwrap();
        let layer = BearerTokenLayer::new(Arc::new(Tokens::new(&["one"]))).with_origin(origin);
        let seen = passed(layer, "/path", &[(HOST, host), (TE, "trailers")]).await;
        assert_eq!(seen.contains_key(HOST), passes, "{host}");
        assert_eq!(seen[TE], "trailers");
    }
}

#[tokio::test]
async fn every_request_carries_the_token() {
    let setup = Setup::new(&[200], &["one"]);
    assert_eq!(setup.call(setup.layer(), "/path").await.unwrap(), 200);
    assert_eq!(setup.seen(), ["POST /path Bearer one body"]);
}

#[tokio::test]
async fn a_body_that_can_be_copied_is_sent_once_more_after_a_refusal() {
    let setup = Setup::new(&[401, 200], &["one", "two"]);
    let layer = setup.layer().with_resend(|body| Some(*body));
    assert_eq!(setup.call(layer, "/path").await.unwrap(), 200);
    assert_eq!(
        setup.seen(),
        ["POST /path Bearer one body", "POST /path Bearer two body"]
    );
}

#[tokio::test]
async fn a_body_that_cannot_be_copied_is_not_resent_and_the_next_request_has_another_token() {
    let setup = Setup::new(&[401, 200], &["one", "two"]);
    assert_eq!(setup.call(setup.layer(), "/first").await.unwrap(), 401);
    assert_eq!(setup.call(setup.layer(), "/second").await.unwrap(), 200);
    assert_eq!(
        setup.seen(),
        [
            "POST /first Bearer one body",
            "POST /second Bearer two body"
        ]
    );
}

#[tokio::test]
async fn the_same_token_again_and_a_403_are_never_a_reason_to_resend() {
    for (status, tokens) in [(401, ["one", "one"]), (403, ["one", "two"])] {
        let setup = Setup::new(&[status, 200], &tokens);
        let layer = setup.layer().with_resend(|body| Some(*body));
        assert_eq!(setup.call(layer, "/").await.unwrap(), status);
        assert_eq!(setup.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_named_host_must_be_an_allowed_origin() {
    let setup = Setup::new(&[200], &["one"]);
    let origin = BaseUrl::parse("https://api.example").unwrap();
    let layer = setup.layer().with_origin(origin);
    for uri in ["https://evil.example/", "http://api.example/"] {
        let error = setup.call(layer.clone(), uri).await.unwrap_err();
        assert_eq!(
            error.downcast_ref::<Error>().unwrap().kind(),
            ErrorKind::Config,
            "{uri}"
        );
    }
    assert!(setup.seen().is_empty());
    assert_eq!(
        setup.call(layer, "https://api.example/path").await.unwrap(),
        200
    );
}
