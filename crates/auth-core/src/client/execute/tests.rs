//! Tests of what a call sends, when it is sent again, and what its answer comes to.

mod log;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use http::Method;
use serde::Deserialize;

use super::*;
use crate::client::ApiErrorBody;
use crate::clock::{Clock, ClockReading};
use crate::error::{Error, ErrorKind};
use crate::http::BaseUrl;
use crate::http::fake::{FakeHttp, answer};
use crate::secret::Secret;
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

/// A clock of a runtime without timers, whose sleep never ends.
#[derive(Debug)]
struct NoTimers;

impl Clock for NoTimers {
    fn now(&self) -> ClockReading {
        ClockReading::new(Duration::ZERO, Duration::ZERO)
    }

    fn sleep(&self, _: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }

    fn can_sleep(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn nothing_is_retried_where_a_wait_would_never_end() {
    let stage = Stage::new([answer(503, &[], ""), answer(200, &[], "{}")]);
    let client = stage.client.clone().with_clock(Arc::new(NoTimers));
    let response = client.execute(&get()).await.unwrap();
    assert_eq!(response.status(), 503);
}

struct Stage {
    http: Arc<FakeHttp>,
    client: AuthorizedClient<StaticTokenSource>,
    naps: Arc<Naps>,
}

impl Stage {
    fn new(answers: impl IntoIterator<Item = Result<Response<Bytes>>>) -> Self {
        let http = Arc::new(FakeHttp::new(answers));
        let base = BaseUrl::parse("https://api.example/prefix").unwrap();
        let source = StaticTokenSource::new("fake-token-ümlaut".replace('ü', "u")).unwrap();
        let naps: Arc<Naps> = Arc::default();
        Self {
            client: AuthorizedClient::new(source, http.clone(), base)
                .with_error_reader(read_error)
                .with_clock(naps.clone()),
            http,
            naps,
        }
    }

    async fn call(&self, call: &ApiRequest) -> Result<ApiResponse> {
        self.client.execute(call).await
    }

    async fn fails(&self, call: &ApiRequest) -> Error {
        let answer = self.call(call).await.unwrap();
        answer.error_for_status().unwrap_err()
    }
}

fn read_error(response: &ApiResponse) -> Option<ApiErrorBody> {
    let message = String::from_utf8_lossy(response.body()).into_owned();
    let body = ApiErrorBody::new(Some(message))
        .with_code(Some("E1".to_owned()))
        .with_hint(Some("look here"));
    (!response.status().is_success()).then_some(body)
}

fn get() -> ApiRequest {
    ApiRequest::new(Method::GET, "/things/{id}").parameter("id", "7")
}

#[tokio::test]
async fn what_fills_a_path_or_a_query_cannot_change_it() {
    let stage = Stage::new([answer(200, &[], "{}")]);
    let call = ApiRequest::new(Method::GET, "/things/{id}/part")
        .parameter("id", "a/b?c#d e_f-g%2e")
        .query("filter", "name=@x&y,z")
        .maybe_query("absent", None::<u32>);
    stage.call(&call).await.unwrap();
    let uri = stage.http.requests()[0].uri().to_string();
    assert_eq!(
        uri,
        "https://api.example/prefix/things/a%2Fb%3Fc%23d%20e_f-g%252e/part?filter=name%3D%40x%26y%2Cz"
    );
}

#[tokio::test]
async fn an_empty_id_and_dots_are_refused_before_anything_is_sent() {
    for id in ["", ".", ".."] {
        let stage = Stage::new([]);
        let call = ApiRequest::new(Method::DELETE, "/things/{thingId}").parameter("thingId", id);
        let error = stage.call(&call).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("thingId"), "{error}");
        assert!(stage.http.requests().is_empty());
    }
}

#[tokio::test]
async fn a_path_that_is_not_filled_is_refused_before_anything_is_sent() {
    let get = |template: &'static str| ApiRequest::new(Method::GET, template);
    for (call, problem) in [
        (
            get("/users/{userId}"),
            "parameter userId, which was not set",
        ),
        (get("/users/{userID}").parameter("userId", 7), "userID"),
        (get("/users/{}"), "which was not set"),
        (get("/users").parameter("userId", 7), "no parameter userId"),
        (get("/users/{id"), "a { without its }"),
        (get("/users/id}"), "a } without its {"),
        (get("/{id}/{id").parameter("id", 7), "a { without its }"),
        (
            get("/users/{id}").parameter("id", 7).parameter("id", 8),
            "id is set twice",
        ),
        (get("/users?id={id}").parameter("id", 7), "no parameter id"),
        (
            get("/users#top").query("id", 7),
            "a # and what follows it is never sent",
        ),
        (
            get("/users?a=1#{id}"),
            "a # and what follows it is never sent",
        ),
    ] {
        let stage = Stage::new([]);
        let error = stage.call(&call).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(problem), "{error}");
        assert!(stage.http.requests().is_empty());
    }
}

