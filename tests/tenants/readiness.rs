//! The guide's readiness probe: it starts what it reports on, and never waits for it.

use super::*;

/// As the guide has it.
fn is_ready(client: &Client) -> bool {
    matches!(client.try_token(), Ok(Some(_)))
}

#[tokio::test]
async fn a_probe_that_starts_the_refresh_becomes_ready_without_any_traffic() {
    let setup = Setup::new();
    setup.add("a");
    setup.endpoint.take(seconds(1));
    let client = setup.client("a").await.unwrap();
    assert!(!is_ready(&client));
    settle().await;
    assert_eq!(setup.endpoint.requests("a"), 1, "the probe started it");
    assert!(!is_ready(&client), "and did not wait");
    setup.clock.advance(seconds(1));
    settle().await;
    assert!(is_ready(&client));
    assert_eq!(setup.endpoint.requests("a"), 1);
}

#[tokio::test]
async fn it_stays_ready_through_an_outage_as_long_as_the_token_lasts() {
    let setup = Setup::new();
    setup.add("a");
    let client = setup.client("a").await.unwrap();
    client.warm_up().await.unwrap();
    setup.endpoint.set("a", "other");
    setup.clock.advance(seconds(1_700));
    assert!(is_ready(&client));
    settle().await;
    assert!(
        is_ready(&client),
        "the refresh failed, and the token is valid"
    );
    setup.clock.advance(seconds(100));
    assert!(!is_ready(&client));
}
