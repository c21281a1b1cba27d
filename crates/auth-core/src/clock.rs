//! The two clocks that a token's age is computed from, as a trait so that tests can control time.

use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Handle;

/// Reads the time, and sleeps.
///
/// An age is always the larger of the two clocks' readings: suspend stops the monotonic clock, and the wall clock wins;
/// a wall clock that was set back loses to the monotonic one.
///
/// # Examples
/// For tests, `auth_testkit::ManualClock` is the better clock.
/// ```
/// use std::pin::Pin;
/// use std::time::Duration;
///
/// use auth_core::{Clock, ClockReading, SystemClock};
///
/// /// The system's clock, an hour ahead: as after a change of the wall clock.
/// #[derive(Debug)]
/// struct HourAhead(SystemClock);
///
/// impl Clock for HourAhead {
///     fn now(&self) -> ClockReading {
///         let now = self.0.now();
///         ClockReading::new(now.monotonic(), now.wall() + Duration::from_secs(60 * 60))
///     }
///
///     fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
///         self.0.sleep(duration)
///     }
/// }
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// Reads both clocks.
    fn now(&self) -> ClockReading;

    /// Completes after `duration` on the monotonic clock; never completes without a runtime.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Returns true if a sleep can complete here, which for a clock that uses the runtime's timers requires a runtime with timers.
    fn can_sleep(&self) -> bool {
        true
    }

    /// Shares the clock; an already shared clock is returned unchanged.
    fn into_shared(self) -> Arc<dyn Clock>
    where
        Self: Sized + 'static,
    {
        Arc::new(self)
    }
}

/// A reading of both clocks, each a duration since that clock's own zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    monotonic: Duration,
    wall: Duration,
}

impl ClockReading {
    /// Creates a moment from the monotonic clock (since any fixed point) and the wall clock (since 1970-01-01 UTC).
    #[inline]
    pub fn new(monotonic: Duration, wall: Duration) -> Self {
        Self { monotonic, wall }
    }

    /// Returns the time since the monotonic clock's zero.
    #[inline]
    pub fn monotonic(self) -> Duration {
        self.monotonic
    }

    /// Returns the time since 1970-01-01 00:00 UTC by the wall clock.
    #[inline]
    pub fn wall(self) -> Duration {
        self.wall
    }

    /// Returns the time since `earlier`, by whichever clock shows more.
    #[inline]
    pub fn since(self, earlier: Self) -> Duration {
        let monotonic = self.monotonic.saturating_sub(earlier.monotonic);
        let wall = self.wall.saturating_sub(earlier.wall);
        monotonic.max(wall)
    }

    /// Returns the wall clock's reading as a [`SystemTime`].
    pub fn to_system_time(self) -> SystemTime {
        // A custom clock may return anything.
        UNIX_EPOCH.checked_add(self.wall).unwrap_or(UNIX_EPOCH)
    }
}

/// The machine's clocks; sleeps with tokio's timer.
///
/// On Linux it reads the coarse clocks, which lag by one scheduler tick (at most 10 ms) and cost a fifth.
/// The margins of a token's lifetime are hundreds of milliseconds and more, so the lag has no effect.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl SystemClock {
    /// Creates the system clock.
    pub fn new() -> Self {
        Self
    }
}

impl Clock for SystemClock {
    #[cfg(target_os = "linux")]
    fn now(&self) -> ClockReading {
        use rustix::time::{ClockId, clock_gettime};

        // Both clocks start at or after zero on Linux, so neither conversion can fail there.
        let read = |id| {
            let time = clock_gettime(id);
            Duration::new(
                time.tv_sec.try_into().unwrap_or_default(),
                time.tv_nsec.try_into().unwrap_or_default(),
            )
        };
        ClockReading::new(
            read(ClockId::MonotonicCoarse),
            read(ClockId::RealtimeCoarse),
        )
    }

    #[cfg(not(target_os = "linux"))]
    fn now(&self) -> ClockReading {
        use std::sync::LazyLock;
        use std::time::Instant;

        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        ClockReading::new(START.elapsed(), wall)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        match new_sleep(duration) {
            Some(sleep) => Box::pin(unless_it_panics(sleep)),
            None => Box::pin(pending()),
        }
    }

    fn can_sleep(&self) -> bool {
        new_sleep(Duration::ZERO).is_some()
    }
}

/// Creates a timer of the current runtime; without a runtime or its timers, tokio panics, and offers no check.
fn new_sleep(duration: Duration) -> Option<tokio::time::Sleep> {
    Handle::try_current().ok()?;
    catch_unwind(|| tokio::time::sleep(duration)).ok()
}

/// Never completes where polling panics, as it does once the runtime is shut down.
async fn unless_it_panics(sleep: impl Future<Output = ()>) {
    let mut sleep = pin!(sleep);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| sleep.as_mut().poll(context))).unwrap_or(Poll::Pending)
    })
    .await;
}

impl<T: Clock + 'static> Clock for Arc<T> {
    fn now(&self) -> ClockReading {
        (**self).now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        (**self).sleep(duration)
    }

    fn can_sleep(&self) -> bool {
        (**self).can_sleep()
    }

    fn into_shared(self) -> Arc<dyn Clock> {
        self
    }
}

impl Clock for Arc<dyn Clock> {
    fn now(&self) -> ClockReading {
        (**self).now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        (**self).sleep(duration)
    }

    fn can_sleep(&self) -> bool {
        (**self).can_sleep()
    }

    fn into_shared(self) -> Arc<dyn Clock> {
        self
    }
}

#[cfg(test)]
mod tests;
