//! Roster, a fictional directory of users: OAuth with an audience and a scope, `Link` paging, and an error object of its own.

mod wire;
mod calls;
mod vendor;

pub use calls::{Calls, User};
pub use vendor::{Client, Config, ConfigBuilder, Options, Roster};

/// The types that signatures of this crate name.
pub use auth_core;
