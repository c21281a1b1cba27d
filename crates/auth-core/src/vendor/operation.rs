//! Waits for something that a vendor does after its response: a job, a run.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ApiClient;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::retry::transient_kind;

/// The state of something that a vendor does after its response.
pub trait Operation: fmt::Debug + Send + 'static {
    /// Returns true if the state is final.
    fn is_finished(&self) -> bool;

    /// Returns what it is and its state, such as `job 7 is IN_PROGRESS (40 %)`.
    fn describe(&self) -> String;

    /// Returns the error of one that finished without success.
    fn failure(&self) -> Option<Error>;
}

/// A wait for an operation, which starts when it is awaited.
///
/// It polls with pauses that grow, each time with a valid token, so it may last longer than any token. Awaiting it returns the finished operation,
/// or the operation's own error if it failed; [`Wait::outcome`] returns it either way.
///
/// Dropping the future only ends the polling: the operation continues, and can be waited for again.
#[must_use = "nothing happens until it is awaited"]
pub struct Wait<T> {
    /// The mutexes are never locked: they make it `Sync`.
    poll: Mutex<Poll<T>>,
    what: String,
    clock: Arc<dyn Clock>,
    vendor: &'static str,
    time_limit: Duration,
    first_pause: Duration,
    max_pause: Duration,
    on_progress: Option<Mutex<OnProgress<T>>>,
}

type Poll<T> = Box<dyn FnMut() -> Pin<Box<dyn Future<Output = Result<T>> + Send>> + Send>;

type OnProgress<T> = Box<dyn FnMut(&T) + Send>;

impl ApiClient {
    /// Creates a wait for an operation; `what` names it in errors, and `poll` requests its state.
    ///
    /// A poll that fails for a passing reason, such as a 503 or a broken connection, is repeated, so it must change nothing.
    pub fn wait<T: Operation, F>(
        &self,
        what: impl Into<String>,
        mut poll: impl FnMut() -> F + Send + 'static,
    ) -> Wait<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        Wait {
            poll: Mutex::new(Box::new(move || Box::pin(poll()))),
            what: what.into(),
            clock: Arc::clone(self.clock()),
            vendor: self.vendor(),
            time_limit: Wait::<T>::DEFAULT_TIME_LIMIT,
            first_pause: Wait::<T>::FIRST_PAUSE,
            max_pause: Wait::<T>::MAX_PAUSE,
            on_progress: None,
        }
    }
}

impl<T> Wait<T> {
    /// How long is waited in all unless set: longer than any known run, so that a wait ends even if a state never becomes final.
    pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

    /// The first pause unless set: many operations take seconds.
    pub const FIRST_PAUSE: Duration = Duration::from_secs(1);

    /// The longest pause unless set: two requests a minute, far below any rate limit.
    pub const MAX_PAUSE: Duration = Duration::from_secs(30);

    /// The shortest pause: a wait never keeps a server and a thread busy.
    const MIN_PAUSE: Duration = Duration::from_millis(10);

    /// Sets how long is waited in all, on the client's clock; more is an error of kind [`Timeout`](crate::ErrorKind::Timeout).
    pub fn time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// Sets the first pause between two polls, and the longest one; in between they grow by half each time.
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first.max(Self::MIN_PAUSE);
        self.max_pause = longest.max(self.first_pause);
        self
    }

    /// Calls `on_progress` with each state that is received, the final one included.
    pub fn on_progress(mut self, on_progress: impl FnMut(&T) + Send + 'static) -> Self {
        self.on_progress = Some(Mutex::new(Box::new(on_progress)));
        self
    }
}

impl<T: Operation> Wait<T> {
    /// Waits and returns the finished operation, whether it succeeded or not.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] after the time limit, naming the operation and its last state; the errors of a poll, except that one which fails
    /// for a passing reason is repeated, up to [`MAX_FAILURES`](Wait::MAX_FAILURES) times in a row.
    pub async fn outcome(mut self) -> Result<T> {
        self.run()
            .await
            .map_err(|error| error.with_vendor(self.vendor))
    }

    /// How many polls in a row may fail: with the longest pause, an outage of five minutes.
    pub const MAX_FAILURES: u32 = 10;

    async fn run(&mut self) -> Result<T> {
        let started = self.clock.now().monotonic();
        let mut pause = self.first_pause;
        let mut failures = 0;
        let mut last: Option<String> = None;
        loop {
            let mut wait = pause;
            let poll = self.poll.get_mut().unwrap_or_else(PoisonError::into_inner);
            let polled = poll();
            match polled.await {
                Ok(state) => {
                    failures = 0;
                    if let Some(on_progress) = &mut self.on_progress {
                        let on_progress = on_progress.get_mut();
                        on_progress.unwrap_or_else(PoisonError::into_inner)(&state);
                    }
                    if state.is_finished() {
                        return Ok(state);
                    }
                    last = Some(state.describe());
                }
                Err(error) if is_passing(&error) && failures + 1 < Self::MAX_FAILURES => {
                    failures += 1;
                    tracing::debug!(
                        kind = error.kind().as_str(),
                        failures,
                        "a poll failed, polling again"
                    );
                    wait = wait.max(error.retry_after().unwrap_or_default());
                }
                Err(error) => return Err(error),
            }
            let elapsed = self.clock.now().monotonic().saturating_sub(started);
            let left = self.time_limit.saturating_sub(elapsed);
            if left.is_zero() {
                return Err(self.timed_out(last));
            }
            self.clock.sleep(wait.min(left)).await;
            pause = (pause + pause / 2).min(self.max_pause);
        }
    }

    fn timed_out(&self, last: Option<String>) -> Error {
        let limit = self.time_limit.as_secs();
        let state = last.unwrap_or_else(|| format!("the state of {} is unknown", self.what));
        Error::timeout(format!(
            "{state} after {limit} s, and continues: wait for it again, with a longer time limit"
        ))
    }
}

impl<T: Operation> IntoFuture for Wait<T> {
    type Output = Result<T>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let vendor = self.vendor;
            let finished = self.outcome().await?;
            match finished.failure() {
                Some(error) => Err(error.with_vendor(vendor)),
                None => Ok(finished),
            }
        })
    }
}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("what", &self.what)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

/// A poll changes nothing, so it may be repeated although its method is that of a create.
fn is_passing(error: &Error) -> bool {
    let by_kind = matches!(
        error.kind(),
        ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Throttled | ErrorKind::Unavailable
    );
    let by_status = error.status().and_then(transient_kind).is_some();
    error.is_retryable() || by_kind || by_status
}
