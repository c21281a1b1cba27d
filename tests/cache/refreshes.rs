//! A refresh that is dropped, brings nothing new, or runs out of time, and wrappers that hide nothing.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use auth_core::{AccessToken, Clock, ClockReading, Error, ErrorKind, Result, TokenSource};

use super::*;

/// Counts what a source is asked for, and forwards it.
#[derive(Debug)]
struct Counting<S> {
    source: S,
    asked: Arc<AtomicU64>,
}

#[async_trait]
impl<S: TokenSource> TokenSource for Counting<S> {
    async fn token(&self) -> Result<AccessToken> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.source.token().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(&self.source)
    }
}

#[tokio::test]
async fn a_cache_over_a_cache_whose_refresh_takes_long_starts_no_refresh_with_each_call() {
    let inner = Setup::new([ScriptedReply::token("t1", 3600.0), ScriptedReply::hang()]);
    let asked = Arc::new(AtomicU64::new(0));
    let source = Counting {
        source: inner.cache.clone(),
        asked: Arc::clone(&asked),
    };
    let policy = RefreshPolicy::new().with_jitter(Some(0.0));
    let outer = TokenCache::builder(source)
        .refresh_policy(policy)
        .clock(inner.clock.clone())
        .build();
    outer.token().await.unwrap();
    inner.clock.advance(seconds(2_700));
    for _ in 0..1_000 {
        assert_eq!(outer.token().await.unwrap().expose_secret(), "t1");
        settle().await;
    }
    assert_eq!(
        asked.load(Ordering::SeqCst),
        2,
        "at first and when it was due"
    );
    inner.clock.advance(seconds(5));
    outer.token().await.unwrap();
    settle().await;
    assert_eq!(asked.load(Ordering::SeqCst), 3, "and again after a while");
}

#[tokio::test]
async fn a_wrapper_that_names_what_it_wraps_hides_no_rotation() {
    let setup = Setup::new([
        ErrorKind::InvalidCredentials.into(),
        ScriptedReply::token("t2", 3600.0),
    ]);
    let source = Counting {
        source: setup.source.clone(),
        asked: Arc::default(),
    };
    let policy = RefreshPolicy::new().with_max_attempts(1);
    let cache = TokenCache::builder(source)
        .refresh_policy(policy)
        .clock(setup.clock.clone())
        .build();
    cache.token().await.unwrap_err();
    cache.token().await.unwrap_err();
    assert_eq!(setup.source.requests(), 1, "the cool-down holds");
    setup.source.rotate();
    assert_eq!(cache.token().await.unwrap().expose_secret(), "t2");
}

#[tokio::test]
async fn a_wrapper_that_names_what_it_wraps_hides_no_verdict_of_the_api() {
    let setup = Setup::new([ScriptedReply::token("t1", 3600.0)]);
    let source = Counting {
        source: setup.cache.clone(),
        asked: Arc::default(),
    };
    let token = source.token().await.unwrap();
    assert_eq!(source.cached_token().unwrap().expose_secret(), "t1");
    setup.clock.advance(seconds(60));
    source.invalidate(&token);
    assert_eq!(setup.cache.health().state, auth_core::CacheState::Revoked);
}

/// A clock whose sleeps end at once, while its time stands still.
#[derive(Debug, Clone)]
struct Hasty(ManualClock);

impl Clock for Hasty {
    fn now(&self) -> ClockReading {
        self.0.now()
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::task::yield_now())
    }
}

#[tokio::test]
async fn a_clock_whose_sleeps_end_at_once_makes_nobody_spin() {
    let clock = ManualClock::new();
    let source = ScriptedSource::new(clock.clone(), [ScriptedReply::hang().repeat()]);
    let cache = TokenCache::builder(source).clock(Hasty(clock)).build();
    let caller = cache.clone();
    let caller = tokio::spawn(async move { caller.token().await });
    for _ in 0..20 {
        settle().await;
    }
    assert!(caller.is_finished(), "it has been told something");
    assert!(caller.await.unwrap().is_err());

    let polls = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&polls);
    let keeping = tokio::spawn(async move {
        let mut keeping = Box::pin(cache.keep_fresh());
        std::future::poll_fn(|context| {
            counted.fetch_add(1, Ordering::SeqCst);
            keeping.as_mut().poll(context)
        })
        .await
    });
    for _ in 0..20 {
        settle().await;
    }
    let polls = polls.load(Ordering::SeqCst);
    assert!(polls < 20, "{polls} polls");
    keeping.abort();
}

