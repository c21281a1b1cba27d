//! What a broken network and a wrong server become for API calls: the kind, and whether trying again is harmless.

use std::time::Duration;

use auth_core::{Error, ErrorKind, ErrorReason, RequestLimits, RetryPolicy};
use auth_testkit::ManualClock;

use crate::listener::{ClosedPort, Listener, Misbehaviour};
use crate::script::Script;
use crate::vendors::{Options, Row, VENDORS};

async fn error_at(vendor: Row, base_url: &str, limits: RequestLimits) -> Error {
    let mut options = Options::at(base_url);
    options.http = Some(Script::onward().http(vendor));
    options.api_limits = limits;
    options.client(vendor).call().await.unwrap_err()
}

#[tokio::test]
async fn a_refused_port_was_certainly_not_sent_to() {
    let closed = ClosedPort::new();
    for &vendor in VENDORS {
        let error = error_at(vendor, &closed.base_url, RequestLimits::API_REQUEST).await;
        assert_eq!(error.kind(), ErrorKind::Transport, "{vendor}: {error}");
        assert!(
            error.is_retryable() && !error.may_have_been_sent(),
            "{vendor}: {error}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_transport_failure_that_may_have_been_sent() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":".to_vec();
    for misbehaviour in [
        Misbehaviour::Reset,
        Misbehaviour::Write(cut),
        Misbehaviour::Write(b"no HTTP at all".to_vec()),
        Misbehaviour::Write(Vec::new()),
    ] {
        let listener = Listener::start(misbehaviour.clone()).await;
        for &vendor in VENDORS {
            let error = error_at(vendor, listener.base_url(), RequestLimits::API_REQUEST).await;
            assert_eq!(
                error.kind(),
                ErrorKind::Transport,
                "{vendor} {misbehaviour:?}: {error}"
            );
            assert!(error.may_have_been_sent());
            assert_eq!(error.is_retryable(), vendor.is_harmless(), "{vendor}");
        }
        assert_eq!(listener.requests(), VENDORS.len(), "{misbehaviour:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_retried_where_that_is_harmless() {
    let listener = Listener::start(Misbehaviour::Reset).await;
    for &vendor in VENDORS {
        let before = listener.requests();
        let mut options = Options::at(listener.base_url()).clock(ManualClock::auto_advancing());
        options.http = Some(Script::onward().http(vendor));
        options.retry_policy = RetryPolicy::default();
        let error = options.client(vendor).call().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{vendor}: {error}");
        let expected = if vendor.is_harmless() { 6 } else { 1 };
        assert_eq!(listener.requests() - before, expected, "{vendor}");
    }
}

#[tokio::test]
async fn silence_ends_at_the_limit_of_the_settings() {
    let listener = Listener::start(Misbehaviour::Silence).await;
    let limits = RequestLimits::new(Duration::from_secs(60), 1_024);
    for &vendor in VENDORS {
        let error = error_at(vendor, listener.base_url(), limits).await;
        tokio::time::resume();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{vendor}: {error}");
        assert_eq!(error.is_retryable(), vendor.is_harmless(), "{vendor}");
    }
}

#[tokio::test]
async fn an_answer_over_the_limit_of_the_settings_is_refused() {
    let listener = Listener::answering("200 OK", "", &"x".repeat(2_000)).await;
    let limits = RequestLimits::new(Duration::from_secs(10), 1_999);
    for &vendor in VENDORS {
        let error = error_at(vendor, listener.base_url(), limits).await;
        assert_eq!(
            error.kind(),
            ErrorKind::InvalidResponse,
            "{vendor}: {error}"
        );
        assert!(error.to_string().contains("larger than 1999"), "{error}");
    }
}

#[tokio::test]
async fn the_front_end_in_the_apis_place_is_named_as_such() {
    let headers = "content-type: text/html\r\n";
    let listener = Listener::answering("200 OK", headers, "<html>fake words</html>").await;
    for &vendor in VENDORS {
        let error = error_at(vendor, listener.base_url(), RequestLimits::API_REQUEST).await;
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{vendor}");
        assert!(
            error.to_string().contains("a web page"),
            "{vendor}: {error}"
        );
        assert_eq!(error.reason(), Some(ErrorReason::WebPage), "{vendor}");
        assert!(!error.to_string().contains("fake words"), "{error}");
        assert_eq!(error.is_retryable(), vendor.is_harmless(), "{vendor}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_points_at_the_client_certificate() {
    let target = Listener::answering("200 OK", "", "{}").await;
    let location = format!("location: {}/page?fake=query\r\n", target.base_url());
    let listener = Listener::answering("302 Found", &location, "").await;
    for &vendor in VENDORS {
        let error = error_at(vendor, listener.base_url(), RequestLimits::API_REQUEST).await;
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{vendor}");
        assert_eq!(error.reason(), Some(ErrorReason::Redirect), "{vendor}");
        let text = error.to_string();
        assert!(
            text.contains(target.base_url()) && text.contains("client certificate"),
            "{text}"
        );
        assert!(!text.contains("fake") && !error.is_retryable(), "{text}");
    }
    assert_eq!(target.requests(), 0);
}
