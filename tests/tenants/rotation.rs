//! Secrets that are replaced while tokens are in use.

use super::*;

/// A tenant with a token that has just expired, so that the next call refreshes it.
async fn signed_in() -> Setup {
    let setup = Setup::new();
    setup.add("a");
    assert_eq!(setup.token("a").await.unwrap(), "a-1");
    setup.clock.advance(seconds(1_800));
    setup
}

#[tokio::test]
async fn a_rotated_secret_is_looked_up_when_the_old_one_is_rejected_and_nobody_sees_an_error() {
    let setup = signed_in().await;
    let held = setup.client("a").await.unwrap();
    setup.endpoint.set("a", "new");
    setup.database.set("a", "new");
    assert_eq!(held.token().await.unwrap().expose_secret(), "a-3");
    assert_eq!(setup.database.queries("a"), 2);
    assert_eq!(setup.endpoint.requests("a"), 3);
    setup.clock.advance(seconds(1_800));
    assert_eq!(held.token().await.unwrap().expose_secret(), "a-4");
    assert_eq!(
        setup.database.queries("a"),
        2,
        "what works is not looked up"
    );
}

#[tokio::test]
async fn a_secret_that_works_is_not_looked_up_again() {
    let setup = signed_in().await;
    assert_eq!(setup.token("a").await.unwrap(), "a-2");
    assert_eq!(setup.database.queries("a"), 1);
}

#[tokio::test]
async fn while_the_database_has_the_old_secret_the_endpoint_gets_one_request_for_each_cool_down() {
    let setup = signed_in().await;
    setup.endpoint.set("a", "new");
    for expected in [2, 3] {
        let error = setup.token("a").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
        assert_eq!(setup.endpoint.requests("a"), expected);
        setup.token("a").await.unwrap_err();
        assert_eq!(setup.endpoint.requests("a"), expected, "it cools down");
        assert_eq!(setup.database.queries("a"), expected);
        setup.clock.advance(seconds(30));
    }
    setup.database.set("a", "new");
    assert_eq!(
        setup.token("a").await.unwrap(),
        "a-4",
        "no rejected request before it"
    );
}

#[tokio::test]
async fn an_announced_change_ends_the_cool_down() {
    let setup = signed_in().await;
    setup.endpoint.set("a", "new");
    setup.token("a").await.unwrap_err();
    setup.database.set("a", "new");
    assert!(setup.token("a").await.is_err(), "still cooling down");
    setup.tenants.credentials_changed(&"a".to_owned());
    assert_eq!(setup.token("a").await.unwrap(), "a-3");
}

#[tokio::test]
async fn an_announced_change_is_looked_up_before_anything_is_sent() {
    let setup = signed_in().await;
    setup.endpoint.set("a", "new");
    setup.database.set("a", "new");
    setup.tenants.credentials_changed(&"a".to_owned());
    setup.tenants.credentials_changed(&"nobody".to_owned());
    assert_eq!(setup.token("a").await.unwrap(), "a-2");
    assert_eq!(setup.database.queries("nobody"), 0);
}

#[tokio::test]
async fn a_tenant_that_was_deleted_is_unknown_from_its_rejection_on() {
    let setup = signed_in().await;
    let held = setup.client("a").await.unwrap();
    setup.endpoint.set("a", "gone");
    setup.database.delete("a");
    let error = held.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownTenant);
    assert!(setup.tenants.is_empty());
    assert_eq!(
        setup.client("a").await.unwrap_err().kind(),
        ErrorKind::UnknownTenant
    );
}

#[tokio::test]
async fn a_provider_with_a_version_of_its_own_needs_no_lookup() {
    use std::sync::atomic::{AtomicU64, Ordering};

    #[derive(Debug, Clone, Default)]
    struct Vault(Arc<AtomicU64>);

    #[async_trait::async_trait]
    impl auth_core::CredentialsProvider for Vault {
        async fn credentials(&self) -> auth_core::Result<Credentials> {
            Credentials::new("a", format!("v{}", self.credentials_version()))
        }

        fn credentials_version(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    let clock = ManualClock::new();
    let endpoint = Endpoint::new(clock.clone());
    endpoint.set("a", "v1");
    let vault = Vault::default();
    let (provider, lookups) = (vault.clone(), Arc::new(AtomicU64::new(0)));
    let counted = Arc::clone(&lookups);
    let tenants = TenantClients::builder(base(&clock, &endpoint), move |_: u32| {
        counted.fetch_add(1, Ordering::Relaxed);
        let provider = provider.clone();
        async move { Ok(Some(TenantConfig::new(provider))) }
    })
    .build()
    .unwrap();
    let client = tenants.client(&7).await.unwrap();
    client.token().await.unwrap_err();
    assert!(client.token().await.is_err(), "cooling down");
    vault.0.store(1, Ordering::Relaxed);
    client.token().await.unwrap();
    assert_eq!(endpoint.requests("a"), 2);
    // One for the client, one after the rejection, one before the next request.
    assert_eq!(lookups.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn another_client_id_takes_the_place_of_the_old_one() {
    let clock = ManualClock::new();
    let endpoint = Endpoint::new(clock.clone());
    endpoint.set("old", "fake");
    let id = Arc::new(std::sync::Mutex::new("old"));
    let current = Arc::clone(&id);
    let tenants = TenantClients::builder(base(&clock, &endpoint), move |_: u32| {
        let id = *current.lock().unwrap();
        async move { Ok(Some(TenantConfig::new(Credentials::new(id, "fake")?))) }
    })
    .build()
    .unwrap();
    let client = tenants.client(&7).await.unwrap();
    client.token().await.unwrap();
    clock.advance(seconds(1_800));
    *id.lock().unwrap() = "new";
    endpoint.set("old", "revoked");
    endpoint.set("new", "fake");
    for _ in 0..3 {
        assert_eq!(client.token().await.unwrap().expose_secret(), "new-1");
        // Stale by now, and served without a wait.
        clock.advance(seconds(400));
    }
}
