//! What must hold in whatever order threads meet in the cache: its own code, thousands of orders, the same ones each time.
//!
//! An order that breaks a promise is printed as a string that `shuttle::replay` takes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod source;

use std::sync::Arc;
use std::task::{Context, Waker};

use model::{CacheState, ErrorKind, RefreshPolicy, Result, TokenCache, the_next_task_dies};
use shuttle::future::block_on;
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::thread::{self, JoinHandle};
use shuttle::{Config, Runner};

use self::source::{Source, Time};

#[derive(Clone)]
struct Setup {
    clock: Time,
    source: Arc<Source>,
    cache: TokenCache<Arc<Source>>,
}

impl Setup {
    fn new(script: &'static [&'static str]) -> Self {
        let clock = Time::default();
        let source = Arc::new(Source::new(clock.clone(), script));
        let policy = RefreshPolicy::new()
            .with_max_attempts(1)
            .with_jitter(Some(0.0));
        let cache = TokenCache::builder(Arc::clone(&source))
            .refresh_policy(policy)
            .clock(clock.clone())
            .build();
        Self {
            clock,
            source,
            cache,
        }
    }

    /// A cache whose first token is due.
    fn stale(script: &'static [&'static str]) -> Self {
        let setup = Self::new(script);
        setup.token().unwrap();
        setup.clock.advance(2_700);
        setup
    }

    fn token(&self) -> Result<String> {
        let token = block_on(self.cache.token())?;
        Ok(token.expose_secret().to_owned())
    }

    /// The API refuses whatever token this caller gets, as soon as it is old enough for that.
    fn refuse(&self) -> Option<String> {
        let token = block_on(self.cache.token()).ok()?;
        self.clock.advance(10);
        self.cache.invalidate(&token);
        Some(token.expose_secret().to_owned())
    }

    fn run<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let setup = self.clone();
        thread::spawn(move || act(&setup))
    }

    /// Once nothing runs, what callers without a lock see is what the slot holds.
    fn agrees(&self) {
        while self.cache.health().refreshing_for.is_some() {
            thread::yield_now();
        }
        let (health, published) = (self.cache.health(), self.cache.cached_token());
        let is_usable = matches!(health.state, CacheState::Fresh | CacheState::Stale);
        assert_eq!(is_usable, published.is_some(), "{health:?}");
    }
}

#[test]
fn callers_of_an_empty_cache_share_one_exchange_and_all_get_its_token() {
    explore(|| {
        let setup = Setup::new(&["t1"]);
        let callers = [(); 3].map(|()| setup.run(Setup::token));
        for caller in callers {
            assert_eq!(caller.join().unwrap().unwrap(), "t1");
        }
        assert_eq!(setup.source.requests(), 1);
        setup.agrees();
    });
}

#[test]
fn callers_of_a_due_token_start_one_exchange_behind_it() {
    explore(|| {
        let setup = Setup::stale(&["t1", "t2"]);
        let callers = [(); 3].map(|()| setup.run(Setup::token));
        for caller in callers {
            caller.join().unwrap().unwrap();
        }
        setup.agrees();
        // They never wait for the lock, so whoever meets somebody there leaves the refresh to the next call.
        setup.token().unwrap();
        setup.agrees();
        assert_eq!(setup.token().unwrap(), "t2");
        assert_eq!(setup.source.requests(), 2);
    });
}

#[test]
fn a_token_that_is_refused_as_it_arrives_is_not_published_again() {
    explore(|| {
        let setup = Setup::new(&["t1", "t2"]);
        let (refusing, asking) = (setup.run(Setup::refuse), setup.run(Setup::token));
        let refused = refusing.join().unwrap();
        asking.join().unwrap().unwrap();
        setup.agrees();
        assert_eq!(refused.as_deref(), Some("t1"));
        assert_eq!(setup.token().unwrap(), "t2");
    });
}

#[test]
fn a_refused_token_is_never_served_again_though_its_refresh_races_and_gives_it_again() {
    for script in [&["t1", "t2"][..], &["t1", "t1"][..]] {
        explore(move || {
            let setup = Setup::stale(script);
            let rejected = setup.cache.cached_token().unwrap();
            let asking = setup.run(Setup::token);
            let refusing = setup.run(move |setup| {
                setup.cache.invalidate(&rejected);
                // A second one that came just before is too young to be discarded.
                let is_discarded = setup.cache.cached_token().is_none();
                let next = setup.token();
                assert!(
                    !is_discarded || next.is_ok_and(|token| token != "t1") || script[1] == "t1"
                );
                is_discarded
            });
            let is_discarded = refusing.join().unwrap();
            let _ = asking.join().unwrap();
            setup.agrees();
            let serves_it = setup
                .cache
                .cached_token()
                .is_some_and(|token| token.expose_secret() == "t1");
            assert!(!is_discarded || !serves_it);
        });
    }
}

