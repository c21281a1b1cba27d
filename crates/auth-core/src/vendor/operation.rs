//! Waits for something that a vendor does after its response: a job, a run.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ApiClient;
use super::outage::{Outage, is_passing};
use crate::cache::no_timer;
use crate::clock::Clock;
use crate::error::{Error, Result};

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
    on_outage: Option<Mutex<OnOutage>>,
}

type Poll<T> = Box<dyn FnMut() -> Pin<Box<dyn Future<Output = Result<T>> + Send>> + Send>;

type OnProgress<T> = Box<dyn FnMut(&T) + Send>;

type OnOutage = Box<dyn FnMut(&Outage) + Send>;

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
            on_outage: None,
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
    ///
    /// A poll that has begun before that ends within the limits of its request.
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

    /// Calls `on_outage` when polls start to fail for a passing reason, and when that reason changes; the next state ends the outage.
    ///
    /// Without it, an outage shows in the logs, and in the error if the wait ends during it.
    ///
    /// # Examples
    /// ```
    /// use auth_core::vendor::{Operation, Wait};
    ///
    /// fn patiently<T: Operation>(wait: Wait<T>) -> Wait<T> {
    ///     wait.on_outage(|outage| {
    ///         let seconds = outage.duration().as_secs();
    ///         eprintln!("no response for {seconds} s: {}", outage.error());
    ///     })
    /// }
    /// ```
    pub fn on_outage(mut self, on_outage: impl FnMut(&Outage) + Send + 'static) -> Self {
        self.on_outage = Some(Mutex::new(Box::new(on_outage)));
        self
    }
}

impl<T: Operation> Wait<T> {
    /// Waits and returns the finished operation, whether it succeeded or not.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) after the time limit, naming the operation and its last state; the errors of a poll, except that one
    /// which fails for a passing reason is repeated, up to [`MAX_FAILURES`](Wait::MAX_FAILURES) times in a row. An error during an outage says how
    /// old the last state is; the error of the last poll is its source. [`ErrorKind::Config`](crate::ErrorKind::Config) if the operation is not finished and the runtime
    /// has no timers to wait with.
    pub async fn outcome(mut self) -> Result<T> {
        self.run()
            .await
            .map_err(|error| error.with_vendor(self.vendor))
    }

    /// How many polls in a row may fail: with the longest pause, an outage of five minutes.
    pub const MAX_FAILURES: u32 = 10;

    async fn run(&mut self) -> Result<T> {
        let started = self.clock.now().monotonic();
        let mut responded = started;
        let mut pause = self.first_pause;
        let mut failures = 0;
        let mut last: Option<String> = None;
        let mut outage: Option<Outage> = None;
        loop {
            let mut wait = pause;
            let poll = self.poll.get_mut().unwrap_or_else(PoisonError::into_inner);
            let polled = poll().await;
            let now = self.clock.now().monotonic();
            match polled {
                Ok(state) => {
                    (failures, responded) = (0, now);
                    if outage.take().is_some() {
                        tracing::info!("the API responds to polls again");
                    }
                    if let Some(on_progress) = &mut self.on_progress {
                        let on_progress = on_progress.get_mut();
                        on_progress.unwrap_or_else(PoisonError::into_inner)(&state);
                    }
                    if state.is_finished() {
                        return Ok(state);
                    }
                    last = Some(state.describe());
                }
                Err(error) if is_passing(&error) => {
                    failures += 1;
                    let is_news = !outage.is_some_and(|outage| outage.is_due_to(&error));
                    wait = wait.max(error.retry_after().unwrap_or_default());
                    let current = Outage::new(now.saturating_sub(responded), error);
                    if failures >= Self::MAX_FAILURES {
                        let message = current.explain(&self.what, last.as_deref());
                        return Err(current.error().clone().with_context(message));
                    }
                    self.report(&current, failures, is_news);
                    outage = Some(current);
                }
                Err(error) => return Err(error),
            }
            let left = self.time_limit.saturating_sub(now.saturating_sub(started));
            if left.is_zero() {
                return Err(self.timed_out(last, outage));
            }
            if !self.clock.can_sleep() {
                return Err(no_timer());
            }
            self.clock.sleep(wait.min(left)).await;
            pause = pause.saturating_add(pause / 2).min(self.max_pause);
        }
    }

    /// Reports a failed poll: to the program if it is news.
    fn report(&mut self, outage: &Outage, failures: u32, is_news: bool) {
        let (kind, error) = (outage.error().kind().as_str(), outage.error());
        if !is_news {
            tracing::debug!(kind, failures, "a poll failed, polling again");
            return;
        }
        tracing::warn!(kind, %error, "the API is unavailable, polling again");
        if let Some(on_outage) = &mut self.on_outage {
            let on_outage = on_outage.get_mut();
            on_outage.unwrap_or_else(PoisonError::into_inner)(outage);
        }
    }

    fn timed_out(&self, last: Option<String>, outage: Option<Outage>) -> Error {
        let limit = self.time_limit.as_secs();
        if let Some(outage) = outage {
            let state = outage.explain(&self.what, last.as_deref());
            return Error::timeout(format!(
                "{state}, and the time limit of {limit} s is over: wait for it again"
            ))
            .with_source(outage.error().clone().into_cause());
        }
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
