//! How Run:ai's automatic choice between its two token APIs is made, kept and forgotten.

use auth_core::ErrorKind;
use auth_testkit::{EmulatedVendor, Emulator, Fault};
use std::time::Duration;

use runai_auth::{Client, Config, TokenApi};

fn client(emulator: &Emulator, api: TokenApi, clock: &auth_testkit::ManualClock) -> Client {
    let config = Config::builder()
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .base_url(emulator.base_url())
        .options(|options| options.token_api(api))
        .refresh_policy(auth_core::RefreshPolicy::new().with_max_attempts(1))
        .clock(clock.clone())
        .build()
        .unwrap();
    Client::new(config).unwrap()
}

async fn start() -> (Emulator, auth_testkit::ManualClock) {
    (
        Emulator::start(EmulatedVendor::Runai).await.unwrap(),
        auth_testkit::ManualClock::new(),
    )
}

#[tokio::test]
async fn each_api_signs_in_by_itself() {
    for api in [TokenApi::V1, TokenApi::V2, TokenApi::Auto] {
        let (emulator, clock) = start().await;
        let token = client(&emulator, api, &clock).token().await.unwrap();
        assert_eq!(token.lifetime(), Duration::from_secs(3_600), "{api:?}");
        assert_eq!(emulator.token_requests(), 1, "{api:?}");
    }
}

#[tokio::test]
async fn only_an_answer_as_if_v2_did_not_exist_falls_back_to_v1() {
    for fault in [
        Fault::status(404),
        Fault::status(405),
        Fault::html(),
        Fault::empty(),
        Fault::body(200, "text/plain", "hello"),
    ] {
        let (emulator, clock) = start().await;
        emulator.inject_token_fault(fault.clone());
        let client = client(&emulator, TokenApi::Auto, &clock);
        assert!(client.token().await.is_ok(), "{fault:?}");
        assert_eq!(emulator.token_requests(), 2, "{fault:?}");
    }
    for fault in [
        Fault::status(400),
        Fault::status(401),
        Fault::status(403),
        Fault::status(429),
        Fault::status(500),
        Fault::status(503),
        Fault::body(200, "application/json", "{}"),
    ] {
        let (emulator, clock) = start().await;
        emulator.inject_token_fault(fault.clone());
        let client = client(&emulator, TokenApi::Auto, &clock);
        assert!(client.token().await.is_err(), "{fault:?}");
        assert_eq!(emulator.token_requests(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_worked_is_remembered_and_forgotten_when_it_is_gone() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, TokenApi::Auto, &clock);
    emulator.inject_token_fault(Fault::status(404));
    client.token().await.unwrap();
    assert_eq!(emulator.token_requests(), 2, "v2 is not there, v1 is");

    clock.advance(Duration::from_secs(3_600));
    client.token().await.unwrap();
    assert_eq!(emulator.token_requests(), 3, "v1 is asked first");

    clock.advance(Duration::from_secs(3_600));
    emulator.inject_token_fault(Fault::status(404));
    client.token().await.unwrap();
    assert_eq!(emulator.token_requests(), 5, "v1 is gone, v2 is back");

    clock.advance(Duration::from_secs(3_600));
    client.token().await.unwrap();
    assert_eq!(emulator.token_requests(), 6, "v2 is asked first");
}

#[tokio::test]
async fn refused_credentials_in_auto_are_refused_once() {
    let (emulator, clock) = start().await;
    let client = client(&emulator, TokenApi::Auto, &clock);
    emulator.rotate_secret("fake-other-secret");
    assert_eq!(
        client.token().await.unwrap_err().kind(),
        ErrorKind::InvalidCredentials
    );
    assert_eq!(emulator.token_requests(), 1);
    assert!(client.cached_token().is_none());
}

#[tokio::test]
async fn a_zero_or_missing_lifetime_never_means_expired() {
    for (api, body) in [
        (TokenApi::V1, r#"{"accessToken":"fake","expiresIn":0}"#),
        (TokenApi::V1, r#"{"accessToken":"fake"}"#),
        (
            TokenApi::V2,
            r#"{"access_token":"fake","token_type":"Bearer","expires_in":0}"#,
        ),
        (
            TokenApi::V2,
            r#"{"access_token":"fake","token_type":"Bearer"}"#,
        ),
    ] {
        let (emulator, clock) = start().await;
        emulator.inject_token_fault(Fault::body(200, "application/json", body));
        let token = client(&emulator, api, &clock).token().await.unwrap();
        assert_eq!(token.lifetime(), Duration::from_secs(600), "{body}");
    }
}

#[tokio::test]
async fn a_token_type_that_is_not_bearer_is_an_unusable_answer() {
    let (emulator, clock) = start().await;
    emulator.inject_token_fault(Fault::body(
        200,
        "application/json",
        r#"{"accessToken":"fake","tokenType":"mac"}"#,
    ));
    let error = client(&emulator, TokenApi::V1, &clock)
        .token()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}
