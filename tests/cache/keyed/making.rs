//! The closure that makes sources: once for each tenant, without a lock, and clear when it panics or asks for itself.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, OnceLock, mpsc};
use std::thread;

use super::*;

type Cache = KeyedTokenCache<String, ScriptedSource>;

/// How often the closure was called for each tenant.
type Calls = Arc<Mutex<HashMap<String, u32>>>;

/// A cache whose closure is told its own cache, and how it is to make a source.
fn cache_of(make: impl Fn(&Cache, &str) + Send + Sync + 'static) -> (Cache, Calls) {
    let clock = ManualClock::new();
    let calls = Calls::default();
    let own = Arc::new(OnceLock::<Cache>::new());
    let (counted, time, shared) = (Arc::clone(&calls), clock.clone(), Arc::clone(&own));
    let cache = KeyedTokenCache::builder(move |key: &String| {
        *counted.lock().unwrap().entry(key.clone()).or_default() += 1;
        make(shared.get().unwrap(), key);
        ScriptedSource::new(time.clone(), own_token(key))
    })
    .clock(clock)
    .build();
    own.set(cache.clone()).unwrap();
    (cache, calls)
}

fn calls(calls: &Calls, key: &str) -> u32 {
    calls.lock().unwrap().get(key).copied().unwrap_or_default()
}

fn key(name: &str) -> String {
    name.to_owned()
}

/// A cache whose closure stops inside its first call: it says so on the first channel, and goes on at the second.
fn cache_that_stops() -> (Cache, Calls, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (entered, is_entered) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    let first = Mutex::new(Some((entered, is_released)));
    let (cache, made) = cache_of(move |_, _| {
        let first = first.lock().unwrap().take();
        if let Some((entered, is_released)) = first {
            entered.send(()).unwrap();
            is_released.recv().unwrap();
        }
    });
    (cache, made, is_entered, release)
}

#[tokio::test]
async fn a_source_is_made_once_though_others_ask_while_it_is_being_made() {
    let (cache, made, is_entered, release) = cache_that_stops();
    let maker = cache.clone();
    let maker = thread::spawn(move || maker.get_or_create(&key("a")).unwrap());
    is_entered.recv().unwrap();
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.token(&key("a")).await })
        })
        .collect();
    // All of them have looked by now, and the first call of the closure has not ended.
    settle().await;
    assert_eq!(calls(&made, "a"), 1, "a second caller called the closure");
    assert!(callers.iter().all(|caller| !caller.is_finished()));
    // No lock is held meanwhile.
    assert!(cache.is_empty());
    cache.remove(&key("b"));
    release.send(()).unwrap();
    let kept = maker.join().unwrap();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap().expose_secret(), "a");
    }
    assert!(
        kept.cached_token().is_some(),
        "all of them got the same cache"
    );
    assert_eq!((calls(&made, "a"), cache.len()), (1, 1));
}

#[test]
fn threads_that_ask_while_a_source_is_being_made_get_the_one_that_is_made() {
    let (cache, made, is_entered, release) = cache_that_stops();
    let others = Barrier::new(9);
    thread::scope(|scope| {
        let mut callers = vec![scope.spawn(|| cache.get_or_create(&key("a")).unwrap())];
        is_entered.recv().unwrap();
        callers.extend((0..8).map(|_| {
            scope.spawn(|| {
                others.wait();
                cache.get_or_create(&key("a")).unwrap()
            })
        }));
        others.wait();
        release.send(()).unwrap();
        for caller in callers {
            caller.join().unwrap();
        }
    });
    assert_eq!((calls(&made, "a"), cache.len()), (1, 1));
}

#[tokio::test]
async fn a_task_that_waits_for_a_source_does_not_block_its_thread() {
    let (entered, is_entered) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    let is_released = Mutex::new(is_released);
    let (cache, made) = cache_of(move |_, name| {
        if name == "slow" {
            entered.send(()).unwrap();
            is_released.lock().unwrap().recv().unwrap();
        }
    });
    let maker = cache.clone();
    let maker = thread::spawn(move || maker.get_or_create(&key("slow")).unwrap());
    is_entered.recv().unwrap();
    let waiting = cache.clone();
    let waiting = tokio::spawn(async move { waiting.token(&key("slow")).await });
    settle().await;
    // This thread is the only one of its runtime, and it goes on.
    cache.token(&key("other")).await.unwrap();
    assert!(!waiting.is_finished());
    release.send(()).unwrap();
    maker.join().unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().expose_secret(), "slow");
    assert_eq!(calls(&made, "slow"), 1);
}

#[tokio::test]
async fn a_task_that_stops_waiting_for_a_source_keeps_nobody() {
    let (cache, made, is_entered, release) = cache_that_stops();
    let maker = cache.clone();
    let maker = thread::spawn(move || maker.get_or_create(&key("a")).unwrap());
    is_entered.recv().unwrap();
    let waiting = cache.clone();
    let waiting = tokio::spawn(async move { waiting.token(&key("a")).await });
    settle().await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    release.send(()).unwrap();
    maker.join().unwrap();
    cache.token(&key("a")).await.unwrap();
    assert_eq!(calls(&made, "a"), 1);
}

