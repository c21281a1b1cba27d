//! Making a tenant's source once: who makes it, who waits for that, and circles in which nobody could go on.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread, ThreadId};

use tokio::sync::watch;

use crate::error::{Error, Result};

/// The sources that are being made, and which threads wait for them.
#[derive(Debug, Default)]
pub(super) struct Makers(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    makers: HashMap<u64, ThreadId>,
    /// The threads that make something and wait for something else meanwhile. Few, and usually none.
    waits: Vec<(ThreadId, u64)>,
}

/// A source that is being made, as those see it who wait for it.
#[derive(Debug, Clone)]
pub(super) struct Making {
    id: u64,
    /// Closes when it has been created, or will not be.
    done: watch::Receiver<()>,
}

/// The making of a source, as its maker sees it; those who wait look again when it is dropped.
#[derive(Debug)]
pub(super) struct Maker {
    makers: Arc<Makers>,
    id: u64,
    done: watch::Sender<()>,
}

/// A wait that other threads must know of; it ends when it is dropped.
struct Wait<'a> {
    makers: &'a Makers,
    thread: ThreadId,
    id: u64,
}

impl Makers {
    /// Registers the making of a source by this thread.
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

    /// Waits until a source has been created, or will not be.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if its maker waits for this thread, so that neither could go on.
    pub(super) async fn made(&self, mut making: Making) -> Result<()> {
        let _wait = self.wait(making.id)?;
        // It is never sent to; its end is what is waited for.
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
        // No caller waits for a thread that makes nothing.
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
    /// Returns true if the maker of this is `thread`, or waits for it, however many others are between them.
    ///
    /// It ends, since no wait is registered that would close a circle.
    fn ends_at(&self, id: u64, thread: ThreadId) -> bool {
        // One that has been created meanwhile has no maker any more, and keeps nobody.
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
    /// Returns what those hold who wait for it.
    pub(super) fn making(&self) -> Making {
        Making {
            id: self.id,
            done: self.done.subscribe(),
        }
    }
}

impl Making {
    /// Returns true if this is what that maker makes.
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