#[test]
fn whoever_refuses_an_old_token_leaves_the_new_one_alone() {
    explore(|| {
        let setup = Setup::stale(&["t1", "t2", "t3"]);
        let old = setup.cache.cached_token().unwrap();
        let refusing = [(); 3].map(|()| {
            let old = old.clone();
            setup.run(move |setup| {
                setup.cache.invalidate(&old);
                setup.token().unwrap()
            })
        });
        for caller in refusing {
            assert_eq!(caller.join().unwrap(), "t2");
        }
        assert_eq!(setup.source.requests(), 2);
        setup.agrees();
    });
}

#[test]
fn a_caller_that_gives_up_takes_nothing_from_the_others() {
    explore(|| {
        let setup = Setup::new(&["t1"]);
        let leaving = setup.run(|setup| {
            let mut call = Box::pin(setup.cache.token());
            let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        });
        let staying = [(); 2].map(|()| setup.run(Setup::token));
        leaving.join().unwrap();
        for caller in staying {
            assert_eq!(caller.join().unwrap().unwrap(), "t1");
        }
        assert_eq!(setup.source.requests(), 1);
        setup.agrees();
    });
}

#[test]
fn a_refresh_that_dies_is_taken_over_once_and_nobody_is_forgotten() {
    explore(|| {
        let setup = Setup::new(&["t1"]);
        the_next_task_dies();
        let callers = [(); 3].map(|()| setup.run(Setup::token));
        for caller in callers {
            assert_eq!(caller.join().unwrap().unwrap(), "t1");
        }
        assert_eq!(setup.source.requests(), 1);
        setup.agrees();
    });
}

#[test]
fn a_refresh_that_dies_behind_a_due_token_costs_callers_nothing() {
    explore(|| {
        let setup = Setup::stale(&["t1", "t2"]);
        the_next_task_dies();
        let callers = [(); 3].map(|()| setup.run(Setup::token));
        for caller in callers {
            caller.join().unwrap().unwrap();
        }
        setup.agrees();
        setup.clock.advance(3_600);
        assert_eq!(setup.token().unwrap(), "t2");
    });
}

#[test]
fn nothing_is_handed_out_after_a_shutdown_whatever_lands_then() {
    for make in [|| Setup::new(&["t1"]), || Setup::stale(&["t1", "t2"])] {
        explore(move || {
            let setup = make();
            let callers = [(); 2].map(|()| setup.run(Setup::token));
            let closing = setup.run(|setup| {
                block_on(setup.cache.shutdown());
                assert!(setup.cache.cached_token().is_none());
                assert_eq!(setup.token().unwrap_err().kind(), ErrorKind::Closed);
            });
            for caller in callers {
                if let Err(error) = caller.join().unwrap() {
                    assert_eq!(error.kind(), ErrorKind::Closed);
                }
            }
            closing.join().unwrap();
            assert!(setup.cache.cached_token().is_none());
            assert_eq!(setup.cache.health().state, CacheState::Closed);
        });
    }
}

#[test]
fn a_change_of_name_leaves_slot_and_publication_agreed() {
    for script in [&["t1", "t2", "t3"][..], &["t1", ""][..]] {
        explore(move || {
            let setup = Setup::stale(script);
            let renaming = setup.run(|setup| setup.source.rename("second"));
            let refusing = setup.run(Setup::refuse);
            let asking = setup.run(Setup::token);
            renaming.join().unwrap();
            refusing.join().unwrap();
            let _ = asking.join().unwrap();
            setup.agrees();
        });
    }
}

/// Plays a story in many orders: some drawn evenly, some by few but far-reaching changes of turn.
fn explore(story: impl Fn() + Send + Sync + 'static) {
    let story = Arc::new(story);
    let evenly = Arc::clone(&story);
    let scheduler = RandomScheduler::new_from_seed(SEED, ORDERS);
    Runner::new(scheduler, Config::default()).run(move || evenly());
    let scheduler = PctScheduler::new_from_seed(SEED, CHANGES, ORDERS);
    Runner::new(scheduler, Config::default()).run(move || story());
}

/// The same orders each time: a red build must be about the change that it is a build of.
const SEED: u64 = 20_260_101;

/// Each fault that was put in to try this, a dozen of them, was found within as many.
const ORDERS: usize = 300;

/// Changes of turn at unlucky points; few faults need more than three.
const CHANGES: usize = 3;
