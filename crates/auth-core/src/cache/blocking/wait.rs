//! Drives a future on a blocked thread, while another thread's runtime drives its IO, and notices if that one stands still.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::error::{Error, ErrorKind, Result};

/// Runs `work` to its end here; its connections, timers and tasks belong to `runtime`.
///
/// # Errors
/// What `work` returns; [`ErrorKind::Unavailable`] if the runtime's thread does nothing for `limit`.
pub(super) fn drive<T>(
    runtime: &Handle,
    limit: Duration,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let _inside = runtime.enter();
    // In a task that has used up its share of time, tokio would let the wait spin.
    let mut work = pin!(tokio::task::unconstrained(work));
    let signal = Arc::new(Signal {
        is_woken: AtomicBool::new(true),
        thread: thread::current(),
    });
    let waker = Waker::from(Arc::clone(&signal));
    let mut pulse = None;
    loop {
        while signal.is_woken.swap(false, Ordering::AcqRel) {
            if let Poll::Ready(outcome) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                return outcome;
            }
        }
        thread::park_timeout(LOOK.min(limit));
        if !signal.is_woken.load(Ordering::Acquire) {
            let now = Instant::now();
            let pulse = pulse.get_or_insert_with(|| Pulse::ask(runtime, now));
            if pulse.is_missing(runtime, now, limit) {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "the thread that refreshes tokens is gone, or blocked by its source",
                ));
            }
        }
    }
}

/// Wakes a parked thread; spurious wake-ups are told from real ones.
struct Signal {
    is_woken: AtomicBool,
    thread: Thread,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// A task that does nothing, to see whether a runtime still runs any.
struct Pulse {
    asked: Instant,
    came: Arc<AtomicBool>,
}

impl Pulse {
    fn ask(runtime: &Handle, now: Instant) -> Self {
        let came = Arc::new(AtomicBool::new(false));
        let sign = Arc::clone(&came);
        runtime.spawn(async move { sign.store(true, Ordering::Release) });
        Self { asked: now, came }
    }

    /// Returns true if the runtime has run nothing for `limit`; starts the next pulse once this one came.
    fn is_missing(&mut self, runtime: &Handle, now: Instant, limit: Duration) -> bool {
        if self.came.load(Ordering::Acquire) {
            *self = Self::ask(runtime, now);
            return false;
        }
        now.saturating_duration_since(self.asked) >= limit
    }
}

/// How long nothing may happen before the thread is looked after.
const LOOK: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