#[tokio::test]
async fn a_template_may_repeat_a_parameter_and_hold_a_query_of_its_own() {
    let stage = Stage::new([answer(200, &[], "")]);
    let call = ApiRequest::new(Method::GET, "/{a}/{b}/{a}?fixed={x}")
        .parameter("a", "{b}")
        .parameter("b", "1")
        .query("more", 2);
    stage.call(&call).await.unwrap();
    let uri = stage.http.requests()[0].uri().to_string();
    assert_eq!(
        uri,
        "https://api.example/prefix/%7Bb%7D/1/%7Bb%7D?fixed={x}&more=2"
    );
}

#[tokio::test]
async fn all_waits_of_a_call_together_have_a_limit() {
    let stage = Stage::new((0..9).map(|_| answer(429, &["retry-after: 60"], "")));
    let error = stage.fails(&get()).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(
        stage.http.requests().len(),
        2,
        "a second minute is too much"
    );
    // What is left is used up to the last moment, and no longer.
    let retry_policy = RetryPolicy::default()
        .with_max_attempts(100)
        .with_max_total_delay(Duration::from_secs(10));
    for retry_after in ["retry-after: 3", "retry-after: 0"] {
        let stage = Stage::new((0..100).map(|_| answer(503, &[retry_after], "")));
        let call = get().retry_policy(retry_policy);
        stage.call(&call).await.unwrap();
        let slept: Duration = stage.naps.0.lock().unwrap().iter().sum();
        assert!(slept <= Duration::from_secs(10), "{slept:?}");
        assert!(stage.http.requests().len() > 3);
    }
}

