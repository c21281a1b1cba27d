//! What every refusal of a token endpoint becomes: kind, retryability, and how often the endpoint is asked.

use std::time::Duration;

use auth_core::{Error, ErrorKind, ErrorReason};
use auth_testkit::{Emulator, Fault};

use crate::vendors::{Options, Row, VENDORS};

async fn error_under(vendor: Row, fault: Fault) -> (Error, u64) {
    let emulator = Emulator::start(vendor).await.unwrap();
    emulator.inject_token_fault(fault.forever());
    let client = Options::of(&emulator).client(vendor);
    let error = client.token().await.unwrap_err();
    for _ in 0..10 {
        client.token().await.unwrap_err();
    }
    (error, emulator.token_requests())
}

#[tokio::test]
async fn a_wrong_secret_is_refused_once_and_not_asked_again() {
    for &vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let mut options = Options::of(&emulator);
        options.client_secret = "fake-wrong-secret".to_owned();
        let client = options.client(vendor);
        for _ in 0..10 {
            let error = client.token().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidCredentials, "{vendor}");
            assert!(!error.is_retryable(), "{vendor}");
            assert_eq!(error.vendor(), Some(vendor.as_str()));
        }
        assert_eq!(emulator.token_requests(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn an_unknown_and_a_disabled_client_are_refused_credentials() {
    for &vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let mut options = Options::of(&emulator);
        options.client_id = "fake-unknown".to_owned();
        assert_eq!(
            options.client(vendor).token().await.unwrap_err().kind(),
            ErrorKind::InvalidCredentials,
            "{vendor}"
        );
        emulator.disable_client();
        let client = Options::of(&emulator).client(vendor);
        assert_eq!(
            client.token().await.unwrap_err().kind(),
            ErrorKind::InvalidCredentials,
            "{vendor}"
        );
    }
}

#[tokio::test]
async fn statuses_that_pass_by_themselves_are_retryable() {
    for &vendor in VENDORS {
        for (status, kind) in [
            (408, ErrorKind::Timeout),
            (429, ErrorKind::Throttled),
            (500, ErrorKind::Unavailable),
            (502, ErrorKind::Unavailable),
            (503, ErrorKind::Unavailable),
        ] {
            let (error, requests) = error_under(vendor, Fault::status(status)).await;
            assert_eq!(error.kind(), kind, "{vendor} {status}");
            assert!(error.is_retryable());
            assert_eq!(error.status().unwrap(), status);
            assert_eq!(requests, 1, "{vendor} {status}: a cool-down holds");
        }
    }
}

#[tokio::test]
async fn retry_after_reaches_the_caller() {
    for &vendor in VENDORS {
        let fault = Fault::status(429).retry_after(Duration::from_secs(17));
        let (error, _) = error_under(vendor, fault).await;
        assert_eq!(
            error.retry_after(),
            Some(Duration::from_secs(17)),
            "{vendor}"
        );
    }
}

#[tokio::test]
async fn html_an_empty_body_and_an_oversized_one_are_unusable_answers() {
    for &vendor in VENDORS {
        for (fault, words) in [
            (Fault::html(), "HTML"),
            (Fault::empty(), "empty body"),
            (Fault::oversized(), "larger than 1048576 bytes"),
            (
                Fault::body(200, "application/json", "{}"),
                "not a token response",
            ),
            (Fault::body(200, "application/json", "nonsense"), "not JSON"),
        ] {
            let (error, _) = error_under(vendor, fault).await;
            assert_eq!(
                error.kind(),
                ErrorKind::InvalidResponse,
                "{vendor}: {error}"
            );
            assert!(error.to_string().contains(words), "{vendor}: {error}");
            assert!(error.is_retryable());
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for &vendor in VENDORS {
        let elsewhere = Emulator::start(vendor).await.unwrap();
        let (error, _) = error_under(vendor, Fault::redirect(elsewhere.token_url())).await;
        assert_eq!(error.kind(), ErrorKind::TokenRequestRefused, "{vendor}");
        assert_eq!(error.reason(), Some(ErrorReason::Redirect), "{vendor}");
        assert_eq!(
            elsewhere.token_requests(),
            0,
            "{vendor}: the credentials were carried elsewhere"
        );
        // Not the emulator's own address, whose digits may resemble those of an encoded secret.
        let fault = Fault::redirect("https://elsewhere.example/login?a=b");
        let (error, _) = error_under(vendor, fault).await;
        let target = " to https://elsewhere.example with";
        assert!(error.to_string().contains(target), "{vendor}: {error}");
    }
}

#[tokio::test]
async fn one_bad_gateway_costs_a_second_attempt_and_no_error() {
    for &vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        emulator.inject_token_fault(Fault::status(502));
        let mut options = Options::of(&emulator);
        options.policy = auth_core::RefreshPolicy::new().with_jitter(Some(0.0));
        options.client(vendor).token().await.unwrap();
        assert_eq!(emulator.token_requests(), 2, "{vendor}");
    }
}

#[tokio::test]
async fn the_same_client_works_again_when_the_outage_is_over() {
    for &vendor in VENDORS {
        let clock = auth_testkit::ManualClock::new();
        let emulator = Emulator::start(vendor).await.unwrap();
        emulator.inject_token_fault(Fault::status(503));
        let client = Options::of(&emulator).clock(clock.clone()).client(vendor);
        assert_eq!(
            client.token().await.unwrap_err().kind(),
            ErrorKind::Unavailable
        );
        clock.advance(Duration::from_secs(2));
        client.token().await.unwrap();
    }
}
