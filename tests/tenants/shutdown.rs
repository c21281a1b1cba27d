//! The end: running refreshes complete, running lookups do not, and nothing comes after it.

use super::*;

#[tokio::test]
async fn after_a_shutdown_there_is_no_client_and_no_lookup() {
    let setup = Setup::new();
    setup.add("a");
    setup.add("b");
    let held = setup.client("a").await.unwrap();
    held.token().await.unwrap();
    setup.tenants.shutdown().await;
    assert_eq!(held.token().await.unwrap_err().kind(), ErrorKind::Closed);
    for tenant in ["a", "b"] {
        let error = setup.client(tenant).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed, "{tenant}");
    }
    assert_eq!(setup.database.queries("b"), 0);
    assert!(setup.tenants.is_empty());
}

#[tokio::test]
async fn a_lookup_that_runs_ends_at_once() {
    let setup = Setup::new();
    setup.add("a");
    setup.database.take(seconds(1));
    let waiting = setup.ask("a");
    settle().await;
    setup.tenants.shutdown().await;
    settle().await;
    assert!(waiting.is_finished());
    assert_eq!(
        waiting.await.unwrap().unwrap_err().kind(),
        ErrorKind::Closed
    );
}

#[tokio::test]
async fn a_refresh_that_runs_is_waited_for() {
    let setup = Setup::new();
    setup.add("a");
    setup.endpoint.take(seconds(2));
    let client = setup.client("a").await.unwrap();
    let asked = tokio::spawn(async move { client.token().await });
    settle().await;
    let ending = setup.tenants.clone();
    let ending = tokio::spawn(async move { ending.shutdown().await });
    settle().await;
    assert!(!ending.is_finished());
    setup.clock.advance(seconds(2));
    ending.await.unwrap();
    assert_eq!(asked.await.unwrap().unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(setup.endpoint.requests("a"), 1);
}
