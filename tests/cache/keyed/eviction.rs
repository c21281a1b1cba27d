//! Who is evicted: one for each newcomer, the longest unused first, the idle, and never one in use.

use auth_core::TokenSource;

use super::*;

fn name(index: usize) -> String {
    format!("k{index}")
}

/// Takes a tenant out and returns whether it was there: to ask for it would make it anew.
fn was_there(cache: &KeyedTokenCache<String, ScriptedSource>, index: usize) -> bool {
    let before = cache.len();
    cache.remove(&name(index));
    cache.len() < before
}

#[tokio::test]
async fn the_longest_unused_make_room_at_capacity() {
    let clock = ManualClock::new();
    let (builder, _) = keyed(&clock, own_token);
    let cache = builder.max_capacity(3).build();
    for key in ["a", "b", "c"] {
        cache.token(&key.to_owned()).await.unwrap();
        clock.advance(seconds(1));
    }
    cache.token(&"a".to_owned()).await.unwrap();
    clock.advance(seconds(1));
    cache.token(&"d".to_owned()).await.unwrap();
    assert_eq!(cache.len(), 3);
    assert!(
        cache
            .get_or_create(&"a".to_owned())
            .unwrap()
            .cached_token()
            .is_some(),
        "a was used after b"
    );
    assert!(
        cache
            .get_or_create(&"c".to_owned())
            .unwrap()
            .cached_token()
            .is_some()
    );
    assert!(
        cache
            .get_or_create(&"b".to_owned())
            .unwrap()
            .cached_token()
            .is_none(),
        "b was forgotten"
    );
}

