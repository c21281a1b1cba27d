//! How many tenants are kept, how many refresh at once, and what an eviction does not forget.

use super::*;

#[tokio::test]
async fn an_eviction_does_not_end_a_cool_down() {
    let setup = Setup::built(|builder| builder.max_capacity(1));
    setup.add("a");
    setup.add("b");
    setup.database.set("a", "wrong");
    assert_eq!(
        setup.token("a").await.unwrap_err().kind(),
        ErrorKind::InvalidCredentials
    );
    assert_eq!(setup.endpoint.requests("a"), 1);
    setup.token("b").await.unwrap();
    assert!(setup.tenants.health(&"a".to_owned()).is_none(), "evicted");
    let again = setup.token("a").await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(again.retry_after(), Some(seconds(5)));
    assert_eq!(setup.endpoint.requests("a"), 1, "nothing was sent");
    setup.clock.advance(seconds(5));
    setup.token("a").await.unwrap_err();
    let again = setup.token("a").await.unwrap_err();
    assert_eq!(again.retry_after(), Some(seconds(30)), "the count went on");
}

#[tokio::test]
async fn a_client_that_is_held_is_not_evicted() {
    let setup = Setup::built(|builder| builder.max_capacity(1));
    for tenant in ["a", "b", "c"] {
        setup.add(tenant);
    }
    let held = setup.client("a").await.unwrap();
    setup.client("b").await.unwrap();
    setup.client("c").await.unwrap();
    assert!(setup.tenants.health(&"a".to_owned()).is_some());
    held.token().await.unwrap();
    assert_eq!(setup.token("a").await.unwrap(), "a-1");
    assert_eq!(setup.database.queries("a"), 1);
    drop(held);
    setup.client("b").await.unwrap();
    setup.client("c").await.unwrap();
    assert_eq!(setup.tenants.len(), 1);
}

#[tokio::test]
async fn what_a_calls_builder_holds_counts_as_in_use() {
    let setup = Setup::built(|builder| builder.max_capacity(1));
    setup.add("a");
    setup.add("b");
    let projects = setup.client("a").await.unwrap().projects();
    setup.client("b").await.unwrap();
    setup.client("a").await.unwrap();
    assert_eq!(setup.database.queries("a"), 1);
    drop(projects);
}

#[tokio::test]
async fn the_idle_are_dropped_when_others_arrive() {
    let setup = Setup::built(|builder| builder.time_to_idle(seconds(600)));
    setup.add("a");
    setup.add("b");
    setup.client("a").await.unwrap();
    setup.clock.advance(seconds(599));
    setup.client("a").await.unwrap();
    setup.clock.advance(seconds(600));
    setup.client("b").await.unwrap();
    assert!(setup.tenants.health(&"a".to_owned()).is_none());
    assert_eq!(setup.tenants.len(), 1);
}

#[tokio::test]
async fn no_more_token_requests_run_at_once_than_were_allowed() {
    let setup = Setup::built(|builder| builder.max_concurrent_refreshes(3));
    setup.endpoint.take(seconds(1));
    let mut callers = Vec::new();
    for number in 0..12 {
        let tenant = format!("t{number}");
        setup.add(&tenant);
        let client = setup.client(&tenant).await.unwrap();
        callers.push(tokio::spawn(async move { client.token().await }));
    }
    for _ in 0..8 {
        settle().await;
        setup.clock.advance(Duration::from_millis(500));
        settle().await;
    }
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(setup.endpoint.most(), 3);
}

#[tokio::test]
async fn health_is_that_of_the_one_tenant() {
    let setup = Setup::new();
    setup.add("good");
    setup.database.set("bad", "wrong");
    setup.token("good").await.unwrap();
    setup.token("bad").await.unwrap_err();
    let health = |tenant: &str| setup.tenants.health(&tenant.to_owned());
    assert_eq!(health("good").unwrap().failures, 0);
    assert_eq!(health("bad").unwrap().failures, 1);
    assert!(health("nobody").is_none());
}

#[tokio::test]
async fn a_removed_tenant_starts_anew() {
    let setup = Setup::new();
    setup.add("a");
    setup.token("a").await.unwrap();
    setup.tenants.remove(&"a".to_owned());
    assert_eq!(setup.token("a").await.unwrap(), "a-2");
    assert_eq!(setup.database.queries("a"), 2);
}

#[tokio::test]
async fn an_announced_change_ends_the_cool_down_of_an_evicted_tenant_too() {
    let setup = Setup::built(|builder| builder.max_capacity(1));
    setup.add("a");
    setup.add("b");
    setup.database.set("a", "wrong");
    setup.token("a").await.unwrap_err();
    setup.token("b").await.unwrap();
    assert!(setup.tenants.health(&"a".to_owned()).is_none(), "evicted");
    setup.add("a");
    setup.tenants.credentials_changed(&"a".to_owned());
    assert_eq!(setup.token("a").await.unwrap(), "a-2");
}
