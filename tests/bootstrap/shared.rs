//! Administrators whose settings have a token store, through which the account's own processes share tokens.

use auth_testkit::store::{MemoryTokenStore, RuntimeClock};
use auth_testkit::{ControlPlane, Emulator, ManualClock};
use runai_auth::admin::Bootstrap;
use runai_auth::auth_core::store::SharedStore;
use runai_auth::auth_core::{ErrorKind, Secret};
use runai_auth::{Client, Config};

use crate::odd::while_time_passes;
use crate::plane::{Plane, bootstrap_by};
use crate::{NAME, bootstrap, emulate, role, run};

/// A store with a key, which the password grant needs, and which makes a token the same whatever the secret is.
fn store() -> SharedStore {
    let store = MemoryTokenStore::new(RuntimeClock::new());
    SharedStore::new(store)
        .with_key("a key of the program, not a password")
        .unwrap()
}

async fn bootstrap_with(store: SharedStore, emulator: &Emulator) -> Bootstrap {
    let administrator = Config::builder()
        .base_url(emulator.base_url())
        .username(emulator.username().unwrap())
        .password(emulator.password().unwrap())
        .token_store(store)
        .build()
        .unwrap();
    Bootstrap::new(administrator, NAME, role(emulator).await)
}

/// Creates the account, and lets one of its processes store a token.
async fn account_with_token(store: SharedStore, emulator: &Emulator) -> Secret {
    let (report, told) = run(&bootstrap(emulator).await).await;
    let secret = told.secret.unwrap();
    let config = Config::builder()
        .base_url(emulator.base_url())
        .client_id(report.unwrap().account.client_id)
        .client_secret(secret.clone())
        .token_store(store)
        .build()
        .unwrap();
    Client::new(config).unwrap().token().await.unwrap();
    secret
}

#[tokio::test]
async fn a_token_of_the_fleet_verifies_no_secret() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let store = store();
    let secret = account_with_token(store.clone(), &emulator).await;
    let wanted = bootstrap_with(store, &emulator).await;
    let (report, _) = run(&wanted.clone().known_secret("fake-wrong-secret")).await;
    assert_eq!(report.unwrap_err().kind(), ErrorKind::InvalidCredentials);
    let (report, _) = run(&wanted.clone().known_secret(secret)).await;
    assert!(report.unwrap().is_verified);
    // A new secret is tried out with a token request.
    let before = emulator.token_requests();
    let (report, _) = run(&wanted.regenerate_secret(true)).await;
    assert!(report.unwrap().is_verified);
    assert!(emulator.token_requests() > before);
}

#[tokio::test]
async fn a_new_secret_that_needs_a_while_to_spread_is_waited_for_with_a_store() {
    let plane = Plane {
        refused_sign_ins: 2,
        ..Plane::default()
    }
    .share();
    let clock = ManualClock::new();
    let administrator = plane.settings().clock(clock.clone());
    let wanted = bootstrap_by(administrator.token_store(MemoryTokenStore::new(clock.clone())));
    let (report, _) = while_time_passes(wanted, &clock).await;
    assert!(report.unwrap().is_verified);
    assert_eq!(plane.0.lock().unwrap().sign_ins, 3);
}