#[tokio::test]
async fn an_empty_success_is_nothing_and_not_an_error() {
    for (status, body) in [(204, ""), (200, ""), (202, ""), (205, " \r\n")] {
        let done = || async {
            let stage = Stage::new([answer(status, &[], body)]);
            let delete = ApiRequest::new(Method::DELETE, "/things");
            stage.call(&delete).await.unwrap()
        };
        done().await.json::<()>().unwrap();
        let none = done().await.json::<Option<u32>>();
        assert_eq!(none.unwrap(), None);
        let error = done().await.json::<u32>();
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert!(error.to_string().contains("an empty body"), "{error}");
        assert!(!error.is_retryable(), "it was done");
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_worth_another_attempt_only_if_nothing_was_done() {
    for (method, retryable) in [
        (Method::GET, true),
        (Method::DELETE, false),
        (Method::PUT, false),
        (Method::POST, false),
    ] {
        for (headers, body) in [
            (&[][..], "{\"odd\":1}"),
            (&["content-type: text/html"], "<html>"),
        ] {
            let stage = Stage::new([answer(200, headers, body)]);
            let call = ApiRequest::new(method.clone(), "/things");
            let answer = stage.call(&call).await.unwrap();
            let error = answer.json::<u32>().unwrap_err();
            assert_eq!(error.is_retryable(), retryable, "{method} {error}");
        }
    }
}

#[tokio::test]
async fn json_that_is_declared_a_web_page_is_read_and_a_web_page_that_is_declared_json_is_not() {
    let page = ["content-type: text/html; charset=utf-8"];
    for body in ["[7]", " \n[7]", "\u{feff}[7]"] {
        let stage = Stage::new([answer(200, &page, body)]);
        let answer = stage.call(&get()).await.unwrap();
        assert!(!answer.is_html(), "{body}");
        let numbers: Vec<u32> = answer.json().unwrap();
        assert_eq!(numbers, [7], "{body}");
    }
    for (headers, body) in [
        (&page[..], "<html>"),
        (&page[..], "sign in first"),
        (&page[..], ""),
        (&["content-type: application/json"][..], "\n<!doctype html>"),
    ] {
        let stage = Stage::new([answer(200, headers, body)]);
        assert!(stage.call(&get()).await.unwrap().is_html(), "{body}");
    }
}

#[tokio::test]
async fn a_status_that_ends_no_call_is_neither_a_redirect_nor_a_refusal() {
    for status in [101, 300, 304] {
        let stage = Stage::new([answer(status, &[], "")]);
        let error = stage.fails(&get()).await;
        let expected = format!(
            "the API answered GET /things/{{id}} with status {status}, which is neither a success nor an error"
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(
            (error.kind(), error.is_retryable()),
            (ErrorKind::InvalidResponse, false)
        );
    }
}

#[tokio::test]
async fn a_throttled_call_waits_as_long_as_it_is_told_and_is_sent_again() {
    let stage = Stage::new([
        answer(429, &["retry-after: 7"], ""),
        answer(503, &["retry-after: 9"], ""),
        answer(200, &[], "{}"),
    ]);
    let answer = stage.call(&get()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let naps = stage.naps.0.lock().unwrap();
    assert!(naps[0] >= Duration::from_secs(7) && naps[0] < Duration::from_secs(8));
    assert!(naps[1] >= Duration::from_secs(9) && naps[1] < Duration::from_secs(10));
}

#[tokio::test]
async fn patience_ends_after_six_attempts() {
    let stage = Stage::new((0..9).map(|_| answer(429, &[], "")));
    let error = stage.fails(&get()).await;
    assert_eq!(stage.http.requests().len(), 6);
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::ApiStatus, 429)
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_wait_longer_than_we_care_for_is_left_to_the_caller() {
    let stage = Stage::new([answer(429, &["retry-after: 3600"], "")]);
    let error = stage.fails(&get()).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(stage.http.requests().len(), 1);
}

#[tokio::test]
async fn a_create_is_never_repeated_and_never_retryable() {
    for (status, kind) in [
        (429, ErrorKind::ApiStatus),
        (503, ErrorKind::ApiStatus),
        (302, ErrorKind::InvalidResponse),
    ] {
        let stage = Stage::new([answer(status, &["retry-after: 1"], "")]);
        let error = stage.fails(&ApiRequest::new(Method::POST, "/things")).await;
        assert_eq!((error.kind(), error.is_retryable()), (kind, false));
        assert!(error.may_have_been_sent());
        assert_eq!(stage.http.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_refusal_quotes_the_vendor_without_secrets_and_names_no_id() {
    let body = "bad fake-token-umlaut and pass wörd";
    let stage = Stage::new([answer(400, &[], body)]);
    let call = ApiRequest::new(Method::POST, "/things/{id}")
        .parameter("id", "private")
        .query("secret", "query")
        .secret(&Secret::from("pass wörd"));
    let error = stage.fails(&call).await;
    assert_eq!(
        error.to_string(),
        "the API answered POST /things/{id} with status 400: bad [redacted] and [redacted] (look here)"
    );
    assert_eq!(error.error_code(), Some("E1"));
}

#[tokio::test]
async fn a_page_a_redirect_and_odd_json_are_not_an_answer() {
    #[derive(Debug, Deserialize)]
    struct Thing {
        #[expect(dead_code, reason = "only read")]
        id: u32,
    }
    let cases = [
        answer(200, &["content-type: text/html"], "<html>secret</html>"),
        answer(302, &["location: https://login.example/x?secret=1"], ""),
        answer(200, &[], "{\"id\":\"secret\"}"),
        answer(200, &[], ""),
    ];
    for case in cases {
        let stage = Stage::new([case]);
        let answer = stage.call(&get()).await.unwrap();
        let error = answer.json::<Thing>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_moment_in_retry_after_is_read_against_the_servers_date() {
    let headers = [
        "retry-after: Sun, 06 Nov 1994 08:49:42 GMT",
        "date: Sun, 06 Nov 1994 08:49:37 GMT",
    ];
    let stage = Stage::new([answer(429, &headers, ""), answer(200, &[], "{}")]);
    stage.call(&get()).await.unwrap();
    let nap = stage.naps.0.lock().unwrap()[0];
    assert!(
        nap >= Duration::from_secs(5) && nap < Duration::from_secs(6),
        "{nap:?}"
    );
    assert!(stage.naps.now().to_system_time() > SystemTime::UNIX_EPOCH);
}

#[tokio::test]
async fn a_byte_order_mark_before_json_is_skipped() {
    let stage = Stage::new([answer(200, &[], "\u{feff}[7]")]);
    let marked = stage.call(&get()).await.unwrap();
    let read: Vec<u8> = marked.json().unwrap();
    assert_eq!(read, [7]);
}
