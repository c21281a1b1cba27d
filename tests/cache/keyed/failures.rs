//! Failures outlive an eviction: a tenant that comes back has its cool-down and its count, and a removal alone ends them.

use super::*;

/// One place, so that every other tenant evicts the one before it.
struct Setup {
    clock: ManualClock,
    cache: KeyedTokenCache<String, ScriptedSource>,
    /// How many token requests were sent for each tenant, whichever source sent them.
    sources: Arc<Mutex<Vec<(String, ScriptedSource)>>>,
}

impl Setup {
    fn new(script: fn(&str) -> Vec<ScriptedReply>) -> Self {
        Self::with(script, |builder| builder.max_capacity(1))
    }

    fn with(
        script: fn(&str) -> Vec<ScriptedReply>,
        build: impl FnOnce(
            KeyedTokenCacheBuilder<String, ScriptedSource>,
        ) -> KeyedTokenCacheBuilder<String, ScriptedSource>,
    ) -> Self {
        let clock = ManualClock::new();
        let sources = Arc::<Mutex<Vec<_>>>::default();
        let (time, made) = (clock.clone(), Arc::clone(&sources));
        let builder = KeyedTokenCache::builder(move |key: &String| {
            let source = ScriptedSource::new(time.clone(), script(key));
            made.lock().unwrap().push((key.clone(), source.clone()));
            source
        });
        let policy = RefreshPolicy::new()
            .with_max_attempts(1)
            .with_jitter(Some(0.0));
        let builder = builder.clock(clock.clone()).refresh_policy(policy);
        Self {
            clock,
            cache: build(builder).build(),
            sources,
        }
    }

    async fn ask(&self, key: &str) -> Option<ErrorKind> {
        let outcome = self.cache.token(&key.to_owned()).await;
        outcome.err().map(|error| error.kind())
    }

    fn requests(&self, key: &str) -> u64 {
        let sources = self.sources.lock().unwrap();
        let of_key = sources.iter().filter(|(of, _)| of == key);
        of_key.map(|(_, source)| source.requests()).sum()
    }

    fn made(&self, key: &str) -> usize {
        let sources = self.sources.lock().unwrap();
        sources.iter().filter(|(of, _)| of == key).count()
    }
}

fn refused(key: &str) -> Vec<ScriptedReply> {
    match key {
        "refused" | "refused too" => {
            vec![ScriptedReply::from(ErrorKind::InvalidCredentials).repeat()]
        }
        "down" => vec![ScriptedReply::from(ErrorKind::Unavailable).repeat()],
        "mended" => vec![ErrorKind::Unavailable.into()],
        _ => own_token(key),
    }
}

#[tokio::test]
async fn an_eviction_does_not_end_a_cool_down() {
    let setup = Setup::new(refused);
    for _ in 0..20 {
        assert_eq!(
            setup.ask("refused").await,
            Some(ErrorKind::InvalidCredentials)
        );
        assert_eq!(setup.ask("fine").await, None);
    }
    assert_eq!(setup.made("refused"), 20, "it was evicted each time");
    assert_eq!(setup.requests("refused"), 1);
    setup.clock.advance(seconds(5));
    setup.ask("refused").await;
    assert_eq!(setup.requests("refused"), 2);
}

#[tokio::test]
async fn an_eviction_says_what_is_left_of_the_cool_down() {
    let setup = Setup::new(refused);
    setup.ask("refused").await;
    setup.ask("fine").await;
    setup.clock.advance(seconds(2));
    let error = setup.cache.token(&"refused".to_owned()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(3)));
    let health = setup
        .cache
        .get_or_create(&"refused".to_owned())
        .unwrap()
        .health();
    assert_eq!((health.failures, health.retry_in), (1, Some(seconds(3))));
}

#[tokio::test]
async fn the_count_of_refusals_goes_on_after_an_eviction_within_five_minutes_of_a_cool_downs_end() {
    let setup = Setup::new(refused);
    // 5, 30, 60 and 300 s, as if there had been no eviction.
    for (requests, cool_down) in [(1, 5), (2, 30), (3, 60), (4, 300), (5, 300)] {
        assert_eq!(
            setup.ask("refused").await,
            Some(ErrorKind::InvalidCredentials)
        );
        assert_eq!(setup.ask("fine").await, None);
        assert_eq!(setup.requests("refused"), requests);
        setup.clock.advance(seconds(cool_down - 1));
        setup.ask("refused").await;
        setup.ask("fine").await;
        assert_eq!(
            setup.requests("refused"),
            requests,
            "it holds for {cool_down} s"
        );
        setup.clock.advance(seconds(1));
    }
}

#[tokio::test]
async fn failures_are_dropped_when_they_have_ended_for_long() {
    let setup = Setup::new(refused);
    setup.ask("refused").await;
    setup.ask("fine").await;
    setup.clock.advance(seconds(5 + 300));
    setup.ask("refused").await;
    let health = setup
        .cache
        .get_or_create(&"refused".to_owned())
        .unwrap()
        .health();
    assert_eq!((setup.requests("refused"), health.failures), (2, 1));
}

