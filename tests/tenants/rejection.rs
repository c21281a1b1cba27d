//! The lookup after a rejection: what it fails with, how long it may take, and another place that it finds.

use std::error::Error as _;

use super::log::Log;
use super::*;

/// A tenant whose token has expired and whose secret was replaced, in the database as well.
async fn rotated(build: impl FnOnce(Builder) -> Builder) -> Setup {
    let setup = Setup::built(build);
    setup.add("a");
    setup.token("a").await.unwrap();
    setup.clock.advance(seconds(1_800));
    setup.endpoint.set("a", "new");
    setup.database.set("a", "new");
    setup
}

#[tokio::test]
async fn a_database_that_is_down_is_the_reported_cause_and_is_asked_first_the_next_time() {
    let (log, _guard) = Log::install();
    let setup = rotated(|builder| builder).await;
    setup.database.fail(true);
    for wait in [5, 30] {
        let error = setup.token("a").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.is_retryable());
        assert_eq!(error.to_string(), "maia: the lookup of the tenant failed");
        assert_eq!(error.source().unwrap().to_string(), "no connection");
        assert_eq!(
            setup.endpoint.requests("a"),
            2,
            "the old secret is not sent again"
        );
        setup.clock.advance(seconds(wait));
    }
    let line = log.line("the tenant could not be looked up again").unwrap();
    assert!(line.contains("WARN"), "{line}");
    assert!(
        line.contains("the lookup of the tenant failed: no connection"),
        "{line}"
    );
    assert!(
        !line.contains("new") && !line.contains("fake-secret"),
        "{line}"
    );
    setup.database.fail(false);
    assert_eq!(setup.token("a").await.unwrap(), "a-3");
}

#[tokio::test]
async fn a_slow_database_is_a_timeout_of_the_lookup() {
    let setup = rotated(|builder| builder.lookup_timeout(seconds(5))).await;
    setup.database.take(seconds(60));
    let client = setup.client("a").await.unwrap();
    let slow = tokio::spawn(async move { client.token().await });
    settle().await;
    setup.clock.advance(seconds(5));
    let error = slow.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "maia: the tenant was not looked up within 5.0s"
    );
}

#[tokio::test]
async fn a_slow_database_is_named_even_if_the_token_request_ends_first() {
    let setup = rotated(|builder| builder.lookup_timeout(seconds(60))).await;
    setup.database.take(seconds(60));
    let client = setup.client("a").await.unwrap();
    let slow = tokio::spawn(async move { client.token().await });
    settle().await;
    setup.clock.advance(seconds(10));
    let error = slow.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().contains("was not looked up within"),
        "{error}"
    );
}

#[tokio::test]
async fn a_new_secret_is_not_sent_to_the_old_place() {
    let clock = ManualClock::new();
    let endpoint = Endpoint::new(clock.clone());
    let moved = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let has_moved = Arc::clone(&moved);
    let tenants = TenantClients::builder(base(&clock, &endpoint), move |_: u32| {
        let has_moved = has_moved.load(std::sync::atomic::Ordering::Relaxed);
        async move {
            let secret = if has_moved { "new" } else { "old" };
            let config = TenantConfig::new(Credentials::new("a", secret)?);
            Ok(Some(if has_moved {
                config.with_base_url("https://new.example")
            } else {
                config
            }))
        }
    })
    .build()
    .unwrap();
    endpoint.set("a", "old");
    let held = tenants.client(&7).await.unwrap();
    held.token().await.unwrap();
    clock.advance(seconds(1_800));
    endpoint.set("a", "new");
    moved.store(true, std::sync::atomic::Ordering::Relaxed);
    let error = held.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("another place"), "{error}");
    assert_eq!(endpoint.requests("a"), 2, "only the old secret was sent");
    let client = tenants.client(&7).await.unwrap();
    assert_eq!(client.base_url(), "https://new.example");
    assert_eq!(client.token().await.unwrap().expose_secret(), "a-3");
    clock.advance(seconds(1_800));
    endpoint.set("a", "newer");
    let error = client.token().await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::InvalidCredentials,
        "it is where it was"
    );
}

#[tokio::test]
async fn the_log_names_a_tenant_only_if_the_program_does() {
    for is_named in [true, false] {
        let (log, _guard) = Log::install();
        let setup = rotated(|builder| match is_named {
            true => builder.log_name(|key| format!("customer {key}")),
            false => builder,
        })
        .await;
        setup.database.fail(true);
        setup.token("a").await.unwrap_err();
        for event in [
            "token refreshed",
            "the tenant could not be looked up again",
            "token refresh failed",
        ] {
            let line = log.line(event).unwrap();
            assert_eq!(line.contains("tenant=\"customer a\""), is_named, "{line}");
            assert!(line.contains("token_refresh{source=\"maia\""), "{line}");
        }
    }
}
