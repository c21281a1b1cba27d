//! Vendors' clients, and those of many tenants, over one store.

use std::sync::{Arc, Mutex};

use auth_core::vendor::{Client, Config, ConfigBuilder, Vendor};
use auth_core::{Credentials, ErrorKind, TenantClients, TenantConfig};
use auth_testkit::{EmulatedTokenEndpoint, Emulator, EmulatorBuilder, Reply};
use depot_auth::Depot;
use maia_auth::Maia;
use roster_auth::Roster;
use runai_auth::Runai;
use serde_json::json;

use super::*;

/// A key that the program sets.
const KEY: &str = "a key of the program, not a password";

fn memory() -> MemoryTokenStore {
    MemoryTokenStore::new(RuntimeClock::new())
}

async fn start(builder: impl Into<EmulatorBuilder>) -> Emulator {
    builder.into().start().await.unwrap()
}

pub(super) fn config<V: Vendor>(emulator: &Emulator) -> ConfigBuilder<V> {
    Config::builder()
        .base_url(emulator.base_url())
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
}

/// Two processes of one vendor share one token, and a third one with another store has its own.
async fn shares<V: Vendor>(emulator: &Emulator, config: ConfigBuilder<V>) {
    let (store, other) = (memory(), memory());
    let mut tokens = Vec::new();
    for store in [&store, &store, &other] {
        let config = config.clone().token_store(store.clone()).build().unwrap();
        let token = Client::<V>::new(config).unwrap().token().await.unwrap();
        tokens.push(token.expose_secret().to_owned());
    }
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn every_vendors_clients_share_their_token() {
    let maia = start(auth_testkit::EmulatedVendor::Maia).await;
    let token_url = maia.token_url().to_owned();
    let at = config::<Maia>(&maia).options(|options| options.token_url(token_url));
    shares(&maia, at).await;
    let datasaur = start(auth_testkit::EmulatedVendor::Datasaur).await;
    shares(&datasaur, config::<datasaur_auth::Datasaur>(&datasaur)).await;
    let runai = start(auth_testkit::EmulatedVendor::Runai).await;
    shares(&runai, config::<Runai>(&runai)).await;
    let endpoint = EmulatedTokenEndpoint::oauth("/oauth2/v1/token");
    let roster = start(Emulator::builder(endpoint)).await;
    shares(&roster, config::<Roster>(&roster)).await;
}

#[tokio::test]
async fn settings_without_their_store_request_a_token_and_store_none() {
    let datasaur = start(auth_testkit::EmulatedVendor::Datasaur).await;
    let store = memory();
    let config = config::<datasaur_auth::Datasaur>(&datasaur).token_store(store.clone());
    let config = config.build().unwrap();
    let own = Client::new(config.clone().without_token_store()).unwrap();
    own.token().await.unwrap();
    assert!(store.dump().is_empty());
    Client::new(config).unwrap().token().await.unwrap();
    assert_eq!(datasaur.token_requests(), 2);
}

#[tokio::test]
async fn the_whole_body_of_a_json_token_request_tells_tokens_apart() {
    let endpoint = EmulatedTokenEndpoint::json("/v1/sessions", "key", "secret").response(|token| {
        let ttl = token.expires_in().as_secs();
        Reply::json(json!({ "code": 0, "data": { "token": token.as_str(), "ttl": ttl } }))
    });
    // The same secret, so that only the ids differ.
    let emulator = Emulator::builder(endpoint)
        .client("first", "fake-secret")
        .client("second", "fake-secret");
    let emulator = start(emulator).await;
    let store = memory();
    let mut tokens = Vec::new();
    for id in ["first", "first", "second"] {
        let config = config::<Depot>(&emulator)
            .client_id(id)
            .client_secret("fake-secret")
            .token_store(store.clone());
        let client = Client::<Depot>::new(config.build().unwrap()).unwrap();
        tokens.push(client.token().await.unwrap().expose_secret().to_owned());
    }
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
}

#[tokio::test]
async fn the_password_grant_needs_a_key_of_the_program() {
    let builder = || {
        runai_auth::Config::builder()
            .base_url("https://tenant.run.ai")
            .username("a@b.io")
            .password("fake-password")
    };
    let error = builder().token_store(memory()).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("with_key"), "{error}");
    let store = SharedStore::new(memory()).with_key(KEY).unwrap();
    builder().token_store(store).build().unwrap();
}

#[tokio::test]
async fn users_share_a_token_under_the_programs_key() {
    let runai = start(auth_testkit::EmulatedVendor::Runai).await;
    let (name, password) = (runai.username().unwrap(), runai.password().unwrap());
    let store = SharedStore::new(memory()).with_key(KEY).unwrap();
    for _ in 0..2 {
        let config = runai_auth::Config::builder()
            .base_url(runai.base_url())
            .username(name)
            .password(password)
            .token_store(store.clone())
            .build()
            .unwrap();
        let client = runai_auth::Client::new(config).unwrap();
        client.token().await.unwrap();
    }
    assert_eq!(runai.token_requests(), 1);
}

