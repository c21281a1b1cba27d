//! The time that all clones of a clock share, and who waits for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

/// A deadline on the monotonic clock and the number of the sleep, so that equal deadlines keep their order.
pub(super) type TimerKey = (Duration, u64);

/// Both clocks and the sleeps on them.
pub(super) struct Time {
    pub(super) monotonic: Duration,
    pub(super) wall: Duration,
    pub(super) timers: BTreeMap<TimerKey, Waker>,
    pub(super) sleeps: u64,
}

/// A handle on the time; a clone is one on the same time.
#[derive(Clone)]
pub(super) struct SharedTime(Arc<Mutex<Time>>);

impl SharedTime {
    pub(super) fn new(monotonic: Duration, wall: Duration) -> Self {
        Self(Arc::new(Mutex::new(Time {
            monotonic,
            wall,
            timers: BTreeMap::new(),
            sleeps: 0,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves both clocks forward and wakes every sleeper whose time came, the earliest first.
    pub(super) fn advance(&self, duration: Duration) {
        let due = {
            let mut time = self.lock();
            time.monotonic = time.monotonic.saturating_add(duration);
            time.wall = time.wall.saturating_add(duration);
            // Keys up to and including this instant are due, whatever their number.
            let last_due = (time.monotonic, u64::MAX);
            let pending = time.timers.split_off(&last_due);
            std::mem::replace(&mut time.timers, pending)
        };
        // A waker may run foreign code, which may read this clock: the lock is free by now.
        for waker in due.into_values() {
            waker.wake();
        }
    }

    /// Returns the time until the end of the earliest sleep.
    pub(super) fn next_timer(&self) -> Option<Duration> {
        let time = self.lock();
        let ((deadline, _), _) = time.timers.first_key_value()?;
        Some(deadline.saturating_sub(time.monotonic))
    }

    /// Returns a handle that does not keep the time alive.
    pub(super) fn downgrade(&self) -> WeakTime {
        WeakTime(Arc::downgrade(&self.0))
    }
}

/// A handle on a time that may be gone.
pub(super) struct WeakTime(Weak<Mutex<Time>>);

impl WeakTime {
    pub(super) fn upgrade(&self) -> Option<SharedTime> {
        self.0.upgrade().map(SharedTime)
    }
}
