//! Tests of the 401 rules and of where a token may go.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use http::Method;

use super::*;
use crate::clock::ClockReading;
use crate::error::{ErrorKind, Sent};
use crate::http::fake::{FakeHttp, answer};
use crate::source::Verdict;

/// Hands out its tokens in order, the last one for ever; a step is made by `invalidate`.
#[derive(Debug)]
pub(super) struct Tokens {
    texts: Vec<&'static str>,
    current: AtomicUsize,
    invalidated: Mutex<Vec<String>>,
    verdicts: Mutex<Vec<(String, Verdict)>>,
}

impl Tokens {
    pub(super) fn new(texts: &[&'static str]) -> Self {
        Self {
            texts: texts.to_vec(),
            current: AtomicUsize::new(0),
            invalidated: Mutex::default(),
            verdicts: Mutex::default(),
        }
    }

    /// Returns what was reported, in order.
    pub(super) fn verdicts(&self) -> Vec<(String, Verdict)> {
        self.verdicts.lock().unwrap().clone()
    }
}

#[async_trait]
impl TokenSource for Tokens {
    async fn token(&self) -> Result<AccessToken> {
        let current = self
            .current
            .load(Ordering::SeqCst)
            .min(self.texts.len() - 1);
        let anchor = ClockReading::new(Duration::ZERO, Duration::ZERO);
        AccessToken::new(self.texts[current], anchor, Duration::from_secs(60))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn report(&self, rejected: &AccessToken, verdict: Verdict) {
        let token = rejected.expose_secret().to_owned();
        self.verdicts.lock().unwrap().push((token, verdict));
        if verdict == Verdict::Accepted {
            return;
        }
        self.invalidated
            .lock()
            .unwrap()
            .push(rejected.expose_secret().to_owned());
        self.current.fetch_add(1, Ordering::SeqCst);
    }
}

fn client(http: &Arc<FakeHttp>, tokens: &[&'static str]) -> AuthorizedClient<Tokens> {
    let base = BaseUrl::parse("https://api.example/prefix").unwrap();
    AuthorizedClient::new(Tokens::new(tokens), http.clone(), base)
}

fn request(method: Method, uri: &str) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from_static(b"body"));
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse().unwrap();
    request
}

#[tokio::test]
async fn a_path_is_sent_below_the_base_url_with_the_token() {
    let http = Arc::new(FakeHttp::new([answer(204, &[], "")]));
    let mut get = request(Method::GET, "/v1/things?a=b");
    get.headers_mut()
        .insert(AUTHORIZATION, "Basic callers-own".parse().unwrap());
    let response = client(&http, &["one"]).send(get).await.unwrap();
    assert_eq!(response.status(), 204);
    let requests = http.requests();
    assert_eq!(
        requests[0].uri(),
        "https://api.example/prefix/v1/things?a=b"
    );
    assert_eq!(
        requests[0].headers().get_all(AUTHORIZATION).iter().count(),
        1
    );
    assert_eq!(requests[0].headers()[AUTHORIZATION], "Bearer one");
}

#[tokio::test]
async fn a_token_goes_to_allowed_origins_only() {
    for uri in [
        "https://evil.example/",
        "http://api.example/",
        "https://api.example:444/",
        "https://x@api.example/",
    ] {
        let http = Arc::new(FakeHttp::new([answer(200, &[], "")]));
        let error = client(&http, &["one"])
            .send(request(Method::GET, uri))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{uri}");
        assert!(http.requests().is_empty(), "{uri} was sent");
    }
    let http = Arc::new(FakeHttp::new([answer(200, &[], ""), answer(200, &[], "")]));
    let other = BaseUrl::parse("https://other.example").unwrap();
    let client = client(&http, &["one"]).with_origin(other);
    client
        .send(request(Method::GET, "https://api.example/elsewhere"))
        .await
        .unwrap();
    client
        .send(request(Method::GET, "https://other.example/"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_refused_token_is_invalidated_and_the_request_sent_once_more_with_another() {
    for method in [Method::GET, Method::POST] {
        let http = Arc::new(FakeHttp::new([
            answer(401, &[], ""),
            answer(200, &[], "done"),
        ]));
        let client = client(&http, &["one", "two"]);
        let response = client.send(request(method, "/")).await.unwrap();
        assert_eq!(response.body(), "done");
        assert_eq!(*client.source().invalidated.lock().unwrap(), ["one"]);
        let requests = http.requests();
        assert_eq!(requests[1].headers()[AUTHORIZATION], "Bearer two");
        assert_eq!(requests[1].body(), "body");
    }
}

#[tokio::test]
async fn a_second_refusal_is_handed_back() {
    let http = Arc::new(FakeHttp::new([
        answer(401, &[], "first"),
        answer(401, &[], "second"),
        answer(200, &[], ""),
    ]));
    let response = client(&http, &["one", "two", "three"])
        .send(request(Method::GET, "/"))
        .await
        .unwrap();
    assert_eq!(response.body(), "second");
    assert_eq!(http.requests().len(), 2);
}

#[tokio::test]
async fn the_same_token_again_means_that_the_401_is_handed_back() {
    let http = Arc::new(FakeHttp::new([
        answer(401, &[], "no"),
        answer(200, &[], ""),
    ]));
    let response = client(&http, &["one", "one"])
        .send(request(Method::GET, "/"))
        .await
        .unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(http.requests().len(), 1);
}

#[tokio::test]
async fn rights_and_redirects_are_never_a_reason_to_resend() {
    for (status, headers) in [
        (403, &[][..]),
        (302, &["location: https://evil.example/"]),
        (
            401,
            &["www-authenticate: Bearer error=\"insufficient_scope\""],
        ),
        (401, &["www-authenticate: Basic realm=\"x\""]),
        (500, &[]),
    ] {
        let http = Arc::new(FakeHttp::new([
            answer(status, headers, ""),
            answer(200, &[], ""),
        ]));
        let client = client(&http, &["one", "two"]);
        let response = client.send(request(Method::GET, "/")).await.unwrap();
        assert_eq!(response.status(), status);
        assert!(client.source().invalidated.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_source_is_told_what_the_api_made_of_each_token() {
    use Verdict::{Accepted, InvalidToken, Unauthorized};
    const INVALID: &[&str] = &["www-authenticate: Bearer error=\"invalid_token\""];
    type Answers = &'static [(u16, &'static [&'static str])];
    type Told = &'static [(&'static str, Verdict)];
    let cases: [(Answers, Told); 7] = [
        (&[(200, &[])], &[("one", Accepted)]),
        (&[(204, &[])], &[("one", Accepted)]),
        (
            &[(401, &[]), (200, &[])],
            &[("one", Unauthorized), ("two", Accepted)],
        ),
        (
            &[(401, INVALID), (401, &["www-authenticate: Bearer"])],
            &[("one", InvalidToken), ("two", Unauthorized)],
        ),
        (&[(401, &["www-authenticate: Basic realm=\"x\""])], &[]),
        (&[(403, INVALID)], &[]),
        (&[(401, &[]), (500, &[])], &[("one", Unauthorized)]),
    ];
    for (answers, reported) in cases {
        let answers = answers
            .iter()
            .map(|(status, headers)| answer(*status, headers, ""));
        let http = Arc::new(FakeHttp::new(answers));
        let client = client(&http, &["one", "two"]);
        client.send(request(Method::GET, "/")).await.unwrap();
        let reported: Vec<_> = reported
            .iter()
            .map(|(token, verdict)| ((*token).to_owned(), *verdict))
            .collect();
        assert_eq!(client.source().verdicts(), reported);
    }
    for status in [101, 302, 304, 400, 404, 409, 429, 500, 503] {
        let http = Arc::new(FakeHttp::new([answer(status, &[], "")]));
        let client = client(&http, &["one"]);
        client.send(request(Method::GET, "/")).await.unwrap();
        assert!(client.source().verdicts().is_empty(), "{status}");
    }
}

#[tokio::test]
async fn a_check_of_ones_own_is_believed_over_the_status() {
    let http = Arc::new(FakeHttp::new([
        answer(200, &[], "expired"),
        answer(200, &[], "fine"),
    ]));
    let client = client(&http, &["one", "two"])
        .with_invalid_token_check(|response| response.body() == "expired");
    client.send(request(Method::GET, "/")).await.unwrap();
    let expected = [
        ("one".to_owned(), Verdict::Unauthorized),
        ("two".to_owned(), Verdict::Accepted),
    ];
    assert_eq!(client.source().verdicts(), expected);
}

#[test]
fn challenges_blame_the_token_unless_they_name_another_reason() {
    let blames = |headers: &[&str]| is_invalid_token(&answer(401, headers, "").unwrap());
    assert!(blames(&[]));
    assert!(blames(&["www-authenticate: Bearer"]));
    assert!(blames(&["www-authenticate: bearer realm=\"a, error=b\""]));
    assert!(blames(&[
        "www-authenticate: Bearer realm=\"x\", error=\"invalid_token\""
    ]));
    assert!(blames(&["www-authenticate: Bearer ERROR=invalid_token"]));
    assert!(blames(&[
        "www-authenticate: Basic realm=\"x\", Bearer error=\"invalid_token\""
    ]));
    assert!(blames(&[
        "www-authenticate: Basic realm=\"x\"",
        "www-authenticate: Bearer"
    ]));
    assert!(
        blames(&["www-authenticate: ,,\"\\"]),
        "what cannot be read says nothing"
    );
    assert!(!blames(&[
        "www-authenticate: Bearer error=\"invalid_request\""
    ]));
    assert!(!blames(&[
        "www-authenticate: Bearer error=\"insufficient_scope\", scope=\"a\""
    ]));
    assert!(!blames(&["www-authenticate: Negotiate"]));
    assert!(!is_invalid_token(
        &answer(
            403,
            &["www-authenticate: Bearer error=\"invalid_token\""],
            ""
        )
        .unwrap()
    ));
}

#[tokio::test]
async fn a_create_that_may_have_been_sent_is_not_retryable() {
    let lost = || Err(Error::new(ErrorKind::Transport, "reset"));
    let refused = || Err(Error::new(ErrorKind::Transport, "refused").with_sent(Sent::No));
    for (method, failure, retryable) in [
        (Method::POST, lost as fn() -> Result<_>, false),
        (Method::PATCH, lost, false),
        (Method::GET, lost, true),
        (Method::DELETE, lost, true),
        (Method::POST, refused, true),
    ] {
        let http = Arc::new(FakeHttp::new([failure()]));
        let error = client(&http, &["one"])
            .send(request(method.clone(), "/"))
            .await
            .unwrap_err();
        assert_eq!(error.is_retryable(), retryable, "{method} {error}");
    }
}

#[tokio::test]
async fn a_failed_sign_in_says_that_nothing_was_sent() {
    #[derive(Debug)]
    struct Down;
    #[async_trait]
    impl TokenSource for Down {
        async fn token(&self) -> Result<AccessToken> {
            Err(Error::new(ErrorKind::Timeout, "no answer"))
        }

        fn inner(&self) -> Option<&dyn TokenSource> {
            None
        }
    }
    let base = BaseUrl::parse("https://api.example").unwrap();
    let client = AuthorizedClient::new(Down, Arc::new(FakeHttp::default()), base);
    let error = client.send(request(Method::POST, "/")).await.unwrap_err();
    assert!(!error.may_have_been_sent());
    assert!(error.is_retryable());
}

#[test]
fn clients_that_share_their_settings_have_a_budget_for_retries_each() {
    let (http, first) = (Arc::new(FakeHttp::default()), OnceLock::new());
    let one = client(&http, &["fake-one"]).sharing(&first);
    let other = client(&http, &["fake-other"]).sharing(&first);
    assert!(Arc::ptr_eq(&one.settings, &other.settings));
    assert!(!Arc::ptr_eq(&one.budget, &other.budget));
    let changed = other.with_limits(RequestLimits::TOKEN_REQUEST);
    assert_eq!(changed.limits(), RequestLimits::TOKEN_REQUEST);
    assert_eq!(one.limits(), RequestLimits::API_REQUEST);
}
