//! Creating a tenant once: its creator, the waiting callers, and the detection of deadlocks.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread, ThreadId};

use tokio::sync::watch;

use crate::error::{Error, Result};

/// The threads that create something, and the threads that wait for it.
#[derive(Debug, Default)]
pub(crate) struct Makers(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    makers: HashMap<u64, ThreadId>,
    /// The threads that create a source and wait for another one meanwhile. Few, and usually none.
    waits: Vec<(ThreadId, u64)>,
}

/// Something that is being created, as the waiting callers see it.
#[derive(Debug)]
pub(crate) struct Making<T> {
    id: u64,
    /// Closes when it was created, or will not be.
    done: watch::Receiver<Option<Result<T>>>,
}

/// The creation of something, as its creator sees it; waiting callers check again when it is dropped without an outcome.
#[derive(Debug)]
pub(super) struct Maker<T> {
    makers: Arc<Makers>,
    id: u64,
    done: watch::Sender<Option<Result<T>>>,
}

/// Where something is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workplace {
    /// On this thread, which must therefore not wait for it.
    Thread,
    /// In a task, which does not occupy the thread.
    Task,
}

/// A wait that other threads must know about; it ends when it is dropped.
struct Wait<'a> {
    makers: &'a Makers,
    thread: ThreadId,
    id: u64,
}

impl Makers {
    /// Registers the creation of something.
    pub(super) fn begin<T>(self: &Arc<Self>, workplace: Workplace) -> Maker<T> {
        let mut state = self.lock();
        state.last_id += 1;
        let id = state.last_id;
        if workplace == Workplace::Thread {
            state.makers.insert(id, thread::current().id());
        }
        Maker {
            makers: Arc::clone(self),
            id,
            done: watch::Sender::new(None),
        }
    }

    /// Waits until something was created, or will not be; returns it if its creator published it, and `None` if the caller must check again.
    ///
    /// # Errors
    /// The published error; [`ErrorKind::Config`](crate::ErrorKind::Config) if its creator waits for this thread, which would be a deadlock.
    pub(crate) async fn made<T: Clone>(&self, mut making: Making<T>) -> Result<Option<T>> {
        let _wait = self.wait(making.id)?;
        // Without an outcome, the waiting callers wait for its end.
        let _ = making.done.changed().await;
        making.done.borrow().clone().transpose()
    }

    /// As [`Makers::made`], blocking this thread.
    pub(super) fn block_until_made<T: Clone>(&self, making: Making<T>) -> Result<Option<T>> {
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

impl<T> Maker<T> {
    /// Returns the handle for waiting callers.
    pub(super) fn making(&self) -> Making<T> {
        Making {
            id: self.id,
            done: self.done.subscribe(),
        }
    }

    /// Publishes the outcome to the waiting callers.
    pub(super) fn publish(&self, outcome: Result<T>) {
        self.done.send_replace(Some(outcome));
    }
}

impl<T> Making<T> {
    /// Returns true if this is what that creator creates.
    pub(super) fn is_by(&self, maker: &Maker<T>) -> bool {
        self.id == maker.id
    }

    /// Returns true if both wait for the same thing.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<T> Clone for Making<T> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            done: self.done.clone(),
        }
    }
}

impl<T> Drop for Maker<T> {
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
