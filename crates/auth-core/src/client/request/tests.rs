//! Tests of what a request sends, and of the parts that it refuses.

use std::sync::Arc;

use super::*;
use crate::client::{ApiResponse, AuthorizedClient};
use crate::error::ErrorKind;
use crate::http::BaseUrl;
use crate::http::fake::{FakeHttp, answer};
use crate::source::StaticTokenSource;

fn client(http: &Arc<FakeHttp>) -> AuthorizedClient<StaticTokenSource> {
    let base = BaseUrl::parse("https://api.example/prefix").unwrap();
    let source = StaticTokenSource::new("fake-token").unwrap();
    let other = BaseUrl::parse("https://files.example").unwrap();
    AuthorizedClient::new(source, http.clone(), base).with_origin(other)
}

async fn sent(request: ApiRequest) -> Request<Bytes> {
    let http = Arc::new(FakeHttp::new([answer(200, &[], "{}")]));
    client(&http).execute(&request).await.unwrap();
    http.requests()[0].clone()
}

async fn refused(request: ApiRequest) -> String {
    let http = Arc::new(FakeHttp::default());
    let error = client(&http).execute(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert!(http.requests().is_empty(), "{error}");
    error.to_string()
}

fn post() -> ApiRequest {
    ApiRequest::new(Method::POST, "/things")
}

#[tokio::test]
async fn headers_and_bodies_of_any_kind_are_sent_as_they_are() {
    let request = post()
        .header("x-tag", "one")
        .header("X-Tag", "two")
        .header("cookie", "theme=dark")
        .header("accept", "text/csv")
        .body("text/csv; charset=utf-8", "a,b\n");
    let request = sent(request).await;
    let tags: Vec<_> = request.headers().get_all("x-tag").iter().collect();
    assert_eq!(tags, ["one", "two"]);
    assert_eq!(request.headers()["cookie"], "theme=dark");
    assert_eq!(request.headers()["accept"], "text/csv");
    assert_eq!(request.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(request.body(), "a,b\n");

    let request = sent(post().form([("a b", "1&2"), ("c", "ü")])).await;
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(request.body(), "a+b=1%262&c=%C3%BC");

    let patch = post()
        .header("content-type", "application/merge-patch+json")
        .json(&[1]);
    let request = sent(patch).await;
    assert_eq!(
        request.headers()["content-type"],
        "application/merge-patch+json"
    );
    assert_eq!(request.headers()["accept"], "application/json");
    assert_eq!(request.body(), "[1]");
}

#[tokio::test]
async fn a_whole_url_of_an_allowed_origin_is_requested_and_no_other() {
    for url in [
        "https://api.example/elsewhere?after=b",
        "https://API.example:443/prefix/things?after=b",
        "https://files.example/1?after=b",
    ] {
        let request = sent(ApiRequest::to_url(Method::GET, url).query("limit", 2)).await;
        assert!(request.uri().query() == Some("after=b&limit=2"), "{url}");
        assert_eq!(request.headers()["authorization"], "Bearer fake-token");
    }
    for (url, problem) in [
        (
            "https://evil.example/1?fake-secret",
            "origin is not the API's",
        ),
        ("http://api.example/1", "origin is not the API's"),
        (
            "https://api.example@evil.example/",
            "origin is not the API's",
        ),
        (
            "https://fake-secret@api.example/",
            "origin is not the API's",
        ),
        ("https://api.example:444/", "origin is not the API's"),
        ("/things", "has no host"),
        ("https://api.example/a b", "percent-encoded"),
        ("https://api.example/#top", "contains a fragment"),
        ("", "is invalid"),
    ] {
        let message = refused(ApiRequest::to_url(Method::GET, url)).await;
        assert!(message.contains(problem), "{url}: {message}");
        assert!(!message.contains("fake-secret"), "{message}");
    }
}

#[tokio::test]
async fn a_request_to_another_url_keeps_everything_but_its_query() {
    let first = ApiRequest::new(Method::GET, "/users/{id}")
        .parameter("id", "7")
        .query("limit", 2)
        .header("x-tag", "one");
    let next = first.with_url("https://api.example/prefix/users/7?after=b");
    assert_eq!(next.template(), "/users/{id}");
    let request = sent(next).await;
    assert_eq!(request.uri(), "https://api.example/prefix/users/7?after=b");
    assert_eq!(request.headers()["x-tag"], "one");
}

#[tokio::test]
async fn a_part_that_cannot_be_sent_is_named_before_anything_is_sent() {
    for (request, part) in [
        (post().header("Host", "evil.example"), "the header host"),
        (
            post().header("authorization", "x"),
            "the header authorization",
        ),
        (post().header("x-tag", "a\nb"), "the header x-tag"),
        (post().header("x tag", "a"), "\"x\""),
        (post().body("text/\ncsv", ""), "content type"),
        (post().idempotency_key("a\nb"), "idempotency key"),
        (post().idempotency_key(""), "idempotency key"),
        (ApiRequest::new(Method::GET, "/a b"), "the path /a b"),
        (ApiRequest::new(Method::CONNECT, "/a"), "CONNECT"),
    ] {
        let message = refused(request).await;
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn a_query_in_the_path_is_sent_and_never_shown() {
    let get = |path: &'static str| ApiRequest::new(Method::GET, path);
    let request = get("/things?sig=fake-signature");
    assert!(!format!("{request:?}").contains("fake-signature"));
    let uri = sent(request).await.uri().to_string();
    assert!(uri.ends_with("/things?sig=fake-signature"), "{uri}");
    for bad in ["/things/{id}?sig=fake-signature", "/a b?sig=fake-signature"] {
        let error = refused(get(bad)).await;
        assert!(!error.contains("fake-signature"), "{error}");
    }
}

#[tokio::test]
async fn a_path_without_a_slash_is_named_and_not_repeated() {
    for path in [
        "https://user:fake-password@api.example/v1",
        "https://api.example/v1?sig=fake-password",
        "things",
        "",
    ] {
        let error = refused(ApiRequest::new(Method::GET, path)).await;
        assert!(error.contains("does not start with a slash"), "{error}");
        assert!(!error.contains("fake-password"), "{error}");
    }
}

#[tokio::test]
async fn options_travel_with_a_plain_request_too() {
    let http = Arc::new(FakeHttp::default());
    let mut request = Request::get("/things").body(Bytes::new()).unwrap();
    let options = RequestOptions::new().with_idempotency_key("a\nb");
    request.extensions_mut().insert(options);
    let error = client(&http).send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);

    let mut request = Request::post("/things").body(Bytes::new()).unwrap();
    let options = RequestOptions::new()
        .with_idempotency_key("key-1")
        .with_timeout(Duration::from_secs(300))
        .with_max_body(7)
        .with_idle_timeout(Duration::from_secs(5));
    request.extensions_mut().insert(options);
    let error = client(&http).send(request).await.unwrap_err();
    assert!(error.is_retryable(), "it has a key");
    let limits = http.limits()[0];
    assert_eq!(limits.timeout(), Duration::from_secs(300));
    assert_eq!(limits.max_body(), 7);
    assert_eq!(limits.idle_timeout(), Duration::from_secs(5));
}

#[tokio::test]
async fn what_a_request_does_not_set_stays_as_the_client_has_it() {
    let http = Arc::new(FakeHttp::default());
    let client = client(&http).with_limits(crate::RequestLimits::new(Duration::from_secs(9), 99));
    let request = ApiRequest::new(Method::GET, "/things").timeout(Duration::from_secs(3));
    let request = request
        .options(RequestOptions::new().with_max_body(5))
        .retry_policy(RetryPolicy::NONE);
    drop(client.execute(&request).await);
    let sent: Vec<_> = http
        .limits()
        .iter()
        .map(|limits| (limits.timeout(), limits.max_body()))
        .collect();
    assert_eq!(sent, [(Duration::from_secs(3), 5)]);
}

#[test]
fn a_link_to_the_next_page_is_made_whole_or_is_an_error() {
    let request = ApiRequest::to_url(Method::GET, "https://api.example/v1/users?limit=2");
    let read = |link: &str| {
        let header = format!("link: {link}");
        let response = answer(200, &[&header], "[]").unwrap();
        ApiResponse::from_http(&request, response).next_link()
    };
    let next = read("<?after=b>; rel=next").unwrap();
    assert_eq!(
        next.as_deref(),
        Some("https://api.example/v1/users?after=b")
    );
    assert_eq!(read("<?after=a>; rel=prev").unwrap(), None);
    for odd in ["garbage", "<https://>; rel=next"] {
        let error = read(odd).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!(
            error.to_string(),
            "the API answered GET https://api.example/… with a malformed Link header"
        );
    }
}