#[tokio::test]
async fn a_full_cache_evicts_one_for_each_newcomer_the_longest_unused_first() {
    let clock = ManualClock::new();
    let (builder, _) = keyed(&clock, own_token);
    let cache = builder.max_capacity(1_000).build();
    for index in 0..1_000 {
        cache.token(&name(index)).await.unwrap();
        clock.advance(Duration::from_millis(1));
    }
    // The oldest of all is used once more.
    cache.token(&name(0)).await.unwrap();
    clock.advance(Duration::from_millis(1));
    for newcomer in 1_000..1_005 {
        cache.token(&name(newcomer)).await.unwrap();
        clock.advance(Duration::from_millis(1));
        assert_eq!(cache.len(), 1_000);
    }
    let evicted: Vec<_> = (0..1_005)
        .filter(|index| !was_there(&cache, *index))
        .collect();
    assert_eq!(evicted, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_large_cache_evicts_one_of_the_longest_unused() {
    let clock = ManualClock::new();
    let (builder, _) = keyed(&clock, own_token);
    let cache = builder.max_capacity(5_000).build();
    for index in 0..5_000 {
        cache.token(&name(index)).await.unwrap();
        clock.advance(Duration::from_millis(1));
    }
    for index in 5_000..5_100 {
        cache.token(&name(index)).await.unwrap();
        clock.advance(Duration::from_millis(1));
        assert_eq!(cache.len(), 5_000);
    }
    let evicted: Vec<_> = (0..5_100)
        .filter(|index| !was_there(&cache, *index))
        .collect();
    assert_eq!(evicted.len(), 100);
    assert!(evicted.iter().all(|index| *index < 500), "{evicted:?}");
}

#[tokio::test]
async fn tenants_used_at_the_same_moment_make_room_one_by_one_as_well() {
    let (builder, _) = keyed(&ManualClock::new(), own_token);
    let cache = builder.max_capacity(64).build();
    for index in 0..100 {
        cache.token(&name(index)).await.unwrap();
        assert_eq!(cache.len(), 64.min(index + 1));
    }
    assert_eq!(
        (0..100).filter(|index| was_there(&cache, *index)).count(),
        64
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn newcomers_at_once_evict_one_each() {
    let (builder, _) = keyed(&ManualClock::new(), own_token);
    let cache = builder.max_capacity(100).build();
    for index in 0..100 {
        cache.token(&name(index)).await.unwrap();
    }
    let mut newcomers = tokio::task::JoinSet::new();
    for index in 100..150 {
        let cache = cache.clone();
        newcomers.spawn(async move { cache.token(&name(index)).await.is_ok() });
    }
    assert!(newcomers.join_all().await.into_iter().all(|is_ok| is_ok));
    // A newcomer is in use itself, so that there may be too many for a moment.
    cache.token(&name(150)).await.unwrap();
    assert_eq!(cache.len(), 100);
}

#[tokio::test]
async fn the_cache_of_a_tenant_counts_as_a_use() {
    let clock = ManualClock::new();
    let (builder, sources) = keyed(&clock, own_token);
    let cache = builder.time_to_idle(seconds(100)).build();
    for key in ["a", "b"] {
        cache.token(&key.to_owned()).await.unwrap();
    }
    clock.advance(seconds(60));
    drop(cache.get_or_create(&"a".to_owned()).unwrap());
    clock.advance(seconds(60));
    cache.token(&"new".to_owned()).await.unwrap();
    assert_eq!(cache.len(), 2);
    cache.token(&"a".to_owned()).await.unwrap();
    assert_eq!(requests(&sources, "a"), 1, "it was not idle");
    assert!(
        cache
            .get_or_create(&"b".to_owned())
            .unwrap()
            .cached_token()
            .is_none()
    );
}

#[tokio::test]
async fn the_cache_of_a_tenant_counts_as_a_use_at_capacity() {
    let clock = ManualClock::new();
    let (builder, sources) = keyed(&clock, own_token);
    let cache = builder.max_capacity(2).build();
    for key in ["a", "b"] {
        cache.token(&key.to_owned()).await.unwrap();
        clock.advance(seconds(1));
    }
    drop(cache.get_or_create(&"a".to_owned()).unwrap());
    clock.advance(seconds(1));
    cache.token(&"new".to_owned()).await.unwrap();
    cache.token(&"a".to_owned()).await.unwrap();
    assert_eq!(requests(&sources, "a"), 1);
}

#[tokio::test]
async fn the_idle_of_a_large_cache_are_evicted_by_a_few_newcomers() {
    let clock = ManualClock::new();
    let (builder, _) = keyed(&clock, own_token);
    let cache = builder.time_to_idle(seconds(100)).build();
    for index in 0..5_000 {
        cache.token(&name(index)).await.unwrap();
    }
    clock.advance(seconds(100));
    // No newcomer looks at all of them.
    cache.token(&name(5_000)).await.unwrap();
    assert!((3_000..5_000).contains(&cache.len()), "{}", cache.len());
    for index in 5_001..5_010 {
        cache.token(&name(index)).await.unwrap();
    }
    assert_eq!(cache.len(), 10);
}

#[tokio::test]
async fn a_tenant_whose_cache_is_held_is_not_evicted_so_that_there_is_one_cache_for_a_key() {
    let clock = ManualClock::new();
    let (builder, sources) = keyed(&clock, own_token);
    let cache = builder.max_capacity(1).time_to_idle(seconds(1)).build();
    let key = "held".to_owned();
    let held = cache.get_or_create(&key).unwrap();
    clock.advance(seconds(10));
    for other in ["a", "b", "c"] {
        cache.token(&other.to_owned()).await.unwrap();
    }
    assert_eq!(cache.len(), 2);
    let (ours, theirs) = tokio::join!(held.token(), cache.token(&key));
    assert_eq!(
        (
            ours.unwrap().expose_secret(),
            theirs.unwrap().expose_secret()
        ),
        ("held", "held")
    );
    assert_eq!(requests(&sources, "held"), 1);
    drop(held);
    clock.advance(seconds(10));
    cache.token(&"d".to_owned()).await.unwrap();
    assert_eq!(cache.len(), 1, "it went when nobody held it any more");
}

#[tokio::test]
async fn tenants_that_were_too_many_because_they_were_in_use_go_a_few_at_a_time() {
    let clock = ManualClock::new();
    let (builder, _) = keyed(&clock, own_token);
    let cache = builder.max_capacity(10).build();
    let held: Vec<_> = (0..40)
        .map(|index| cache.get_or_create(&name(index)).unwrap())
        .collect();
    assert_eq!(cache.len(), 40);
    drop(held);
    let mut left = 40;
    for newcomer in 40..60 {
        cache.token(&name(newcomer)).await.unwrap();
        let now = cache.len();
        assert!(now >= 10 && left - now <= 4, "from {left} to {now}");
        left = now;
    }
    assert_eq!(left, 10);
}

#[tokio::test]
async fn an_evicted_source_is_dropped_where_it_may_use_the_cache() {
    type Cache = KeyedTokenCache<String, Talkative>;
    /// Asks the cache that it was in how many there are, when it goes.
    #[derive(Debug)]
    struct Talkative(Arc<std::sync::OnceLock<Cache>>, ScriptedSource);
    impl Drop for Talkative {
        fn drop(&mut self) {
            if let Some(cache) = self.0.get() {
                cache.remove(&"nobody".to_owned());
            }
        }
    }
    #[async_trait::async_trait]
    impl TokenSource for Talkative {
        async fn token(&self) -> auth_core::Result<AccessToken> {
            self.1.token().await
        }
        fn inner(&self) -> Option<&dyn TokenSource> {
            Some(&self.1)
        }
    }
    let clock = ManualClock::new();
    let shared = Arc::new(std::sync::OnceLock::new());
    let (time, own) = (clock.clone(), Arc::clone(&shared));
    let cache = KeyedTokenCache::builder(move |key: &String| {
        let script = ScriptedSource::new(time.clone(), own_token(key));
        Talkative(Arc::clone(&own), script)
    })
    .max_capacity(1)
    .time_to_idle(seconds(10))
    .clock(clock.clone())
    .build();
    shared.set(cache.clone()).unwrap();
    for key in ["a", "b"] {
        cache.token(&key.to_owned()).await.unwrap();
    }
    clock.advance(seconds(100));
    cache.token(&"c".to_owned()).await.unwrap();
    cache.remove(&"c".to_owned());
    assert!(cache.is_empty());
}

#[tokio::test]
async fn the_idle_are_forgotten_when_another_arrives() {
    let clock = ManualClock::new();
    let (builder, _) = keyed(&clock, own_token);
    let cache = builder.time_to_idle(seconds(100)).build();
    cache.token(&"idle".to_owned()).await.unwrap();
    clock.advance(seconds(60));
    cache.token(&"busy".to_owned()).await.unwrap();
    clock.advance(seconds(60));
    cache.token(&"new".to_owned()).await.unwrap();
    assert_eq!(cache.len(), 2);
    assert!(
        cache
            .get_or_create(&"busy".to_owned())
            .unwrap()
            .cached_token()
            .is_some()
    );
}

#[tokio::test]
async fn a_tenant_whose_refresh_is_running_is_never_forgotten() {
    let clock = ManualClock::new();
    let (builder, sources) = keyed(&clock, |key| match key {
        "slow" => vec![ScriptedReply::token("slow", 3600.0).after(seconds(5))],
        _ => own_token(key),
    });
    let cache = builder.max_capacity(1).time_to_idle(seconds(1)).build();
    let slow = cache.clone();
    let waiting = tokio::spawn(async move { slow.token(&"slow".to_owned()).await });
    settle().await;
    clock.advance(seconds(3));
    for key in ["a", "b", "c"] {
        cache.token(&key.to_owned()).await.unwrap();
    }
    assert_eq!(
        cache.len(),
        2,
        "the bound gives way to the one that runs, and to nothing else"
    );
    clock.advance(seconds(2));
    waiting.await.unwrap().unwrap();
    assert!(
        cache
            .get_or_create(&"slow".to_owned())
            .unwrap()
            .cached_token()
            .is_some()
    );
    assert_eq!(requests(&sources, "slow"), 1);
}
