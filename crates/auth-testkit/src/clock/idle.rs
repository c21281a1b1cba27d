//! Detects that a clock is unused while a task sleeps on it, and advances it then.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::time::{SharedTime, WeakTime};

/// When the clock was used last, and whether a thread watches it.
pub(crate) struct Idle(Mutex<Use>);

struct Use {
    stirred: Instant,
    moved: Instant,
    is_watched: bool,
}

impl Idle {
    /// Records that the clock is used.
    pub(crate) fn stir(&self) {
        self.lock().stirred = Instant::now();
    }

    /// Watches the clock while a task sleeps on it.
    pub(crate) fn watch(self: &Arc<Self>, time: &SharedTime) {
        {
            let mut now = self.lock();
            now.stirred = Instant::now();
            if now.is_watched {
                return;
            }
            now.is_watched = true;
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

    /// Returns how long to go on waiting, or `None` if the clock is to move now.
    fn left(&self) -> Option<Duration> {
        let now = self.lock();
        let quiet = QUIET.saturating_sub(now.stirred.elapsed());
        let busy = BUSY.saturating_sub(now.moved.elapsed());
        Some(quiet.min(busy)).filter(|left| !left.is_zero())
    }

    fn lock(&self) -> MutexGuard<'_, Use> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits or moves the clock once; returns false when there is nothing left to watch.
fn step(time: &WeakTime, idle: &Weak<Idle>) -> bool {
    let Some(idle) = idle.upgrade() else {
        return false;
    };
    if let Some(left) = idle.left() {
        drop(idle);
        thread::sleep(left);
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
    now.stirred = now.moved;
    drop(now);
    time.advance(next);
    true
}

impl Default for Idle {
    fn default() -> Self {
        let now = Instant::now();
        Self(Mutex::new(Use {
            stirred: now,
            moved: now,
            is_watched: false,
        }))
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}

/// Longer than an emulator on loopback needs to respond on a busy machine, and short enough for a test with a few pauses.
const QUIET: Duration = Duration::from_millis(100);

/// The maximum real time between advances of a clock that is read continuously.
const BUSY: Duration = Duration::from_secs(1);
