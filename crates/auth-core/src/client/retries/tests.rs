//! Tests of which outcomes are retried, how long is waited, and of the budget that all requests share.

use std::sync::Mutex;

use bytes::Bytes;
use http::{Method, Request};

use super::*;
use crate::client::{ApiRequest, AuthorizedClient, RequestOptions};
use crate::clock::ClockReading;
use crate::error::{Error, Result};
use crate::http::BaseUrl;
use crate::http::fake::{FakeHttp, answer};
use crate::source::StaticTokenSource;

/// A clock that stands still and notes how long it was asked to sleep.
#[derive(Debug, Default)]
struct Naps(Mutex<Vec<Duration>>);

impl Clock for Naps {
    fn now(&self) -> ClockReading {
        ClockReading::new(Duration::ZERO, Duration::from_secs(1_000_000_000))
    }

    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        self.0.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }
}

struct Stage {
    http: Arc<FakeHttp>,
    client: AuthorizedClient<StaticTokenSource>,
    naps: Arc<Naps>,
}

impl Stage {
    fn new(answers: impl IntoIterator<Item = Result<Response<Bytes>>>) -> Self {
        let http = Arc::new(FakeHttp::new(answers));
        let base = BaseUrl::parse("https://api.example").unwrap();
        let source = StaticTokenSource::new("fake-token").unwrap();
        let naps: Arc<Naps> = Arc::default();
        Self {
            client: AuthorizedClient::new(source, http.clone(), base).with_clock(naps.clone()),
            http,
            naps,
        }
    }

    fn requests(&self) -> usize {
        self.http.requests().len()
    }
}

fn get() -> ApiRequest {
    ApiRequest::new(Method::GET, "/things")
}

fn ok() -> Result<Response<Bytes>> {
    answer(200, &[], "{}")
}

fn broken() -> Result<Response<Bytes>> {
    Err(Error::transport("the connection broke"))
}

#[tokio::test]
async fn what_passes_by_itself_is_retried_and_nothing_else() {
    for (status, is_retried) in [
        (408, true),
        (429, true),
        (500, true),
        (502, true),
        (503, true),
        (504, true),
        (501, false),
        (400, false),
        (403, false),
        (404, false),
        (409, false),
        (425, false),
        (304, false),
    ] {
        let stage = Stage::new([answer(status, &[], ""), ok()]);
        let response = stage.client.execute(&get()).await.unwrap();
        let expected = if is_retried { 200 } else { status };
        assert_eq!(response.status().as_u16(), expected, "{status}");
    }
}

#[tokio::test]
async fn a_connection_that_broke_or_was_not_made_is_retried() {
    let refused = || Err(Error::transport("no connection").with_sent(Sent::No));
    let slow_connection = || Err(Error::timeout("no connection in time").with_sent(Sent::No));
    for failure in [broken, refused, slow_connection] {
        let stage = Stage::new([failure(), failure(), ok()]);
        let response = stage.client.execute(&get()).await.unwrap();
        assert_eq!((response.status().as_u16(), stage.requests()), (200, 3));
    }
    // Its time was up, it can never succeed, or the response is too large.
    let lasting = || Err(Error::transport("bad certificate").with_retryable(false));
    let slow = || Err(Error::timeout("no whole response in time"));
    let large = || Err(Error::invalid_response("too large"));
    for failure in [lasting, slow, large] {
        let stage = Stage::new([failure(), ok()]);
        stage.client.execute(&get()).await.unwrap_err();
        assert_eq!(stage.requests(), 1);
    }
}

