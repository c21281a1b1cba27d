//! The bound on token requests of all tenants together: how many, who waits, and what the dead leave behind.

use std::sync::atomic::{AtomicUsize, Ordering};

use auth_core::TokenSource;

use super::*;

/// Counts how many of all sources ask at once; each takes a second.
#[derive(Debug, Clone)]
struct Counting {
    clock: ManualClock,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    takes: Duration,
}

#[async_trait::async_trait]
impl TokenSource for Counting {
    async fn token(&self) -> auth_core::Result<AccessToken> {
        /// Counts down even if the request is given up.
        struct Asking<'a>(&'a AtomicUsize);
        impl Drop for Asking<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        let _asking = Asking(&self.now);
        self.most.fetch_max(now, Ordering::SeqCst);
        self.clock.sleep(self.takes).await;
        AccessToken::new("t", self.clock.now(), seconds(3_600))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }
}

struct Setup {
    clock: ManualClock,
    source: Counting,
    cache: KeyedTokenCache<usize, Counting>,
}

impl Setup {
    fn new(
        takes: Duration,
        build: impl FnOnce(
            KeyedTokenCacheBuilder<usize, Counting>,
        ) -> KeyedTokenCacheBuilder<usize, Counting>,
    ) -> Self {
        let clock = ManualClock::new();
        let source = Counting {
            clock: clock.clone(),
            now: Arc::default(),
            most: Arc::default(),
            takes,
        };
        let made = source.clone();
        let builder = KeyedTokenCache::builder(move |_: &usize| made.clone());
        let policy = RefreshPolicy::new()
            .with_max_attempts(1)
            .with_jitter(Some(0.0));
        let builder = builder.clock(clock.clone()).refresh_policy(policy);
        Self {
            clock,
            source,
            cache: build(builder).build(),
        }
    }

    fn ask(&self, key: usize) -> tokio::task::JoinHandle<auth_core::Result<AccessToken>> {
        let cache = self.cache.clone();
        tokio::spawn(async move { cache.token(&key).await })
    }

    fn most(&self) -> usize {
        self.source.most.load(Ordering::SeqCst)
    }

    /// Lets time pass in small steps, as it does, so that nobody is late for what it waits for.
    async fn pass(&self, time: u64) {
        for _ in 0..2 * time {
            settle_many().await;
            self.clock.advance(Duration::from_millis(500));
            settle_many().await;
        }
    }
}

async fn settle_many() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_thousand_cold_tenants_open_no_more_than_sixty_four_requests_at_once() {
    let setup = Setup::new(seconds(1), |builder| builder);
    let callers: Vec<_> = (0..1_000).map(|key| setup.ask(key)).collect();
    setup.pass(20).await;
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(setup.most(), 64);
}

#[tokio::test]
async fn the_limit_is_what_was_set_and_at_least_one() {
    for (set, most) in [(3, 3), (0, 1)] {
        let setup = Setup::new(seconds(1), |builder| builder.max_concurrent_refreshes(set));
        let callers: Vec<_> = (0..10).map(|key| setup.ask(key)).collect();
        setup.pass(12).await;
        for caller in callers {
            caller.await.unwrap().unwrap();
        }
        assert_eq!(setup.most(), most, "set to {set}");
    }
}

#[tokio::test]
async fn the_wait_for_a_turn_is_no_part_of_an_attempts_time() {
    // Each takes nine of the ten seconds that an attempt may take.
    let setup = Setup::new(seconds(9), |builder| builder.max_concurrent_refreshes(1));
    let callers: Vec<_> = (0..3).map(|key| setup.ask(key)).collect();
    setup.pass(28).await;
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn who_gets_no_turn_within_the_refreshs_time_fails_with_a_timeout_that_passes() {
    let setup = Setup::new(seconds(9), |builder| builder.max_concurrent_refreshes(1));
    let callers: Vec<_> = (0..5).map(|key| setup.ask(key)).collect();
    setup.pass(31).await;
    let mut outcomes = Vec::new();
    for caller in callers {
        outcomes.push(caller.await.unwrap());
    }
    let error = outcomes.pop().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().contains("concurrent refreshes"),
        "{error}"
    );
    setup.pass(2).await;
    let again = setup.ask(4);
    setup.pass(10).await;
    again.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_warm_tenant_never_waits_for_the_others() {
    let setup = Setup::new(seconds(9), |builder| builder.max_concurrent_refreshes(1));
    let first = setup.ask(0);
    setup.pass(9).await;
    first.await.unwrap().unwrap();
    let _busy: Vec<_> = (1..10).map(|key| setup.ask(key)).collect();
    settle_many().await;
    setup.cache.token(&0).await.unwrap();
}

#[tokio::test]
async fn the_refresh_of_a_removed_or_shut_down_tenant_gives_its_turn_back() {
    let setup = Setup::new(seconds(9), |builder| builder.max_concurrent_refreshes(1));
    let held = setup.cache.get_or_create(&0).unwrap();
    let _running = setup.ask(0);
    settle_many().await;
    let queued: Vec<_> = (1..4)
        .map(|key| setup.cache.get_or_create(&key).unwrap())
        .collect();
    let _waiting: Vec<_> = (1..4).map(|key| setup.ask(key)).collect();
    settle_many().await;
    let ending = tokio::spawn(async move {
        held.shutdown().await;
        for cache in queued {
            cache.shutdown().await;
        }
    });
    setup.pass(21).await;
    ending.await.unwrap();
    let later = setup.ask(9);
    setup.pass(10).await;
    later.await.unwrap().unwrap();
}

#[tokio::test]
async fn refreshes_on_a_runtime_that_stands_still_do_not_keep_their_turns() {
    let setup = Setup::new(seconds(1), |builder| builder.max_concurrent_refreshes(2));
    // Two hold a turn and twenty wait for one, when their runtime is no longer driven; it is not dropped either.
    let still = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let cache = setup.cache.clone();
    let still = std::thread::spawn(move || {
        still.block_on(async {
            for key in 0..22 {
                let cache = cache.clone();
                tokio::spawn(async move { cache.token(&key).await });
            }
            settle().await;
        });
        still
    })
    .join()
    .unwrap();
    assert_eq!(setup.source.now.load(Ordering::SeqCst), 2);
    let later: Vec<_> = (100..110).map(|key| setup.ask(key)).collect();
    setup.pass(25).await;
    for later in later {
        later.await.unwrap().unwrap();
    }
    std::thread::spawn(move || drop(still)).join().unwrap();
}

#[tokio::test]
async fn a_source_that_panics_gives_its_turn_back() {
    let clock = ManualClock::new();
    let time = clock.clone();
    let cache = KeyedTokenCache::builder(move |key: &String| {
        let script = match key.as_str() {
            "fine" => own_token(key),
            _ => vec![ScriptedReply::panic().repeat()],
        };
        ScriptedSource::new(time.clone(), script)
    })
    .clock(clock)
    .max_concurrent_refreshes(1)
    .build();
    for key in ["a", "b", "c"] {
        cache.token(&key.to_owned()).await.unwrap_err();
    }
    cache.token(&"fine".to_owned()).await.unwrap();
}