#[test]
fn the_closure_may_ask_for_other_tenants() {
    let (cache, made) = cache_of(|cache, name| {
        if let Some(parent) = name.strip_prefix("child of ") {
            cache.get_or_create(&parent.to_owned()).unwrap();
        }
    });
    cache.get_or_create(&key("child of child of root")).unwrap();
    for name in ["root", "child of root", "child of child of root"] {
        assert_eq!(calls(&made, name), 1, "{name}");
    }
}

#[test]
fn the_closure_that_asks_for_its_own_tenant_gets_an_error_and_goes_on() {
    let (cache, made) = cache_of(|cache, name| {
        let error = cache.get_or_create(&name.to_owned()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("waits for itself"), "{error}");
    });
    cache.get_or_create(&key("a")).unwrap();
    assert_eq!(calls(&made, "a"), 1);
}

#[test]
fn the_closure_that_awaits_a_token_of_its_own_tenant_gets_an_error() {
    let (cache, _) = cache_of(|cache, name| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let error = runtime.block_on(cache.token(&name.to_owned())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    });
    cache.get_or_create(&key("a")).unwrap();
}

#[test]
fn two_closures_that_ask_for_each_others_tenants_do_not_wait_for_ever() {
    let both_are_inside = Barrier::new(2);
    let errors = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&errors);
    let (cache, made) = cache_of(move |cache, name| {
        if !matches!(name, "a" | "b") {
            return;
        }
        both_are_inside.wait();
        let other = if name == "a" { "b" } else { "a" };
        if let Err(error) = cache.get_or_create(&other.to_owned()) {
            assert_eq!(error.kind(), ErrorKind::Config);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    thread::scope(|scope| {
        for name in ["a", "b"] {
            let cache = &cache;
            scope.spawn(move || cache.get_or_create(&key(name)).unwrap());
        }
    });
    assert_eq!(errors.load(Ordering::SeqCst), 1, "the one that came second");
    assert_eq!((calls(&made, "a"), calls(&made, "b")), (1, 1));
    cache.get_or_create(&key("c")).unwrap();
}

#[test]
fn a_panic_of_the_closure_spoils_nothing() {
    let attempts = AtomicU32::new(0);
    let (cache, made) = cache_of(move |_, name| {
        if name == "a" {
            assert!(
                attempts.fetch_add(1, Ordering::SeqCst) > 0,
                "fails on purpose"
            );
        }
    });
    let failing = cache.clone();
    let panicked = thread::spawn(move || failing.get_or_create(&key("a")).map(drop)).join();
    assert!(panicked.is_err());
    assert!(cache.is_empty());
    cache.get_or_create(&key("b")).unwrap();
    cache.get_or_create(&key("a")).unwrap();
    assert_eq!((calls(&made, "a"), cache.len()), (2, 2));
}

#[tokio::test]
async fn those_who_wait_for_a_closure_that_panics_call_it_themselves() {
    let (cache, made, is_entered, release) = cache_that_stops();
    let failing = cache.clone();
    let failing = thread::spawn(move || failing.get_or_create(&key("a")).map(drop));
    is_entered.recv().unwrap();
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.token(&key("a")).await })
        })
        .collect();
    settle().await;
    // What the closure waits for will not come, and it panics.
    drop(release);
    assert!(failing.join().is_err());
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(calls(&made, "a"), 2);
}

#[test]
fn a_tenant_that_is_removed_while_its_source_is_made_is_made_anew() {
    let (cache, made) = cache_of(|cache, name| {
        if cache.is_empty() && name == "a" {
            // What was read before this is outdated.
            cache.remove(&name.to_owned());
            cache.get_or_create(&key("mark")).unwrap();
        }
    });
    cache.get_or_create(&key("a")).unwrap();
    assert_eq!((calls(&made, "a"), cache.len()), (2, 2));
}

#[tokio::test]
async fn a_source_that_is_being_made_at_a_shutdown_is_not_kept() {
    let (cache, made) = cache_of(|cache, _| {
        let ending = cache.clone();
        thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                runtime.unwrap().block_on(ending.shutdown());
            });
        });
    });
    for _ in 0..2 {
        let error = cache.token(&key("a")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
    }
    assert_eq!((calls(&made, "a"), cache.len()), (1, 0));
}

#[test]
fn a_tenant_that_is_removed_whenever_its_source_is_made_is_an_error() {
    let (cache, made) = cache_of(|cache, name| cache.remove(&name.to_owned()));
    let error = cache.get_or_create(&key("a")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("must not remove"), "{error}");
    assert!(calls(&made, "a") < 20);
    assert!(cache.is_empty());
}
