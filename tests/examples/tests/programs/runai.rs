//! The programs for Run:ai: an identity provider's token, and a Kubernetes Secret.

use std::process::{Command, Output};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_testkit::{EmulatedVendor, Emulator};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A JWT of an identity provider, whose signature nothing here checks.
fn jwt(issued_at: SystemTime) -> String {
    let issued_at = issued_at.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims =
        json!({ "email": "program@example.com", "iat": issued_at, "exp": issued_at + 600 });
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.signature",
        part(json!({ "alg": "RS256" })),
        part(claims)
    )
}

fn identity(token: &str, emulator: &Emulator) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("identity");
    std::fs::write(&file, token).unwrap();
    Command::new(env!("CARGO_BIN_EXE_external-identity"))
        .arg(file)
        .env_clear()
        .env("RUNAI_BASE_URL", emulator.base_url())
        .output()
        .unwrap()
}

#[tokio::test]
async fn an_identity_providers_token_is_exchanged() {
    let emulator = Emulator::start(EmulatedVendor::Runai).await.unwrap();
    let token = jwt(SystemTime::now());
    let text = super::text(identity(&token, &emulator));
    assert!(text.starts_with("signed in for 3600 s\n"), "{text}");
    assert!(text.contains("the API answered with status"), "{text}");
    let requests = emulator.received_token_requests();
    assert_eq!(requests.len(), 1);
    let body: Value = serde_json::from_slice(requests[0].body()).unwrap();
    assert_eq!(body["grantType"], "external_token_exchange");
    assert_eq!(body["externalToken"], token);
}

#[tokio::test]
async fn an_expired_identity_is_never_sent() {
    let emulator = Emulator::start(EmulatedVendor::Runai).await.unwrap();
    let token = jwt(SystemTime::now() - Duration::from_secs(24 * 60 * 60));
    let output = identity(&token, &emulator);
    assert!(!output.status.success());
    assert!(!format!("{output:?}").contains(&token));
    assert_eq!(emulator.token_requests(), 0);
}

#[tokio::test]
async fn a_secret_is_printed_as_a_manifest_once() {
    let emulator = Emulator::start(EmulatedVendor::Runai).await.unwrap();
    let run = || {
        Command::new(env!("CARGO_BIN_EXE_kubernetes-secret"))
            .args(["nightly-import", "System administrator"])
            .env_clear()
            .env("RUNAI_BASE_URL", emulator.base_url())
            .env("RUNAI_USERNAME", emulator.username().unwrap())
            .env("RUNAI_PASSWORD", emulator.password().unwrap())
            .output()
            .unwrap()
    };
    let first = run();
    let told = String::from_utf8_lossy(&first.stderr).into_owned();
    let manifest: Value = serde_json::from_str(&super::text(first)).unwrap();
    assert_eq!(manifest["kind"], "Secret");
    assert_eq!(manifest["metadata"]["name"], "nightly-import");
    let entry = |name: &str| manifest["stringData"][name].as_str().unwrap().to_owned();
    assert_eq!(entry("RUNAI_BASE_URL"), emulator.base_url());
    let secret = entry("RUNAI_CLIENT_SECRET");
    assert!(
        told.contains("was set up") && !told.contains(&secret),
        "{told}"
    );

    // What the manifest says works in a program.
    let config = runai_auth::Config::builder()
        .base_url(entry("RUNAI_BASE_URL"))
        .client_id(entry("RUNAI_CLIENT_ID"))
        .client_secret(secret)
        .build()
        .unwrap();
    runai_auth::Client::new(config)
        .unwrap()
        .warm_up()
        .await
        .unwrap();

    let second = run();
    assert!(String::from_utf8_lossy(&second.stderr).contains("is unchanged"));
    assert_eq!(super::text(second), "");
}
