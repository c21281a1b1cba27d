//! Many tenants: one request each, bounded, forgetful of the idle, and never in each other's way.

use std::collections::HashMap;
use std::sync::Mutex;

use auth_core::{AccessToken, Clock as _, ErrorKind, KeyedTokenCache, KeyedTokenCacheBuilder};

use super::*;

mod callbacks;
mod eviction;
mod failures;
mod limit;
mod making;

type Sources = Arc<Mutex<HashMap<String, ScriptedSource>>>;

/// A cache whose tenants answer as `script` says, with the sources that were made.
fn keyed(
    clock: &ManualClock,
    script: fn(&str) -> Vec<ScriptedReply>,
) -> (KeyedTokenCacheBuilder<String, ScriptedSource>, Sources) {
    let sources = Sources::default();
    let (made, time) = (Arc::clone(&sources), clock.clone());
    let builder = KeyedTokenCache::builder(move |key: &String| {
        let source = ScriptedSource::new(time.clone(), script(key));
        made.lock().unwrap().insert(key.clone(), source.clone());
        source
    });
    let policy = RefreshPolicy::new()
        .with_max_attempts(1)
        .with_jitter(Some(0.0));
    (builder.clock(clock.clone()).refresh_policy(policy), sources)
}

fn own_token(key: &str) -> Vec<ScriptedReply> {
    vec![ScriptedReply::token(key, 3600.0).repeat()]
}

fn requests(sources: &Sources, key: &str) -> u64 {
    sources.lock().unwrap()[key].requests()
}

#[tokio::test]
async fn each_tenant_has_a_token_of_its_own_and_asks_once() {
    let (builder, sources) = keyed(&ManualClock::new(), own_token);
    let cache = builder.build();
    for _ in 0..3 {
        for key in ["a", "b"] {
            let key = key.to_owned();
            assert_eq!(cache.token(&key).await.unwrap().expose_secret(), key);
            assert_eq!(
                cache.authorization_header(&key).await.unwrap(),
                format!("Bearer {key}")
            );
        }
    }
    assert_eq!(cache.len(), 2);
    assert_eq!((requests(&sources, "a"), requests(&sources, "b")), (1, 1));
}

#[tokio::test]
async fn a_stampede_on_one_tenant_makes_one_source_and_one_request() {
    let (builder, sources) = keyed(&ManualClock::new(), own_token);
    let cache = builder.build();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..500 {
        let cache = cache.clone();
        callers.spawn(async move { cache.token(&"a".to_owned()).await.is_ok() });
    }
    assert!(callers.join_all().await.into_iter().all(|is_ok| is_ok));
    assert_eq!(requests(&sources, "a"), 1);
}

#[tokio::test]
async fn one_tenants_failure_or_slowness_delays_no_other() {
    let (builder, _) = keyed(&ManualClock::new(), |key| match key {
        "down" => vec![ErrorKind::Unavailable.into()],
        "slow" => vec![ScriptedReply::hang()],
        _ => own_token(key),
    });
    let cache = builder.build();
    let slow = cache.clone();
    let waiting = tokio::spawn(async move { slow.token(&"slow".to_owned()).await });
    assert!(cache.token(&"down".to_owned()).await.is_err());
    assert!(cache.token(&"fine".to_owned()).await.is_ok());
    assert!(!waiting.is_finished());
}

#[tokio::test]
async fn invalidation_reaches_the_tenants_own_token_only() {
    let clock = ManualClock::new();
    let (builder, sources) = keyed(&clock, |key| match key {
        "a" => vec![
            ScriptedReply::token("a1", 3600.0),
            ScriptedReply::token("a2", 3600.0),
        ],
        _ => own_token(key),
    });
    let cache = builder.build();
    let (a, b) = ("a".to_owned(), "b".to_owned());
    let rejected = cache.token(&a).await.unwrap();
    cache.token(&b).await.unwrap();
    clock.advance(seconds(60));
    cache.invalidate(&b, &rejected);
    cache.invalidate(&"nobody".to_owned(), &rejected);
    assert_eq!(cache.token(&a).await.unwrap().expose_secret(), "a1");
    cache.invalidate(&a, &rejected);
    assert_eq!(cache.token(&a).await.unwrap().expose_secret(), "a2");
    assert_eq!(requests(&sources, "b"), 1);
    assert_eq!(cache.len(), 2, "telling a stranger makes no tenant");
}

#[tokio::test]
async fn a_removed_tenant_starts_anew() {
    let (builder, sources) = keyed(&ManualClock::new(), own_token);
    let cache = builder.build();
    let key = "a".to_owned();
    cache.token(&key).await.unwrap();
    let first = sources.lock().unwrap()["a"].clone();
    cache.remove(&key);
    assert!(cache.is_empty());
    cache.token(&key).await.unwrap();
    assert_eq!((first.requests(), requests(&sources, "a")), (1, 1));
}

#[tokio::test]
async fn after_a_shutdown_no_tenant_gets_anything_and_no_source_is_made() {
    let (builder, sources) = keyed(&ManualClock::new(), own_token);
    let cache = builder.build();
    let (old, new) = ("a".to_owned(), "b".to_owned());
    cache.token(&old).await.unwrap();
    let held = cache.get_or_create(&old).unwrap();
    cache.shutdown().await;
    for key in [&old, &new] {
        let errors = [
            cache.token(key).await.unwrap_err(),
            cache.authorization_header(key).await.unwrap_err(),
            cache.get_or_create(key).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Closed, "{key}");
        }
        let rejected = AccessToken::new("t", ManualClock::new().now(), seconds(60)).unwrap();
        cache.invalidate(key, &rejected);
        cache.remove(key);
    }
    assert!(held.cached_token().is_none());
    assert_eq!(held.token().await.unwrap_err().kind(), ErrorKind::Closed);
    assert!(cache.is_empty());
    assert_eq!(requests(&sources, "a"), 1);
    assert_eq!(sources.lock().unwrap().len(), 1, "no source was made for b");
}

#[tokio::test]
async fn a_shutdown_of_many_tenants_waits_for_their_refreshes_and_only_once() {
    let clock = ManualClock::new();
    let (builder, _) = keyed(&clock, |key| match key {
        "short" => vec![ScriptedReply::token("t", 3600.0).after(seconds(2))],
        _ => vec![ScriptedReply::hang()],
    });
    let cache = builder.build();
    let callers: Vec<_> = ["short", "hangs", "hangs too"]
        .map(|key| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.token(&key.to_owned()).await })
        })
        .into();
    settle().await;
    let ending = cache.clone();
    let shutdown = tokio::spawn(async move { ending.shutdown().await });
    settle().await;
    clock.advance(seconds(2));
    settle().await;
    assert!(!shutdown.is_finished(), "two of them still run");
    // The limit is that of one cache, however many there are.
    clock.advance(RefreshPolicy::new().shutdown_timeout());
    shutdown.await.unwrap();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Closed);
    }
}
