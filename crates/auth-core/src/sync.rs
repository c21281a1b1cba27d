//! The cache's synchronization primitives in one place: the model checker compiles the cache with its own.

pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use arc_swap::ArcSwapOption;
pub(crate) use tokio::runtime::{Handle, Id as RuntimeId};
pub(crate) use tokio::task::AbortHandle;