#[tokio::test]
async fn an_eviction_for_idleness_keeps_a_cool_down_as_well() {
    let setup = Setup::with(refused, |builder| builder.time_to_idle(seconds(1)));
    setup.ask("refused").await;
    setup.clock.advance(seconds(2));
    setup.ask("fine").await;
    assert_eq!(setup.cache.len(), 1);
    setup.ask("refused").await;
    assert_eq!((setup.made("refused"), setup.requests("refused")), (2, 1));
}

#[tokio::test]
async fn a_success_leaves_nothing_to_remember() {
    let setup = Setup::new(refused);
    setup.ask("mended").await;
    setup.ask("fine").await;
    setup.clock.advance(seconds(1));
    // Made anew, its script begins anew; what counts is that this is the second failure in a row.
    setup.ask("mended").await;
    let health = setup
        .cache
        .get_or_create(&"mended".to_owned())
        .unwrap()
        .health();
    assert_eq!(health.failures, 2);
    let fine = setup
        .cache
        .get_or_create(&"fine".to_owned())
        .unwrap()
        .health();
    assert_eq!((fine.failures, fine.retry_in), (0, None));
}

#[tokio::test]
async fn a_source_made_anew_counts_its_revisions_anew_and_that_ends_no_cool_down() {
    let setup = Setup::new(refused);
    drop(setup.cache.get_or_create(&"refused".to_owned()).unwrap());
    // The first source has seen two sets of credentials when it fails; the second will have seen one.
    setup.sources.lock().unwrap()[0].1.rotate();
    setup.ask("refused").await;
    setup.ask("fine").await;
    setup.ask("refused").await;
    assert_eq!((setup.made("refused"), setup.requests("refused")), (2, 1));
    // Credentials that change from here on end it as ever.
    setup.sources.lock().unwrap()[2].1.rotate();
    setup.ask("refused").await;
    assert_eq!(setup.requests("refused"), 2);
}

#[tokio::test]
async fn a_removal_ends_a_cool_down_whether_the_tenant_is_there_or_evicted() {
    let setup = Setup::new(refused);
    let key = "refused".to_owned();
    setup.ask("refused").await;
    setup.cache.remove(&key);
    setup.ask("refused").await;
    assert_eq!(setup.requests("refused"), 2);
    setup.ask("fine").await;
    setup.cache.remove(&key);
    setup.ask("refused").await;
    assert_eq!(setup.requests("refused"), 3);
}

#[tokio::test]
async fn a_thousand_evicted_failures_are_remembered_however_small_the_cache() {
    let setup = Setup::new(|key| match key {
        "fine" => own_token(key),
        _ => vec![ScriptedReply::from(ErrorKind::InvalidCredentials).repeat()],
    });
    for _ in 0..3 {
        for index in 0..1_000 {
            setup.ask(&format!("r{index}")).await;
        }
    }
    let sources = setup.sources.lock().unwrap();
    let requests: u64 = sources.iter().map(|(_, source)| source.requests()).sum();
    assert_eq!((sources.len(), requests), (3_000, 1_000));
}

#[tokio::test]
async fn when_too_many_failures_are_remembered_those_that_end_first_are_dropped() {
    let setup = Setup::new(|key| match key {
        _ if key.starts_with("short") => vec![ScriptedReply::from(ErrorKind::Unavailable).repeat()],
        _ => vec![ScriptedReply::from(ErrorKind::InvalidCredentials).repeat()],
    });
    for index in 0..1_000 {
        setup.ask(&format!("long{index}")).await;
    }
    for index in 0..2_000 {
        setup.ask(&format!("short{index}")).await;
    }
    for index in 0..1_000 {
        setup.ask(&format!("long{index}")).await;
    }
    let again = (0..1_000).filter(|index| setup.requests(&format!("long{index}")) > 1);
    assert_eq!(again.count(), 0);
}

#[tokio::test]
async fn a_panic_while_the_source_is_made_forgets_no_cool_down() {
    let clock = ManualClock::new();
    let (time, calls) = (clock.clone(), Arc::new(Mutex::new(0)));
    let made = Arc::clone(&calls);
    let sources = Arc::<Mutex<Vec<ScriptedSource>>>::default();
    let all = Arc::clone(&sources);
    let cache = KeyedTokenCache::builder(move |key: &String| {
        if key == "refused" {
            let call = {
                let mut calls = made.lock().unwrap();
                *calls += 1;
                *calls
            };
            assert_ne!(call, 2, "the second time fails on purpose");
            let source = ScriptedSource::new(time.clone(), refused(key));
            all.lock().unwrap().push(source.clone());
            return source;
        }
        ScriptedSource::new(time.clone(), own_token(key))
    })
    .max_capacity(1)
    .clock(clock.clone())
    .build();
    let (refused, fine) = ("refused".to_owned(), "fine".to_owned());
    cache.token(&refused).await.unwrap_err();
    cache.token(&fine).await.unwrap();
    let (panicking, key) = (cache.clone(), refused.clone());
    let panicked = tokio::spawn(async move { panicking.token(&key).await }).await;
    assert!(panicked.unwrap_err().is_panic());
    cache.token(&refused).await.unwrap_err();
    assert_eq!(*calls.lock().unwrap(), 3);
    let requests: u64 = sources
        .lock()
        .unwrap()
        .iter()
        .map(ScriptedSource::requests)
        .sum();
    assert_eq!(requests, 1);
}