/// Never returns, and says when it is dropped.
#[derive(Debug, Clone, Default)]
struct Held(Arc<AtomicU64>);

#[async_trait]
impl TokenSource for Held {
    async fn token(&self) -> Result<AccessToken> {
        struct Guard<'a>(&'a AtomicU64);
        impl Drop for Guard<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.0.fetch_add(1, Ordering::SeqCst);
        let _guard = Guard(&self.0);
        std::future::pending().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }
}

#[tokio::test]
async fn a_refresh_outlives_its_callers_and_not_its_cache() {
    let source = Held::default();
    let cache = TokenCache::new(source.clone());
    let other = cache.clone();
    let caller = tokio::spawn({
        let cache = cache.clone();
        async move { cache.token().await }
    });
    settle().await;
    caller.abort();
    settle().await;
    assert_eq!(
        source.0.load(Ordering::SeqCst),
        1,
        "it goes on without them"
    );
    drop(cache);
    settle().await;
    assert_eq!(source.0.load(Ordering::SeqCst), 1, "a clone is left");
    drop(other);
    settle().await;
    assert_eq!(source.0.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_wish_to_wait_longer_than_an_attempt_has_room_for_is_passed_on() {
    let down = Error::new(ErrorKind::Unavailable, "down").with_retry_after(seconds(29));
    let setup = Setup::with_max_attempts(
        3,
        [
            ScriptedReply::error(down),
            ScriptedReply::token("t2", 3600.0),
        ],
    );
    let error = setup.cache.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.retry_after(), Some(seconds(29)));
    setup.clock.advance(seconds(28));
    let error = setup.cache.token().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(1)));
    setup.clock.advance(seconds(1));
    assert_eq!(setup.token().await, "t2");
}

#[tokio::test]
async fn a_refresh_out_of_time_says_how_long_it_took_and_what_came_before() {
    let setup = Setup::with_max_attempts(3, [ScriptedReply::hang().repeat()]);
    let cache = setup.cache.clone();
    let caller = tokio::spawn(async move { cache.token().await });
    settle().await;
    while !caller.is_finished() {
        setup.clock.advance(seconds(1));
        settle().await;
    }
    let error = caller.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.to_string(), "no token within 30.0s, in 3 attempts");
    let earlier = std::error::Error::source(&error).unwrap();
    assert_eq!(earlier.to_string(), "no token within 10.0s");
}

/// Has its cache reject the token between the moment it is checked and the moment it is taken.
#[derive(Debug, Default)]
struct Rejecting {
    clock: ManualClock,
    cache: std::sync::OnceLock<TokenCache<Arc<Self>>>,
    requests: AtomicU64,
}

#[async_trait]
impl TokenSource for Rejecting {
    async fn token(&self) -> Result<AccessToken> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        AccessToken::new("t1", self.clock.now(), seconds(3_600))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    /// Asked when a refresh begins and when its outcome is taken.
    fn credentials_version(&self) -> u64 {
        let cache = self.cache.get();
        if self.requests.load(Ordering::SeqCst) == 2
            && let Some((cache, token)) =
                cache.and_then(|cache| Some((cache, cache.cached_token()?)))
        {
            cache.invalidate(&token);
        }
        0
    }
}

#[tokio::test]
async fn a_token_that_is_rejected_as_it_is_issued_again_is_not_taken() {
    let source = Arc::new(Rejecting::default());
    let policy = RefreshPolicy::new()
        .with_max_attempts(1)
        .with_jitter(Some(0.0));
    let cache = TokenCache::builder(Arc::clone(&source))
        .refresh_policy(policy)
        .clock(source.clock.clone())
        .build();
    source.cache.set(cache.clone()).unwrap();
    cache.token().await.unwrap();
    source.clock.advance(seconds(2_700));
    cache.token().await.unwrap();
    settle().await;
    assert_eq!(source.requests.load(Ordering::SeqCst), 2);
    assert!(
        cache.cached_token().is_none(),
        "it was rejected a moment ago"
    );
    let (_, error) = cache.health().last_failure.unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}