#[tokio::test]
async fn a_create_is_retried_only_with_an_idempotency_key() {
    for method in [Method::POST, Method::PATCH] {
        for failure in [broken, || answer(503, &["retry-after: 1"], "")] {
            let stage = Stage::new([failure(), ok()]);
            let create = ApiRequest::new(method.clone(), "/things");
            drop(stage.client.execute(&create).await);
            assert_eq!(stage.requests(), 1, "{method}");

            let stage = Stage::new([failure(), ok()]);
            let create = create.idempotency_key("key-1");
            let response = stage.client.execute(&create).await.unwrap();
            assert_eq!((response.status().as_u16(), stage.requests()), (200, 2));
            for request in &*stage.http.requests() {
                assert_eq!(request.headers()["idempotency-key"], "key-1");
            }
        }
    }
    // The error that is left says so too.
    let stage = Stage::new((0..9).map(|_| answer(503, &[], "")));
    let create = ApiRequest::new(Method::POST, "/things").idempotency_key("key-1");
    let response = stage.client.execute(&create).await.unwrap();
    assert!(response.to_error().is_retryable());
    let stage = Stage::new((0..9).map(|_| broken()));
    let error = stage.client.execute(&create).await.unwrap_err();
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_failure_is_waited_for_less_than_a_request_to_slow_down() {
    let longest = async |status| {
        let mut longest = Duration::ZERO;
        for _ in 0..50 {
            let stage = Stage::new([answer(status, &[], ""), ok()]);
            stage.client.execute(&get()).await.unwrap();
            longest = longest.max(stage.naps.0.lock().unwrap()[0]);
        }
        longest
    };
    let (failed, throttled) = (longest(502).await, longest(429).await);
    assert!(failed <= Duration::from_millis(200), "{failed:?}");
    assert!(
        throttled > Duration::from_millis(200) && throttled <= Duration::from_secs(1),
        "{throttled:?}"
    );
}

#[tokio::test]
async fn an_outage_uses_up_the_budget_and_then_each_request_is_sent_once() {
    let stage = Stage::new((0..1_000).map(|_| answer(500, &[], "")));
    for _ in 0..50 {
        let response = stage.client.execute(&get()).await.unwrap();
        assert_eq!(response.status().as_u16(), 500);
    }
    // Fifty first attempts and the hundred retries of the budget, where the policy alone permits 250.
    assert_eq!(stage.requests(), 50 + 100);
    // It is the client's: clones share it, and requests of every kind.
    let clone = stage.client.clone();
    clone.execute(&get()).await.unwrap();
    assert_eq!(stage.requests(), 151);
}

#[tokio::test]
async fn five_successes_earn_one_retry_and_a_retry_that_worked_is_given_back() {
    let down = |count: usize| (0..count).map(|_| answer(500, &[], ""));
    let up = |count: usize| (0..count).map(|_| ok());
    let answers = down(160).chain(up(5)).chain(down(3)).chain(up(5));
    let stage = Stage::new(
        answers
            .chain(down(1))
            .chain(up(1))
            .chain(down(1))
            .chain(up(1)),
    );
    let spent = async |count: usize| {
        let before = stage.requests();
        let mut last = 0;
        for _ in 0..count {
            last = stage
                .client
                .execute(&get())
                .await
                .unwrap()
                .status()
                .as_u16();
        }
        (stage.requests() - before, last)
    };
    assert_eq!(spent(60).await, (160, 500), "the budget is empty");
    assert_eq!(spent(5).await, (5, 200));
    assert_eq!(spent(1).await, (2, 500), "one retry was earned");
    assert_eq!(spent(1).await, (1, 500), "and no more");
    assert_eq!(spent(5).await, (5, 200));
    assert_eq!(spent(1).await, (2, 200), "a retry that worked");
    assert_eq!(spent(1).await, (2, 200), "was given back");
}

#[tokio::test]
async fn a_plain_request_is_retried_if_its_options_say_so() {
    let request = || Request::get("/things").body(Bytes::new()).unwrap();
    let stage = Stage::new([answer(500, &[], ""), ok()]);
    let response = stage.client.send(request()).await.unwrap();
    assert_eq!((response.status().as_u16(), stage.requests()), (500, 1));

    let stage = Stage::new([answer(500, &[], ""), ok()]);
    let mut retried = request();
    let options = RequestOptions::new().with_retry_policy(RetryPolicy::default());
    retried.extensions_mut().insert(options);
    let response = stage.client.send(retried).await.unwrap();
    assert_eq!((response.status().as_u16(), stage.requests()), (200, 2));
}

#[tokio::test]
async fn a_request_without_a_token_is_not_retried_here() {
    #[derive(Debug, Default)]
    struct Down(Mutex<u32>);
    #[async_trait::async_trait]
    impl crate::source::TokenSource for Down {
        async fn token(&self) -> Result<crate::token::AccessToken> {
            *self.0.lock().unwrap() += 1;
            Err(Error::transport("the token endpoint is down"))
        }

        fn inner(&self) -> Option<&dyn crate::source::TokenSource> {
            None
        }
    }
    let source = Arc::new(Down::default());
    let base = BaseUrl::parse("https://api.example").unwrap();
    let client = AuthorizedClient::new(Arc::clone(&source), Arc::new(FakeHttp::default()), base)
        .with_clock(Arc::new(Naps::default()));
    let error = client.execute(&get()).await.unwrap_err();
    assert_eq!(*source.0.lock().unwrap(), 1, "{error}");
}
