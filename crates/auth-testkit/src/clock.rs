//! A clock that advances only when a test advances it, or when all tasks wait for it.

mod time;
mod idle;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::{Clock, ClockReading};

use self::idle::Idle;
use self::time::{SharedTime, Time, TimerKey};

/// Tells the time that a test has set, and wakes sleepers when the test moves it.
///
/// A clone shows and moves the same time.
/// The clock needs no runtime: its sleeps are plain futures that any executor can drive.
///
/// With [`ManualClock::new`] nothing but the test moves time, so a task that sleeps on the clock waits until another
/// one calls [`advance`](Self::advance); awaiting such a task before that never returns.
/// With [`ManualClock::auto_advancing`], the clock advances automatically to the end of the next sleep once it is unused.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth_core::Clock;
/// use auth_testkit::ManualClock;
///
/// let clock = ManualClock::new();
/// let start = clock.now();
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().since(start), Duration::from_secs(90));
/// ```
#[derive(Clone)]
pub struct ManualClock {
    time: SharedTime,
    /// Advances an auto-advancing clock; absent for other clocks.
    idle: Option<Arc<Idle>>,
}

impl ManualClock {
    /// Creates a clock whose wall shows 2026-01-01 00:00 UTC, on a machine that has been up for a day.
    pub fn new() -> Self {
        Self {
            time: SharedTime::new(START_MONOTONIC, START_WALL),
            idle: None,
        }
    }

    /// Creates a clock as [`ManualClock::new`] does that advances automatically whenever all tasks wait for it.
    ///
    /// If a task sleeps on the clock and for 100 ms of real time no task reads it, advances it or starts a sleep, it
    /// advances to the end of the earliest sleep. So pauses between attempts and cool-downs pass at once, while a request
    /// that gets a response within that time does not time out. On an overloaded machine it waits longer, for up to ten seconds.
    /// A clock that is read continuously advances once a second.
    /// The test may still advance it as well.
    pub fn auto_advancing() -> Self {
        Self {
            idle: Some(Arc::default()),
            ..Self::new()
        }
    }

    /// Moves both clocks forward and wakes every sleeper whose time came, the earliest first.
    ///
    /// Sleeping tasks are woken, not run: they see the new time when their executor polls them next.
    pub fn advance(&self, duration: Duration) {
        self.stir();
        self.time.advance(duration);
    }

    /// Lets the machine sleep: the wall clock goes on, the monotonic clock and its timers stop.
    pub fn suspend(&self, duration: Duration) {
        self.set_wall_forward(duration);
    }

    /// Sets the wall clock forward, as an administrator or a time server does; no timer fires.
    pub fn set_wall_forward(&self, duration: Duration) {
        let mut time = self.lock();
        time.wall = time.wall.saturating_add(duration);
    }

    /// Sets the wall clock back, at most to 1970-01-01 00:00 UTC; no timer is put off.
    pub fn set_wall_back(&self, duration: Duration) {
        let mut time = self.lock();
        time.wall = time.wall.saturating_sub(duration);
    }

    /// Returns the time until the end of the earliest sleep, or `None` if no task sleeps.
    ///
    /// A sleep counts from its first poll until it completes or is dropped.
    pub fn next_timer(&self) -> Option<Duration> {
        self.time.next_timer()
    }

    /// Records that the clock is used.
    fn stir(&self) {
        if let Some(idle) = &self.idle {
            idle.stir();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Time> {
        self.time.lock()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> ClockReading {
        self.stir();
        let time = self.lock();
        ClockReading::new(time.monotonic, time.wall)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut time = self.lock();
        time.sleeps += 1;
        Box::pin(Sleep {
            clock: self.clone(),
            key: (time.monotonic.saturating_add(duration), time.sleeps),
        })
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.lock();
        f.debug_struct("ManualClock")
            .field("advances_itself", &self.idle.is_some())
            .field("monotonic", &time.monotonic)
            .field("wall", &time.wall)
            .field("sleepers", &time.timers.len())
            .finish()
    }
}

struct Sleep {
    clock: ManualClock,
    key: TimerKey,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut time = self.clock.lock();
        if time.monotonic >= self.key.0 {
            return Poll::Ready(());
        }
        let earlier = time.timers.insert(self.key, context.waker().clone());
        drop(time);
        // Dropping a waker may run foreign code, so it happens without the lock.
        drop(earlier);
        if let Some(idle) = &self.clock.idle {
            idle.watch(&self.clock.time);
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let removed = self.clock.lock().timers.remove(&self.key);
        drop(removed);
    }
}

/// 2026-01-01 00:00 UTC in seconds since 1970: any fixed date would do.
const START_WALL: Duration = Duration::from_secs(1_767_225_600);

/// One day of uptime, so that times shortly before the start can be distinguished.
const START_MONOTONIC: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests;
