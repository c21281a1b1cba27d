//! How to test a program: an emulator for the vendor, a clock that the test owns, and faults on request.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, Fault, ManualClock};
use examples::project_names;
use maia_auth::auth_core::{ErrorKind, Result};
use maia_auth::{Client, Config};

/// A client of an emulator; both live by the same clock.
async fn setup() -> (ManualClock, Emulator, Client) {
    let clock = ManualClock::auto_advancing();
    let emulator = Emulator::builder(EmulatedVendor::Maia)
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let client = client_of(&emulator, &clock).unwrap();
    (clock, emulator, client)
}

fn client_of(emulator: &Emulator, clock: &ManualClock) -> Result<Client> {
    let config = Config::builder()
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .base_url(emulator.base_url())
        .options(|options| options.token_url(emulator.token_url()))
        .clock(clock.clone())
        .build()?;
    Client::new(config)
}

#[tokio::test]
async fn all_projects_are_listed_with_one_token() {
    let (_clock, emulator, client) = setup().await;
    let names = project_names(&client).await.unwrap();
    assert_eq!(names.len(), 60);
    assert!(names.is_sorted());
    assert_eq!(emulator.token_requests(), 1);
    // The program calls nothing that the vendor does not have.
    assert_eq!(emulator.unscripted_requests(), 0);
}

#[tokio::test]
async fn an_expired_token_is_replaced() {
    let (clock, emulator, client) = setup().await;
    for hour in 1..=3 {
        project_names(&client).await.unwrap();
        assert_eq!(emulator.token_requests(), hour);
        clock.advance(Duration::from_secs(60 * 60));
    }
}

#[tokio::test]
async fn a_throttled_request_is_repeated_when_the_api_allows_it() {
    let (_clock, emulator, client) = setup().await;
    // The clock skips the wait, so the test takes no time.
    emulator.inject_api_fault(Fault::status(429).retry_after(Duration::from_secs(20)));
    project_names(&client).await.unwrap();
}

#[tokio::test]
async fn an_outage_is_an_error_that_may_be_repeated() {
    let (_clock, emulator, client) = setup().await;
    for _ in 0..10 {
        emulator.inject_token_fault(Fault::status(503));
    }
    let error = project_names(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_retryable());
    emulator.clear_faults();
}

#[tokio::test]
async fn a_regenerated_secret_is_an_error_that_names_the_cause() {
    let (_clock, emulator, client) = setup().await;
    emulator.rotate_secret("fake-other-secret");
    let error = project_names(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert!(!error.is_retryable());
}
