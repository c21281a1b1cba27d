//! Several clients of one emulator, each with a secret, tokens and an end of its own.

use std::io::ErrorKind;

use auth_testkit::{EmulatedTokenEndpoint, EmulatedVendor, Emulator, Runai};

use crate::support::{VENDORS, call, get_with, sign_in, sign_in_as};

#[tokio::test]
async fn every_vendor_can_have_several_clients() {
    for vendor in VENDORS {
        let emulator = Emulator::builder(vendor)
            .client("tenant-1", "not-a-real-secret-1")
            .client("tenant-2", "not-a-real-secret-2")
            .start()
            .await
            .unwrap();
        assert_eq!(emulator.client_id(), "tenant-1");
        let one = sign_in(&emulator).token();
        let two = sign_in_as(&emulator, "tenant-2", "not-a-real-secret-2").token();
        assert_eq!(call(&emulator, &one).status, 200, "{vendor}");
        assert_eq!(call(&emulator, &two).status, 200, "{vendor}");
        assert_ne!(
            sign_in_as(&emulator, "tenant-1", "not-a-real-secret-2").status,
            200
        );
        assert!(emulator.client("tenant-3").is_none());

        emulator.client("tenant-2").unwrap().revoke_tokens();
        assert_eq!(call(&emulator, &two).status, 401, "{vendor}");
        assert_eq!(call(&emulator, &one).status, 200, "{vendor}");

        let client = emulator.client("tenant-2").unwrap();
        client.rotate_secret("not-a-real-secret-3");
        assert_eq!(
            (client.id(), client.secret()),
            ("tenant-2", "not-a-real-secret-3")
        );
        assert_ne!(
            sign_in_as(&emulator, "tenant-2", "not-a-real-secret-2").status,
            200
        );
        assert_eq!(
            sign_in_as(&emulator, "tenant-2", client.secret()).status,
            200
        );
        client.disable();
        assert_ne!(
            sign_in_as(&emulator, "tenant-2", client.secret()).status,
            200
        );
        assert_eq!(sign_in(&emulator).status, 200);
        client.enable();
        assert_eq!(
            sign_in_as(&emulator, "tenant-2", client.secret()).status,
            200
        );
    }
}

#[tokio::test]
async fn the_own_client_may_be_described_apart_from_the_others() {
    let emulator = Emulator::builder(EmulatedVendor::Maia)
        .client("tenant-1", "not-a-real-secret-1")
        .client_secret("not-a-real-secret-0")
        .start()
        .await
        .unwrap();
    assert_eq!(emulator.client_id(), "maia-demo-client");
    assert_eq!(emulator.client_secret(), "not-a-real-secret-0");
    assert_eq!(
        sign_in_as(&emulator, "tenant-1", "not-a-real-secret-1").status,
        200
    );
}

#[tokio::test]
async fn a_client_that_the_api_creates_has_a_handle_too() {
    let emulator = Emulator::start(Runai::new()).await.unwrap();
    let token = sign_in(&emulator).token();
    let created = crate::support::send(
        "POST",
        &format!("{}/api/v1/apps", emulator.base_url()),
        &[
            ("authorization", &format!("Bearer {token}")),
            ("content-type", "application/json"),
        ],
        br#"{"name":"nightly"}"#,
    );
    let (id, secret) = (
        created.json()["clientId"].clone(),
        created.json()["secret"].clone(),
    );
    let client = emulator.client(id.as_str().unwrap()).unwrap();
    assert_eq!(client.secret(), secret);
    let path = format!("/api/v1/apps/{}", created.json()["id"].as_str().unwrap());
    client.disable();
    assert_eq!(get_with(&emulator, &path, &token).json()["enabled"], false);
}

#[tokio::test]
async fn two_clients_with_one_id_are_an_error() {
    let builder = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
        .client("one", "not-a-real-secret-1")
        .client("one", "not-a-real-secret-2");
    let error = builder.start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "two clients have the id one");
}
