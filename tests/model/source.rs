//! A source that notices when two exchanges meet, and a clock that stands still until somebody moves it.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use model::{AccessToken, Clock, ClockReading, Result, TokenSource, point};

/// Gives the tokens of its script in turn, the last one for ever; an empty one is a failure.
#[derive(Debug)]
pub(crate) struct Source {
    clock: Time,
    script: &'static [&'static str],
    requests: AtomicUsize,
    is_running: AtomicBool,
    name: Mutex<Arc<str>>,
}

impl Source {
    pub(crate) fn new(clock: Time, script: &'static [&'static str]) -> Self {
        Self {
            clock,
            script,
            requests: AtomicUsize::new(0),
            is_running: AtomicBool::new(false),
            name: Mutex::new("first".into()),
        }
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(crate) fn rename(&self, name: &str) {
        *self.name.lock().unwrap() = name.into();
    }
}

#[async_trait]
impl TokenSource for Source {
    async fn token(&self) -> Result<AccessToken> {
        let requested_at = self.clock.now();
        let was_running = self.is_running.swap(true, Ordering::SeqCst);
        assert!(!was_running, "two exchanges at once");
        let _running = Running(self);
        let turn = self.requests.fetch_add(1, Ordering::SeqCst);
        shuttle::future::yield_now().await;
        let text = self.script[turn.min(self.script.len() - 1)];
        AccessToken::new(text, requested_at, LIFETIME)
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn identity(&self) -> Option<Arc<str>> {
        point();
        Some(Arc::clone(&self.name.lock().unwrap()))
    }
}

/// Ends the exchange when it completes or is dropped.
struct Running<'a>(&'a Source);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.is_running.store(false, Ordering::SeqCst);
    }
}

/// Both clocks in one; nothing ever times out, so whoever is left waiting is a deadlock that shuttle reports.
#[derive(Debug, Clone, Default)]
pub(crate) struct Time(Arc<Mutex<Duration>>);

impl Time {
    pub(crate) fn advance(&self, seconds: u64) {
        point();
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }
}

impl Clock for Time {
    fn now(&self) -> ClockReading {
        let now = *self.0.lock().unwrap();
        ClockReading::new(now, now)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(pending())
    }
}

/// Due after 2,690 s, not handed out after 3,590 s.
const LIFETIME: Duration = Duration::from_secs(3_600);