#[tokio::test]
async fn a_rejected_password_says_nothing_of_another_one() {
    let runai = start(auth_testkit::EmulatedVendor::Runai).await;
    let store = SharedStore::new(memory()).with_key(KEY).unwrap();
    let process = |password: &str| {
        let config = runai_auth::Config::builder()
            .base_url(runai.base_url())
            .username(runai.username().unwrap())
            .password(password)
            .token_store(store.clone());
        runai_auth::Client::new(config.build().unwrap()).unwrap()
    };
    let error = process("fake-wrong").token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    let right = process(runai.password().unwrap());
    right.token().await.unwrap();
}

#[tokio::test]
async fn a_tenant_whose_secret_was_corrected_is_not_held_up_by_a_shared_rejection() {
    let endpoint = EmulatedTokenEndpoint::oauth("/oauth2/v1/token");
    let emulator = start(Emulator::builder(endpoint).client("first", "fake-right")).await;
    for key in [None, Some(KEY)] {
        let mut store = SharedStore::new(memory());
        if let Some(key) = key {
            store = store.with_key(key).unwrap();
        }
        let secret = Arc::new(Mutex::new("fake-wrong"));
        let machines = [(); 2].map(|()| {
            let secret = Arc::clone(&secret);
            let base = Config::<Roster>::builder()
                .base_url(emulator.base_url())
                .token_store(store.clone());
            TenantClients::builder(base, move |tenant: String| {
                let secret = *secret.lock().unwrap();
                async move { Ok(Some(TenantConfig::new(Credentials::new(tenant, secret)?))) }
            })
            .build()
            .unwrap()
        });
        let tenant = "first".to_owned();
        let first = machines[0].client(&tenant).await.unwrap();
        let second = machines[1].client(&tenant).await.unwrap();
        first.token().await.unwrap_err();
        *secret.lock().unwrap() = "fake-right";
        // Its first request, which looks the tenant up again.
        second.token().await.unwrap();
        machines[0].credentials_changed(&tenant);
        first.token().await.unwrap();
    }
}

#[tokio::test]
async fn tenants_share_with_the_same_tenant_elsewhere_and_with_no_other() {
    let endpoint = EmulatedTokenEndpoint::oauth("/oauth2/v1/token");
    let emulator = Emulator::builder(endpoint)
        .client("first", "fake-secret-of-first")
        .client("second", "fake-secret-of-second");
    let emulator = start(emulator).await;
    let store = memory();
    let machines = [(); 3].map(|()| {
        let base = Config::<Roster>::builder()
            .base_url(emulator.base_url())
            .token_store(store.clone());
        TenantClients::builder(base, async |tenant: String| {
            let secret = format!("fake-secret-of-{tenant}");
            Ok(Some(TenantConfig::new(Credentials::new(tenant, secret)?)))
        })
        .build()
        .unwrap()
    });
    let mut tokens = Vec::new();
    for tenant in ["first", "second"] {
        for machine in &machines {
            let client = machine.client(&tenant.to_owned()).await.unwrap();
            tokens.push(client.token().await.unwrap().expose_secret().to_owned());
        }
    }
    let (first, second) = tokens.split_at(3);
    assert!(first.iter().all(|token| token == &first[0]));
    assert!(second.iter().all(|token| token == &second[0]));
    assert_ne!(first[0], second[0]);
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn a_rotated_secret_gives_other_names() {
    let maia = start(auth_testkit::EmulatedVendor::Maia).await;
    let store = memory();
    let token = async |secret: &str| {
        let config = config::<Maia>(&maia)
            .options(|options| options.token_url(maia.token_url()))
            .client_secret(secret)
            .token_store(store.clone())
            .build();
        let client = maia_auth::Client::new(config.unwrap()).unwrap();
        client.token().await
    };
    token(maia.client_secret()).await.unwrap();
    // Whoever does not know the secret cannot have the token.
    let error = token("fake-secret-of-somebody").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    maia.rotate_secret("fake-secret-that-is-new");
    token("fake-secret-that-is-new").await.unwrap();
    let hashes: std::collections::BTreeSet<String> = store
        .dump()
        .into_iter()
        .filter(|(key, _)| key.kind() == RecordKind::Token)
        .map(|(key, _)| key.hash().to_owned())
        .collect();
    assert_eq!(hashes.len(), 2);
}

#[tokio::test]
async fn nothing_that_the_store_sees_is_readable() {
    let maia = start(auth_testkit::EmulatedVendor::Maia).await;
    let store = memory();
    let config = config::<Maia>(&maia)
        .options(|options| options.token_url(maia.token_url()))
        .token_store(store.clone())
        .build();
    let client = maia_auth::Client::new(config.unwrap()).unwrap();
    let token = client.token().await.unwrap();
    let secrets = [
        token.expose_secret(),
        maia.client_secret(),
        maia.client_id(),
        "oauth",
        "maia",
    ];
    for (key, record) in store.dump() {
        let mut seen = key.as_str().as_bytes().to_vec();
        seen.extend_from_slice(&record);
        for secret in secrets {
            let start = &secret.as_bytes()[..secret.len().min(6)];
            let is_seen = seen.windows(start.len()).any(|bytes| bytes == start);
            assert!(!is_seen, "{} of {key:?}", secret.len());
        }
    }
}
