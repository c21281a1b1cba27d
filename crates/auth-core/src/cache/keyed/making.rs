//! Creating a tenant's source once: its creator, the waiting callers, and the detection of deadlocks.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread, ThreadId};

use tokio::sync::watch;

use crate::error::{Error, Result};

/// The sources that are being created, and the threads that wait for them.
#[derive(Debug, Default)]
pub(super) struct Makers(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    makers: HashMap<u64, ThreadId>,
    /// The threads that create a source and wait for another one meanwhile. Few, and usually none.
    waits: Vec<(ThreadId, u64)>,
}

/// A source that is being created, as the waiting callers see it.
#[derive(Debug, Clone)]
pub(super) struct Making {
    id: u64,
    /// Closes when it was created, or will not be.
    done: watch::Receiver<()>,
}

/// The creation of a source, as its creator sees it; waiting callers check again when it is dropped.
#[derive(Debug)]
pub(super) struct Maker {
    makers: Arc<Makers>,
    id: u64,
    done: watch::Sender<()>,
}

/// A wait that other threads must know about; it ends when it is dropped.
struct Wait<'a> {
    makers: &'a Makers,
    thread: ThreadId,
    id: u64,
}

impl Makers {
    /// Registers the creation of a source by this thread.
    pub(super) fn begin(self: &Arc<Self>) -> Maker {
        let mut state = self.lock();
        state.last_id += 1;
        let id = state.last_id;
        state.makers.insert(id, thread::current().id());
        Maker {
            makers: Arc::clone(self),
            id,
            done: watch::Sender::new(()),
        }
    }

    /// Waits until a source was created, or will not be.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if its creator waits for this thread, which would be a deadlock.
    pub(super) async fn made(&self, mut making: Making) -> Result<()> {
        let _wait = self.wait(making.id)?;
        // Nothing is sent on it; the waiting callers wait for its end.
        let _ = making.done.changed().await;
        Ok(())
    }

    /// As [`Makers::made`], blocking this thread.
    pub(super) fn block_until_made(&self, making: Making) -> Result<()> {
        // In a task that has used up its share of time, tokio would let the wait spin.
        block_on(tokio::task::unconstrained(self.made(making)))
    }

    fn wait(&self, id: u64) -> Result<Option<Wait<'_>>> {
        let thread = thread::current().id();
        let mut state = self.lock();
        if state.ends_at(id, thread) {
            return Err(Error::config(
                "the closure that creates a tenant's token source waits for itself: it must not request the same tenant",
            ));
        }
        // No caller waits for a thread that creates nothing.
        let is_maker = state.makers.values().any(|maker| *maker == thread);
        Ok(is_maker.then(|| {
            state.waits.push((thread, id));
            Wait {
                makers: self,
                thread,
                id,
            }
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns true if the creator of this is `thread`, or waits for it, directly or indirectly.
    ///
    /// It terminates, since no wait is registered that would close a cycle.
    fn ends_at(&self, id: u64, thread: ThreadId) -> bool {
        // A source that was created meanwhile has no creator any more, and blocks no thread.
        let Some(maker) = self.makers.get(&id) else {
            return false;
        };
        *maker == thread
            || self
                .waits
                .iter()
                .any(|(waiting, id)| waiting == maker && self.ends_at(*id, thread))
    }
}

impl Maker {
    /// Returns the handle for waiting callers.
    pub(super) fn making(&self) -> Making {
        Making {
            id: self.id,
            done: self.done.subscribe(),
        }
    }
}

impl Making {
    /// Returns true if this is what that creator creates.
    pub(super) fn is_by(&self, maker: &Maker) -> bool {
        self.id == maker.id
    }
}

impl Drop for Maker {
    fn drop(&mut self) {
        self.makers.lock().makers.remove(&self.id);
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut state = self.makers.lock();
        let this = (self.thread, self.id);
        if let Some(index) = state.waits.iter().position(|wait| *wait == this) {
            state.waits.swap_remove(index);
        }
    }
}

/// Wakes a parked thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Drives a future that needs no runtime on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
