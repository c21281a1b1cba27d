//! A limit on the concurrent token requests of many caches, which dead refreshes cannot exhaust.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::futures::with_deadline;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};

/// Grants permits for token requests, first come, first served.
///
/// A semaphore would suffice if every task that waits or has a permit kept running. A task whose runtime is no longer driven does
/// not, and is not dropped either: it would keep its permit, or its place at the front, forever.
/// So a permit is a lease, a granted permit must be claimed soon, and a waiting task must renew its place regularly.
#[derive(Debug)]
pub(crate) struct RefreshLimiter {
    limit: usize,
    queue: Mutex<Queue>,
}

/// A permit to send one token request, or a place in the queue for it; released when it is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    limiter: Arc<RefreshLimiter>,
    number: u64,
    granted: Arc<Notify>,
}

impl Permit {
    /// Waits until it is this one's turn, again if it was paused; see [`RefreshLimiter::acquire`].
    pub(super) async fn wait(
        &self,
        clock: &dyn Clock,
        patience: Duration,
        limit: Duration,
    ) -> Result<()> {
        // A busy executor may end the work late.
        let lease = limit.saturating_add(CLAIM);
        let started = clock.now().monotonic();
        loop {
            let now = clock.now().monotonic();
            let left = patience.saturating_sub(now.saturating_sub(started));
            if left.is_zero() {
                return Err(self.limiter.no_permit(patience));
            }
            if self.limiter.claim(self, now, lease) {
                return Ok(());
            }
            // Woken by the grant; the timer detects the permits of dead tasks, which are never released.
            let granted = self.granted.notified();
            let slept = with_deadline(granted, clock.sleep(left.min(CLAIM))).await;
            if slept.is_none() && clock.now().monotonic() == now {
                // A clock whose sleeps take no time would make this spin, and block the thread for the tasks that have permits.
                self.granted.notified().await;
            }
        }
    }

    /// Lets another one have its turn; it keeps its number, and so goes before all that came later.
    #[cfg(feature = "store")]
    pub(super) fn pause(&self) {
        self.limiter.give_up(self.number);
    }
}

#[derive(Debug, Default)]
struct Queue {
    last_number: u64,
    /// The latest time that any caller has read, on the monotonic clock.
    now: Duration,
    /// When each granted permit ends.
    granted: BTreeMap<u64, Duration>,
    /// The waiting tasks, in order of arrival.
    waiting: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    granted: Arc<Notify>,
    /// When it last renewed its place.
    seen: Duration,
}

impl RefreshLimiter {
    /// Creates a limiter with this many concurrent permits, at least one.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            queue: Mutex::default(),
        }
    }

    /// Waits for a permit, for at most `patience`; it is for work that takes no longer than `limit`.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] if there was none within `patience`.
    pub(super) async fn acquire(
        self: &Arc<Self>,
        clock: &dyn Clock,
        patience: Duration,
        limit: Duration,
    ) -> Result<Permit> {
        // From here on, dropping this future gives up the place.
        let permit = self.enqueue();
        permit.wait(clock, patience, limit).await?;
        Ok(permit)
    }

    fn no_permit(&self, patience: Duration) -> Error {
        let limit = self.limit;
        let message = format!(
            "no token was requested within {patience:.1?}, since the limit of {limit} concurrent refreshes was reached"
        );
        Error::new(ErrorKind::Timeout, message)
    }

    fn enqueue(self: &Arc<Self>) -> Permit {
        let mut queue = self.lock();
        queue.last_number += 1;
        Permit {
            limiter: Arc::clone(self),
            number: queue.last_number,
            granted: Arc::new(Notify::new()),
        }
    }

    /// Claims the permit if it was granted; returns false if it is not its turn yet.
    fn claim(&self, permit: &Permit, now: Duration, lease: Duration) -> bool {
        let mut queue = self.lock();
        queue.now = queue.now.max(now);
        let now = queue.now;
        queue.granted.retain(|_, ends_at| *ends_at > now);
        if !queue.granted.contains_key(&permit.number) {
            // A task that missed its grant gets its old place back, which its number identifies.
            let waiting = Waiting {
                granted: Arc::clone(&permit.granted),
                seen: now,
            };
            queue.waiting.insert(permit.number, waiting);
        }
        let woken = queue.grant(self.limit);
        let claimed = match queue.granted.get_mut(&permit.number) {
            Some(ends_at) => {
                *ends_at = now.saturating_add(lease);
                true
            }
            None => false,
        };
        drop(queue);
        wake(woken);
        claimed
    }

    fn give_up(&self, number: u64) {
        let mut queue = self.lock();
        queue.waiting.remove(&number);
        let woken = match queue.granted.remove(&number) {
            Some(_) => queue.grant(self.limit),
            None => Vec::new(),
        };
        drop(queue);
        wake(woken);
    }

    /// The queue is consistent after every single change, so a panic is harmless.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Grants free permits to the first waiting tasks, skipping dead ones; returns the tasks to wake.
    ///
    /// It uses the latest time that any caller has read: a clock is the caller's code, which must not run under the lock, nor
    /// while a permit is dropped because a panic unwinds.
    fn grant(&mut self, limit: usize) -> Vec<Arc<Notify>> {
        let mut woken = Vec::new();
        while self.granted.len() < limit {
            let Some((number, waiting)) = self.waiting.pop_first() else {
                break;
            };
            if self.now.saturating_sub(waiting.seen) <= ALIVE {
                self.granted.insert(number, self.now.saturating_add(CLAIM));
                woken.push(waiting.granted);
            }
        }
        woken
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.give_up(self.number);
    }
}

/// A waker is the executor's code, so it runs without the lock.
fn wake(granted: impl IntoIterator<Item = Arc<Notify>>) {
    for granted in granted {
        granted.notify_one();
    }
}

/// How long a grant waits to be claimed, and how often waiting tasks check for dead ones.
///
/// Longer than a busy executor delays a woken task, and short compared to the time that a caller waits for a token.
const CLAIM: Duration = Duration::from_secs(1);

/// A waiting task checks once per [`CLAIM`]; one that has missed several checks is considered dead.
const ALIVE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
