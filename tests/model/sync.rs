//! What stands in for auth-core's `sync`: shuttle decides at each of these calls which thread goes on.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use shuttle::sync::atomic::{AtomicUsize, Ordering};
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
use shuttle::{future, thread};

/// Lets shuttle choose who goes on; each access to what threads share is one of these.
pub fn point() {
    AtomicUsize::new(0).load(Ordering::SeqCst);
}

/// Lets the runtime of the next task be shut down at some moment, before the task has run.
pub fn the_next_task_dies() {
    DOOMED.store(1, Ordering::SeqCst);
}

/// One cell that is read and replaced whole; the crate's own correctness is not in question here, only its users' order.
#[derive(Debug)]
pub(crate) struct ArcSwapOption<T>(std::sync::Mutex<Option<Arc<T>>>);

/// What was there when it was loaded.
pub(crate) struct Loaded<T>(Option<Arc<T>>);

impl<T> ArcSwapOption<T> {
    pub(crate) fn empty() -> Self {
        Self(std::sync::Mutex::new(None))
    }

    pub(crate) fn load(&self) -> Loaded<T> {
        point();
        Loaded(self.cell().clone())
    }

    pub(crate) fn store(&self, value: Option<Arc<T>>) {
        point();
        let former = std::mem::replace(&mut *self.cell(), value);
        drop(former);
    }

    /// Held for no longer than a copy takes, so nobody ever waits here.
    fn cell(&self) -> std::sync::MutexGuard<'_, Option<Arc<T>>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<T> Deref for Loaded<T> {
    type Target = Option<Arc<T>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The one runtime of the model: there is always one, and shuttle drives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RuntimeId;

#[derive(Debug, Clone)]
pub(crate) struct AbortHandle(Option<future::AbortHandle>);

pub(crate) struct Task(AbortHandle);

impl Handle {
    pub(crate) fn try_current() -> Result<Self, NoRuntime> {
        Ok(Self)
    }

    pub(crate) fn id(&self) -> RuntimeId {
        RuntimeId
    }

    pub(crate) fn spawn<F>(&self, work: F) -> Task
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if DOOMED.swap(0, Ordering::SeqCst) > 0 {
            thread::spawn(move || drop(work));
            return Task(AbortHandle(None));
        }
        Task(AbortHandle(Some(future::spawn(work).abort_handle())))
    }
}

/// Never met: [`Handle::try_current`] succeeds in the model.
#[derive(Debug)]
pub(crate) struct NoRuntime;

impl Task {
    pub(crate) fn abort_handle(&self) -> AbortHandle {
        self.0.clone()
    }
}

impl AbortHandle {
    pub(crate) fn abort(&self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

shuttle::lazy_static! {
    /// How many of the next tasks die before they have run.
    static ref DOOMED: AtomicUsize = AtomicUsize::new(0);
}
