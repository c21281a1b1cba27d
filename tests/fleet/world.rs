//! Runs a fleet of processes for hours of simulated time, and measures what becomes of their calls.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::store::{RecordKind, TokenStore as _};
use auth_core::{TokenCache, Verdict};
use auth_testkit::store::{FaultyTokenStore, MemoryTokenStore, RuntimeClock};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::endpoint::{Endpoint, Source};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// What a case is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) processes: usize,
    pub(crate) duration: Duration,
    pub(crate) token_life: Duration,
    pub(crate) latency: Duration,
    /// How often each process calls the API, on average.
    pub(crate) calls_every: Duration,
    pub(crate) leaders_die: bool,
}

/// What a case came to.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) requests: u64,
    pub(crate) most_at_once: u64,
    pub(crate) calls: u64,
    pub(crate) errors: u64,
    /// Expired tokens that a process got.
    pub(crate) invalid: u64,
    pub(crate) deaths: u64,
    pub(crate) worst_wait: Duration,
}

/// What the story of a case may change.
pub(crate) struct World {
    case: Case,
    clock: RuntimeClock,
    pub(crate) endpoint: Arc<Endpoint>,
    memory: MemoryTokenStore,
    pub(crate) store: FaultyTokenStore,
    counts: Arc<Counts>,
    processes: Mutex<Vec<Arc<AtomicBool>>>,
}

#[derive(Debug, Default)]
struct Counts {
    calls: AtomicU64,
    errors: AtomicU64,
    invalid: AtomicU64,
    deaths: AtomicU64,
    worst_wait: Mutex<Duration>,
}

/// Runs a case; `story` is what happens to the endpoint and the store meanwhile.
pub(crate) fn run(case: Case, story: impl AsyncFnOnce(&World)) -> Figures {
    // The same numbers each time, on this thread: a red build must be about the change that it is a build of.
    fastrand::seed(SEED);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::new(case);
        let ends_at = Instant::now() + case.duration;
        for _ in 0..case.processes {
            world.start();
        }
        story(&world).await;
        tokio::time::sleep_until(ends_at).await;
        world.figures()
    })
}

impl World {
    fn new(case: Case) -> Self {
        let clock = RuntimeClock::new();
        let memory = MemoryTokenStore::new(clock);
        Self {
            case,
            clock,
            endpoint: Arc::new(Endpoint::new(clock, case.latency, case.token_life)),
            store: FaultyTokenStore::new(memory.clone(), clock),
            memory,
            counts: Arc::default(),
            processes: Mutex::default(),
        }
    }

    pub(crate) async fn pass(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    /// Ends some processes and starts as many.
    pub(crate) fn restart(&self, count: usize) {
        let ended: Vec<_> = self.processes.lock().unwrap().drain(..count).collect();
        for process in ended {
            process.store(true, Ordering::Relaxed);
            self.start();
        }
    }

    /// Loses the leases, and the token in one of two cases.
    pub(crate) fn fail_over(&self, loses_token: bool) {
        let kept = self.memory.dump().into_iter();
        let kept = kept.filter(|(key, _)| key.kind() == RecordKind::Token && !loses_token);
        let kept: Vec<_> = kept.collect();
        let memory = self.memory.clone();
        tokio::spawn(async move {
            let mut lives = Vec::new();
            for (key, _) in &kept {
                lives.push(memory.get(key).await.unwrap());
            }
            memory.forget();
            for ((key, bytes), record) in kept.iter().zip(lives) {
                let life = record.and_then(|record| record.life).unwrap();
                memory.put(key, bytes, life).await.unwrap();
            }
        });
    }

    fn start(&self) {
        let has_ended = Arc::new(AtomicBool::new(false));
        self.processes.lock().unwrap().push(Arc::clone(&has_ended));
        let process = Process {
            calls_every: self.case.calls_every,
            clock: self.clock,
            store: self.store.clone(),
            source: Source {
                endpoint: Arc::clone(&self.endpoint),
                is_mortal: self.case.leaders_die,
                death: Arc::new(Notify::new()),
            },
            counts: Arc::clone(&self.counts),
        };
        tokio::spawn(async move { process.live(&has_ended).await });
    }

    fn figures(&self) -> Figures {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Figures {
            requests: self.endpoint.requests(),
            most_at_once: self.endpoint.most_at_once(),
            calls: count(&self.counts.calls),
            errors: count(&self.counts.errors),
            invalid: count(&self.counts.invalid),
            deaths: count(&self.counts.deaths),
            worst_wait: *self.counts.worst_wait.lock().unwrap(),
        }
    }
}

/// A process, which calls the API now and then.
struct Process {
    calls_every: Duration,
    clock: RuntimeClock,
    store: FaultyTokenStore,
    source: Source,
    counts: Arc<Counts>,
}

impl Process {
    async fn live(&self, has_ended: &AtomicBool) {
        let mut cache = self.cache();
        while !has_ended.load(Ordering::Relaxed) {
            let pause = self.calls_every.mul_f64(2.0 * fastrand::f64());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.source.death.notified() => {
                    // Killed, and started anew.
                    self.counts.deaths.fetch_add(1, Ordering::Relaxed);
                    cache = self.cache();
                    continue;
                }
            }
            tokio::select! {
                () = self.call(&cache) => {}
                () = self.source.death.notified() => {
                    self.counts.deaths.fetch_add(1, Ordering::Relaxed);
                    self.counts.errors.fetch_add(1, Ordering::Relaxed);
                    cache = self.cache();
                }
            }
        }
    }

    fn cache(&self) -> TokenCache<Source> {
        TokenCache::builder(self.source.clone())
            .clock(self.clock)
            .token_store(self.store.clone())
            .build()
    }

    /// Calls the API, which may reject the token once.
    async fn call(&self, cache: &TokenCache<Source>) {
        let started = Instant::now();
        for attempt in 0..2 {
            let Ok(token) = cache.token().await else {
                self.counts.errors.fetch_add(1, Ordering::Relaxed);
                break;
            };
            match self.source.endpoint.accepts(&token) {
                Some(true) => {
                    cache.accept(&token);
                    break;
                }
                Some(false) if attempt == 0 => cache.report(&token, Verdict::InvalidToken),
                Some(false) => {
                    self.counts.errors.fetch_add(1, Ordering::Relaxed);
                }
                None => {
                    self.counts.invalid.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        self.counts.calls.fetch_add(1, Ordering::Relaxed);
        let mut worst = self.counts.worst_wait.lock().unwrap();
        *worst = worst.max(started.elapsed());
    }
}

const SEED: u64 = 20_260_101;
