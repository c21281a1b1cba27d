//! One lookup for each tenant, shared by everybody who waits for it; what fails is not kept.

use std::error::Error as _;

use super::*;

#[tokio::test]
async fn each_tenant_is_looked_up_once_and_has_a_token_of_its_own() {
    let setup = Setup::new();
    setup.add("a");
    setup.add("b");
    for _ in 0..3 {
        assert_eq!(setup.token("a").await.unwrap(), "a-1");
        assert_eq!(setup.token("b").await.unwrap(), "b-1");
    }
    assert_eq!(setup.database.queries("a"), 1);
    assert_eq!(setup.endpoint.requests("a"), 1);
    assert_eq!(setup.tenants.len(), 2);
}

#[tokio::test]
async fn the_client_is_a_whole_one() {
    let setup = Setup::new();
    setup.add("a");
    let client = setup.client("a").await.unwrap();
    let request = auth_core::ApiRequest::new(http::Method::GET, "/v1/me");
    let caller: String = client.execute_json(&request).await.unwrap();
    assert_eq!(caller, "Bearer a-1");
    assert!(client.cached_token().is_some());
    assert_eq!(
        client.projects().page(0).await.unwrap_err().vendor(),
        Some("maia")
    );
}

#[tokio::test]
async fn fifty_callers_share_one_lookup() {
    let setup = Setup::new();
    setup.add("a");
    setup.database.take(seconds(1));
    let callers: Vec<_> = (0..50).map(|_| setup.ask("a")).collect();
    settle().await;
    setup.clock.advance(seconds(1));
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(setup.database.queries("a"), 1);
}

#[tokio::test]
async fn callers_share_a_failure_too_and_the_next_one_looks_again() {
    let setup = Setup::new();
    setup.add("a");
    setup.database.take(seconds(1));
    setup.database.fail(true);
    let callers: Vec<_> = (0..50).map(|_| setup.ask("a")).collect();
    settle().await;
    setup.clock.advance(seconds(1));
    for caller in callers {
        let error = caller.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.is_retryable() && !error.may_have_been_sent());
        assert_eq!(error.source().unwrap().to_string(), "no connection");
        assert_eq!(error.to_string(), "maia: the lookup of the tenant failed");
    }
    assert_eq!(setup.database.queries("a"), 1);
    setup.database.fail(false);
    setup.database.take(Duration::ZERO);
    setup.client("a").await.unwrap();
    assert_eq!(setup.database.queries("a"), 2);
}

#[tokio::test]
async fn an_unknown_tenant_is_an_error_of_its_own_kind_until_there_is_one() {
    let setup = Setup::new();
    let error = setup.client("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownTenant);
    assert!(!error.is_retryable() && !error.may_have_been_sent());
    assert!(setup.tenants.is_empty());
    setup.add("a");
    assert_eq!(setup.token("a").await.unwrap(), "a-1");
}

#[tokio::test]
async fn an_error_of_ours_passes_as_it_is() {
    let setup = Setup::new();
    setup.database.set("a", "zq7xw9-fake\n");
    let error = setup.client("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(!format!("{error:#?}").contains("zq7xw9"), "{error:#?}");
}

#[tokio::test]
async fn a_cancelled_caller_disturbs_nobody() {
    let setup = Setup::new();
    setup.add("a");
    setup.database.take(seconds(1));
    let first = setup.ask("a");
    settle().await;
    let second = setup.ask("a");
    settle().await;
    first.abort();
    settle().await;
    setup.clock.advance(seconds(1));
    second.await.unwrap().unwrap();
    assert_eq!(setup.database.queries("a"), 1, "the lookup went on");
}

#[tokio::test]
async fn a_lookup_that_nobody_waits_for_any_more_is_kept_all_the_same() {
    let setup = Setup::new();
    setup.add("a");
    setup.database.take(seconds(1));
    let only = setup.ask("a");
    settle().await;
    only.abort();
    setup.clock.advance(seconds(1));
    settle().await;
    assert_eq!(setup.tenants.len(), 1);
}

#[tokio::test]
async fn a_lookup_that_takes_too_long_is_a_timeout_for_this_tenant_alone() {
    let setup = Setup::built(|builder| builder.lookup_timeout(seconds(5)));
    setup.add("a");
    setup.add("b");
    setup.client("b").await.unwrap();
    setup.database.take(seconds(60));
    let slow = setup.ask("a");
    settle().await;
    assert_eq!(setup.token("b").await.unwrap(), "b-1");
    setup.clock.advance(seconds(5));
    let error = slow.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    setup.database.take(Duration::ZERO);
    setup.client("a").await.unwrap();
}

#[tokio::test]
async fn a_lookup_that_panics_is_an_error_and_the_next_one_is_made() {
    let clock = ManualClock::new();
    let endpoint = Endpoint::new(clock.clone());
    let calls = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let tenants = TenantClients::builder(base(&clock, &endpoint), move |tenant: String| {
        let call = calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            assert!(call > 0, "the first call panics");
            Ok(Some(TenantConfig::new(Credentials::new(tenant, "fake")?)))
        }
    })
    .build()
    .unwrap();
    let key = "a".to_owned();
    let error = tenants.client(&key).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("panicked"), "{error}");
    tenants.client(&key).await.unwrap();
}

#[test]
fn a_lookup_whose_runtime_is_gone_or_stands_still_is_made_elsewhere() {
    let setup = Setup::new();
    setup.add("gone");
    setup.add("still");
    setup.database.take(seconds(1));
    let one_thread = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let (gone, still) = (one_thread(), one_thread());
    gone.block_on(async {
        setup.ask("gone");
        settle().await;
    });
    drop(gone);
    still.block_on(async {
        setup.ask("still");
        settle().await;
    });
    one_thread().block_on(async {
        setup.database.take(Duration::ZERO);
        setup.client("gone").await.unwrap();
        let waiting = setup.ask("still");
        settle().await;
        setup.clock.advance(seconds(11));
        let error = waiting.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        setup.client("still").await.unwrap();
    });
    assert_eq!(setup.database.queries("still"), 2);
}

#[test]
fn without_a_runtime_a_lookup_is_an_error() {
    let setup = Setup::new();
    setup.add("a");
    let key = "a".to_owned();
    let future = setup.tenants.client(&key);
    let outcome = futures_util::FutureExt::now_or_never(future).unwrap();
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_removal_during_a_lookup_makes_it_look_again() {
    let setup = Setup::new();
    setup.database.set("a", "old");
    setup.endpoint.set("a", "new");
    setup.database.take(seconds(1));
    let waiting = setup.ask("a");
    settle().await;
    setup.tenants.remove(&"a".to_owned());
    setup.database.set("a", "new");
    for _ in 0..2 {
        setup.clock.advance(seconds(1));
        settle().await;
    }
    let client = waiting.await.unwrap().unwrap();
    assert_eq!(setup.database.queries("a"), 2);
    assert!(client.token().await.is_ok());
    assert_eq!(setup.endpoint.requests("a"), 1);
}
