//! What the cache's threads meet in, in one place: the model checker compiles the same cache over its own.

pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use arc_swap::ArcSwapOption;
pub(crate) use tokio::runtime::{Handle, Id as RuntimeId};
pub(crate) use tokio::task::AbortHandle;
