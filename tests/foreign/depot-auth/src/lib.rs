//! Depot, a fictional warehouse: a sign-in in JSON of its own, and errors inside a status of 200 everywhere.

mod wire;
mod calls;
mod vendor;

pub use calls::{Calls, Parcel};
pub use vendor::{Client, Config, ConfigBuilder, Depot, Options};

/// The types that signatures of this crate name.
pub use auth_core;
