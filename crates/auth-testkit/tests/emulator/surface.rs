//! What the types promise: names, traits, redaction.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use auth_testkit::{
    ControlPlane, Datasaur, EmulatedClient, EmulatedError, EmulatedTokenEndpoint, EmulatedVendor,
    Emulator, EmulatorBuilder, Fault, GrantedToken, Maia, ManualClock, ReceivedRequest, Reply,
    Runai,
};

use crate::support::VENDORS;

#[test]
fn every_public_type_is_send_sync_and_debug() {
    fn check<T: Send + Sync + Debug>() {}
    check::<ControlPlane>();
    check::<Datasaur>();
    check::<EmulatedClient<'_>>();
    check::<EmulatedError>();
    check::<Emulator>();
    check::<EmulatorBuilder>();
    check::<Fault>();
    check::<GrantedToken>();
    check::<Maia>();
    check::<ManualClock>();
    check::<ReceivedRequest>();
    check::<Reply>();
    check::<Runai>();
    check::<EmulatedTokenEndpoint>();
    check::<EmulatedVendor>();
}

#[test]
fn vendors_are_read_as_they_are_written() {
    for vendor in VENDORS {
        assert_eq!(vendor.as_str().parse::<EmulatedVendor>().unwrap(), vendor);
        assert_eq!(vendor.to_string(), vendor.as_str());
    }
    assert_eq!(
        VENDORS.map(EmulatedVendor::as_str),
        ["datasaur", "maia", "runai"]
    );
    let error = "Datasaurus".parse::<EmulatedVendor>().unwrap_err();
    assert_eq!(error.kind(), auth_core::ErrorKind::Config);
}

#[tokio::test]
async fn defaults_are_obviously_fake() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        assert_eq!(emulator.name(), vendor.as_str());
        assert_eq!(emulator.client_id(), format!("{vendor}-demo-client"));
        assert!(emulator.client_secret().starts_with("not-a-real-secret-"));
        assert!(emulator.base_url().starts_with("http://127.0.0.1:"));
        assert_eq!(
            emulator.username().is_some(),
            vendor == EmulatedVendor::Runai
        );
        assert_eq!(
            emulator.password().is_some(),
            vendor == EmulatedVendor::Runai
        );
    }
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let runai = Runai::new().admin_password("mot-de-pâsse");
    assert_hides(&runai, "mot-de-pâsse");
    let builder = Emulator::builder(runai).client_secret("sésame-ouvre-toi");
    assert_hides(&builder, "sésame-ouvre-toi");
    assert_hides(&builder, "mot-de-pâsse");
    let emulator = builder.start().await.unwrap();
    assert_hides(&emulator, "sésame-ouvre-toi");
    assert_hides(&emulator, emulator.password().unwrap());
    let token = crate::support::sign_in(&emulator).token();
    assert_hides(&emulator, &token);
    emulator.rotate_secret("another-fake-secret");
    assert_hides(&emulator, "another-fake-secret");
    emulator.inject_token_fault(Fault::body(200, "application/json", "token-in-a-body"));
    assert_hides(&emulator, "token-in-a-body");
    assert_hides(
        &Fault::body(200, "text/plain", "token-in-a-body"),
        "token-in-a-body",
    );
}

#[tokio::test]
async fn a_builder_takes_every_setting() {
    let emulator = Emulator::builder(EmulatedVendor::Maia)
        .port(0)
        .token_lifetime(Duration::from_secs(90))
        .token_latency(Duration::from_millis(1))
        .api_latency(Duration::from_millis(1))
        .client_id("my-client")
        .client_secret(String::from("not-a-real-secret"))
        .clock(Arc::new(ManualClock::new()))
        .start()
        .await
        .unwrap();
    assert_eq!(
        (emulator.client_id(), emulator.client_secret()),
        ("my-client", "not-a-real-secret")
    );
    assert_eq!(crate::support::sign_in(&emulator).json()["expires_in"], 90);
}

/// Looks for the text and for its first six characters.
fn assert_hides(value: &dyn Debug, secret: &str) {
    let start: String = secret.chars().take(6).collect();
    for printed in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(
            !printed.contains(secret) && !printed.contains(&start),
            "{printed}"
        );
    }
}
