//! What a broken network becomes, for the token endpoint and for the API.

use std::time::Duration;

use auth_core::{Error, ErrorKind, HttpClient, RequestLimits, ReqwestHttpClient};
use bytes::Bytes;
use http::Request;

use crate::listener::{ClosedPort, Listener, Misbehaviour};
use crate::vendors::{Options, VENDORS};

async fn get(base_url: &str, limits: RequestLimits) -> Result<http::Response<Bytes>, Error> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = format!("{base_url}/path?fakequery=fakevalue")
        .parse()
        .unwrap();
    ReqwestHttpClient::builder()
        .build()
        .unwrap()
        .send(request, limits)
        .await
}

#[tokio::test]
async fn a_refused_port_is_a_transport_failure_that_was_certainly_not_sent() {
    let closed = ClosedPort::new();
    for &vendor in VENDORS {
        let client = Options::at(&closed.base_url).client(vendor);
        let error = client.token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{vendor}: {error}");
        assert!(
            error.is_retryable() && !error.may_have_been_sent(),
            "{vendor}: {error}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_transport_failure_that_may_have_been_sent() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access_token\":".to_vec();
    for misbehaviour in [
        Misbehaviour::Reset,
        Misbehaviour::Write(cut),
        Misbehaviour::Write(b"no HTTP at all".to_vec()),
        Misbehaviour::Write(Vec::new()),
    ] {
        let listener = Listener::start(misbehaviour.clone()).await;
        for &vendor in VENDORS {
            let client = Options::at(listener.base_url()).client(vendor);
            let error = client.token().await.unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::Transport,
                "{vendor} {misbehaviour:?}: {error}"
            );
            assert!(error.may_have_been_sent());
        }
        assert_eq!(
            listener.requests(),
            VENDORS.len(),
            "nothing below the cache retries: {misbehaviour:?}"
        );
    }
}

#[tokio::test]
async fn silence_ends_at_the_limit() {
    let listener = Listener::start(Misbehaviour::Silence).await;
    let limits = RequestLimits::new(Duration::from_secs(60), 1_024);
    let error = get(listener.base_url(), limits).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_and_without_a_content_length() {
    let body = "x".repeat(2_000);
    let declared = Listener::answering("200 OK", "", &body).await;
    let chunked =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{body}\r\n0\r\n\r\n");
    let streamed = Listener::start(Misbehaviour::Write(chunked.into_bytes())).await;
    for listener in [declared, streamed] {
        let limit = |max_body| RequestLimits::new(Duration::from_secs(10), max_body);
        let error = get(listener.base_url(), limit(1_999)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
        assert_eq!(
            get(listener.base_url(), limit(2_000))
                .await
                .unwrap()
                .body()
                .len(),
            2_000
        );
    }
}

#[tokio::test]
async fn a_redirect_of_the_api_is_returned_and_not_followed() {
    let target = Listener::answering("200 OK", "", "").await;
    let location = format!("location: {}/elsewhere\r\n", target.base_url());
    let listener = Listener::answering("307 Temporary Redirect", &location, "").await;
    let response = get(listener.base_url(), RequestLimits::API_REQUEST)
        .await
        .unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(target.requests(), 0);
}

#[tokio::test]
async fn no_error_repeats_its_cause_or_shows_the_query() {
    let reset = Listener::start(Misbehaviour::Reset).await;
    let gone = "http://127.0.0.1:1";
    for base_url in [reset.base_url(), gone] {
        let error = get(base_url, RequestLimits::API_REQUEST).await.unwrap_err();
        let mut shown = vec![error.to_string()];
        let mut cause = std::error::Error::source(&error);
        while let Some(source) = cause {
            shown.push(source.to_string());
            cause = source.source();
        }
        assert!(shown.len() > 1, "the cause is kept: {shown:?}");
        for (index, text) in shown.iter().enumerate() {
            for later in &shown[index + 1..] {
                assert!(!text.contains(later.as_str()), "{shown:?}");
            }
        }
        assert!(
            !format!("{error:#?}{shown:?}").contains("fake"),
            "{error:#?}"
        );
    }
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    for &vendor in VENDORS {
        let client = Options::at("http://127.0.0.1:1").client(vendor);
        let mut future = std::pin::pin!(client.token());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(Err(error)) = future.as_mut().poll(&mut context) else {
            panic!("{vendor}: no error at once");
        };
        assert_eq!(error.kind(), ErrorKind::Config, "{vendor}");
        assert!(error.to_string().contains("tokio runtime"), "{error}");
    }
}
