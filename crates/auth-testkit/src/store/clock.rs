//! A clock that follows tokio's, which a test can pause, with a wall clock that may be wrong.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use auth_core::{Clock, ClockReading};
use tokio::time::Instant;

/// Reads tokio's clock: with `tokio::time::pause`, time passes at once while all tasks wait.
///
/// Use it to run many simulated processes on one runtime. Each may have a wall clock of its own that is wrong.
#[derive(Clone, Copy)]
pub struct RuntimeClock {
    started: Instant,
    wall: Duration,
}

impl RuntimeClock {
    /// Starts a clock, whose wall shows 2026-01-01 00:00 UTC.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            wall: START,
        }
    }

    /// Returns a clock of the same time whose wall clock is ahead.
    #[must_use]
    pub fn with_wall_ahead(mut self, by: Duration) -> Self {
        self.wall = self.wall.saturating_add(by);
        self
    }

    /// Returns a clock of the same time whose wall clock lags behind.
    #[must_use]
    pub fn with_wall_behind(mut self, by: Duration) -> Self {
        self.wall = self.wall.saturating_sub(by);
        self
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> ClockReading {
        let elapsed = self.started.elapsed();
        ClockReading::new(UPTIME + elapsed, self.wall + elapsed)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl Default for RuntimeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RuntimeClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeClock").finish_non_exhaustive()
    }
}

/// 2026-01-01 00:00 UTC in seconds since 1970.
const START: Duration = Duration::from_secs(1_767_225_600);

/// So that times before the start can be told from its start.
const UPTIME: Duration = Duration::from_secs(86_400);
