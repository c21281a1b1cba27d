//! The caller's code may use the cache wherever it is called: clocks, recorders, sources, keys.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use ::metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use auth_core::{Clock, ClockReading, TokenSource};

use super::*;

type Cache = KeyedTokenCache<String, Asking>;

/// Changes the cache that it belongs to, which waits for every lock that is held, and counts how often it did.
#[derive(Clone, Default)]
struct Caller {
    cache: Arc<OnceLock<Cache>>,
    calls: Arc<AtomicU64>,
}

impl Caller {
    fn call(&self) {
        if let Some(cache) = self.cache.get() {
            // In a cache of one shard every key waits for the same lock.
            cache.remove(&"nobody".to_owned());
            self.calls.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct AskingClock(ManualClock, Caller);

impl Clock for AskingClock {
    fn now(&self) -> ClockReading {
        self.1.call();
        self.0.now()
    }

    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        self.1.call();
        self.0.sleep(duration)
    }
}

#[derive(Debug)]
struct Asking(ScriptedSource, Caller);

#[async_trait::async_trait]
impl TokenSource for Asking {
    async fn token(&self) -> auth_core::Result<AccessToken> {
        self.1.call();
        self.0.token().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        self.1.call();
        Some(&self.0)
    }

    fn name(&self) -> &'static str {
        self.1.call();
        "asking"
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.1.call();
    }
}

/// Counts nothing, and uses the cache whenever it is asked for a counter.
struct AskingRecorder(Caller);

impl Recorder for AskingRecorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        self.0.call();
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        self.0.call();
        Histogram::noop()
    }
}

/// Fills, overfills and empties a cache; each of the two callers is used or stays silent.
async fn story(clock_calls: &Caller, source_calls: &Caller, own: &[&Caller]) {
    let clock = ManualClock::new();
    let (time, caller) = (clock.clone(), source_calls.clone());
    let cache = KeyedTokenCache::builder(move |key: &String| {
        caller.call();
        let script = match key.as_str() {
            "refused" => vec![ScriptedReply::from(ErrorKind::InvalidCredentials).repeat()],
            _ => own_token(key),
        };
        Asking(ScriptedSource::new(time.clone(), script), caller.clone())
    })
    .max_capacity(2)
    .time_to_idle(seconds(100))
    .clock(AskingClock(clock.clone(), clock_calls.clone()))
    .max_concurrent_refreshes(1)
    .build();
    for caller in own {
        let _ = caller.cache.set(cache.clone());
    }
    for _ in 0..2 {
        for key in ["a", "refused", "b", "c", "a"] {
            let _ = cache.token(&key.to_owned()).await;
            let _ = cache.authorization_header(&key.to_owned()).await;
            clock.advance(seconds(1));
        }
        clock.advance(seconds(200));
    }
    let token = cache.token(&"a".to_owned()).await.unwrap();
    clock.advance(seconds(60));
    cache.invalidate(&"a".to_owned(), &token);
    cache.get_or_create(&"a".to_owned()).unwrap().health();
    cache.remove(&"a".to_owned());
    cache.shutdown().await;
}

/// Runs it on a thread of its own: a deadlock would keep the test for ever, and here it is a failure.
fn ends(story: impl AsyncFnOnce() + Send + 'static) {
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(story());
        done.send(()).unwrap();
    });
    let ended = is_done.recv_timeout(seconds(60));
    assert!(
        ended.is_ok(),
        "the caller's code ran under a lock, or panicked"
    );
}

#[test]
fn a_clock_may_use_the_cache() {
    let caller = Caller::default();
    let calls = Arc::clone(&caller.calls);
    ends(async move || story(&caller, &Caller::default(), &[&caller]).await);
    assert!(calls.load(Ordering::SeqCst) > 20);
}

#[test]
fn a_source_and_the_closure_that_makes_it_may_use_the_cache() {
    let caller = Caller::default();
    let calls = Arc::clone(&caller.calls);
    ends(async move || story(&Caller::default(), &caller, &[&caller]).await);
    assert!(calls.load(Ordering::SeqCst) > 20);
}

#[test]
fn a_recorder_may_use_the_cache() {
    let caller = Caller::default();
    let calls = Arc::clone(&caller.calls);
    ends(async move || {
        let recorder = AskingRecorder(caller.clone());
        let silent = Caller::default();
        let guard = ::metrics::set_default_local_recorder(&recorder);
        story(&silent, &Caller::default(), &[&caller]).await;
        drop(guard);
    });
    assert!(calls.load(Ordering::SeqCst) > 10);
}
