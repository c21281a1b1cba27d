//! Detects that a clock is unused while a task sleeps on it, and advances it then.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::time::{SharedTime, WeakTime};

/// When the clock was used last, and whether a thread watches it.
pub(crate) struct Idle(Mutex<Use>);

struct Use {
    quiet_steps: u32,
    /// Since the clock moved, without those that took too long.
    steps: u32,
    moved: Instant,
    is_watched: bool,
}

impl Idle {
    /// Records that the clock is used.
    pub(crate) fn stir(&self) {
        self.lock().quiet_steps = 0;
    }

    /// Watches the clock while a task sleeps on it.
    pub(crate) fn watch(self: &Arc<Self>, time: &SharedTime) {
        {
            let mut now = self.lock();
            now.quiet_steps = 0;
            if now.is_watched {
                return;
            }
            now.is_watched = true;
            now.steps = 0;
            now.moved = Instant::now();
        }
        // The thread must not keep alive what nobody else holds.
        let (weak_time, idle) = (time.downgrade(), Arc::downgrade(self));
        let watcher = thread::Builder::new().name("manual-clock".to_owned());
        if watcher
            .spawn(move || while step(&weak_time, &idle) {})
            .is_err()
        {
            // Without a thread nobody would ever move the clock: the sleeper's time comes now.
            self.lock().is_watched = false;
            if let Some(next) = time.next_timer() {
                time.advance(next);
            }
        }
    }

    /// Counts a step of this real length; returns true if the clock is to move now.
    ///
    /// After a step that took much longer than it should, the count starts again: the machine is so busy that a response may be late too.
    fn is_idle_after(&self, took: Duration, now: Instant) -> bool {
        let mut used = self.lock();
        if took < 2 * STEP {
            used.quiet_steps += 1;
            used.steps += 1;
        } else {
            used.quiet_steps = 0;
        }
        used.quiet_steps >= QUIET_STEPS
            || used.steps >= BUSY_STEPS
            || now.saturating_duration_since(used.moved) >= OVERLOADED
    }

    fn lock(&self) -> MutexGuard<'_, Use> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits or moves the clock once; returns false when there is nothing left to watch.
fn step(time: &WeakTime, idle: &Weak<Idle>) -> bool {
    let started = Instant::now();
    thread::sleep(STEP);
    let Some(idle) = idle.upgrade() else {
        return false;
    };
    if !idle.is_idle_after(started.elapsed(), Instant::now()) {
        return true;
    }
    let Some(time) = time.upgrade() else {
        return false;
    };
    // A sleeper that begins after this look finds nobody watching, and has the next thread started.
    let mut now = idle.lock();
    let Some(next) = time.next_timer() else {
        now.is_watched = false;
        return false;
    };
    now.moved = Instant::now();
    now.quiet_steps = 0;
    now.steps = 0;
    drop(now);
    time.advance(next);
    true
}

impl Default for Idle {
    fn default() -> Self {
        Self(Mutex::new(Use {
            quiet_steps: 0,
            steps: 0,
            moved: Instant::now(),
            is_watched: false,
        }))
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}

/// Short enough to notice that the machine is busy, long enough to cost nothing.
const STEP: Duration = Duration::from_millis(10);

/// Longer than an emulator on loopback needs to respond, and short enough for a test with a few pauses.
const QUIET_STEPS: u32 = 10;

/// A second between advances of a clock that is read continuously, and as much more as the machine is too busy to keep time.
const BUSY_STEPS: u32 = 100;

/// The maximum real time between advances, on a machine that never keeps time.
const OVERLOADED: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
